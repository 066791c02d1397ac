package history

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"atomizer-db/feedback/event"
	"atomizer-db/store/optuna"
)

// StudyOptions say which studies of a file are imported, and how.
type StudyOptions struct {
	Study        *string        // only the study with this name; nil: all
	As           string         // its name here; "": its name in the file
	NoLearn      bool           // only store the trials: no usage, counts or insights
	ContextAttrs []string       // patterns for path.Match of user attributes with ids of items
	Location     *time.Location // for times without a time zone; nil: local time
}

// StudyImport is the result of importing a study.
type StudyImport struct {
	Study      string `json:"study"` // its name here
	Name       string `json:"name"`  // in the file
	Direction  string `json:"direction"`
	Objectives int    `json:"objectives"`
	Trials     int    `json:"trials"` // recorded by this import
	Successes  int    `json:"successes"`
	Failures   int    `json:"failures"`
	Infeasible int    `json:"infeasible"` // of the failures
	Pruned     int    `json:"pruned"`     // of the failures
	Known      int    `json:"known"`      // imported before
	Running    int    `json:"running"`    // not imported, because they have not ended
	Waiting    int    `json:"waiting"`    // not imported, because they have not started
	Items      int    `json:"items"`      // number of ids in user attributes

	NotImported []string `json:"not_imported"` // what an import leaves in the file, in words
}

// takeStudies records the finished trials of a file's studies.
func (i *importer) takeStudies(ctx context.Context, r Recorder, file *File, options StudyOptions) (studies []StudyImport, left []string, err error) {
	chosen, err := choose(file, options)
	if err != nil {
		return nil, nil, err
	}
	studies = []StudyImport{}
	for _, study := range chosen {
		s := studyImporter{importer: i, recorder: r, file: file, options: options, from: study}
		if err := s.take(ctx); err != nil {
			return nil, nil, err
		}
		studies = append(studies, s.result)
	}
	if i.changed {
		_, err = i.id()
	}
	return studies, file.notImported(chosen), err
}

// choose returns the studies to import.
func choose(file *File, options StudyOptions) ([]optuna.Study, error) {
	studies := file.studies.Studies
	if options.Study != nil {
		at := slices.IndexFunc(studies, func(s optuna.Study) bool { return s.Name == *options.Study })
		if at < 0 {
			return nil, noStudy(file.Path, *options.Study, quotedNames(file.Studies()))
		}
		studies = studies[at : at+1]
	}
	if options.As != "" && len(studies) != 1 {
		return nil, fmt.Errorf("%s has the studies %s: only one of them can have the name %q", file.Path, quotedNames(file.Studies()), options.As)
	}
	return studies, nil
}

func quotedNames(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return fmt.Sprintf(`"%s"`, strings.Join(names, `", "`))
}

// studyImporter records the trials of one study.
type studyImporter struct {
	*importer
	recorder Recorder
	file     *File
	options  StudyOptions
	from     optuna.Study
	result   StudyImport
	left     leftOut
}

func (s *studyImporter) take(ctx context.Context) error {
	s.result = StudyImport{Study: s.from.Name, Name: s.from.Name, Direction: direction(s.from), Objectives: len(s.from.Directions)}
	if s.options.As != "" {
		s.result.Study = s.options.As
	}
	trials := s.inOrderOfCompletion()
	study, err := s.begin(ctx, trials)
	if err != nil {
		return err
	}
	trials = slices.DeleteFunc(trials, func(t keyedTrial) bool {
		before, known := study.known[t.key]
		if known && t.isAt(before) {
			s.result.Known++
			return true
		}
		return false
	})
	if err := s.record(ctx, study, trials); err != nil {
		return err
	}
	s.result.NotImported = s.left.list(s.from)
	return nil
}

// keyedTrial is a finished trial with its idempotency key.
type keyedTrial struct {
	optuna.Head
	key                string
	started, completed time.Time // the zero time: none, or a wrong one
}

// inOrderOfCompletion lists the finished trials as they would have been recorded. Optuna
// numbers them in the order in which they began, which is another if several ran at once.
// It counts the others.
func (s *studyImporter) inOrderOfCompletion() []keyedTrial {
	trials, seen := make([]keyedTrial, 0, len(s.from.Trials)), make(map[int64]bool, len(s.from.Trials))
	ended := make(map[int64]time.Time, len(s.from.Trials)) // by id
	last := time.Time{}                                    // a trial without a time follows the one with the number before
	for _, t := range s.from.Trials {
		trial := keyedTrial{Head: t, key: s.prefix() + strconv.FormatInt(t.Number, 10)}
		if seen[t.Number] { // Optuna does not prevent duplicate numbers
			trial.key += fmt.Sprintf("#%d", t.ID)
		}
		seen[t.Number] = true
		// A wrong time is reported when the trial is converted.
		trial.started, _ = s.time(t.Started)
		if trial.completed, _ = s.time(t.Completed); !trial.completed.IsZero() {
			last = trial.completed
		}
		ended[t.ID] = last
		switch t.State {
		case optuna.Running:
			s.result.Running++
			s.left.running = append(s.left.running, t.Number)
		case optuna.Waiting:
			s.result.Waiting++
			s.left.waiting = append(s.left.waiting, t.Number)
		default:
			trials = append(trials, trial)
		}
	}
	slices.SortStableFunc(trials, func(a, b keyedTrial) int { return ended[a.ID].Compare(ended[b.ID]) })
	return trials
}

// trialBatch is the number of trials that are read and recorded together.
const trialBatch = 1000

// converted are trials as events, or why that failed.
type converted struct {
	trials []keyedTrial
	events []event.Trial
	err    error
}

// record records trials, and compares those that were imported before. While some are
// recorded, the next ones are read.
func (s *studyImporter) record(ctx context.Context, study origin, trials []keyedTrial) error {
	ctx, cancel := context.WithCancel(ctx)
	batches := make(chan converted)
	go func() {
		defer close(batches)
		for some := range slices.Chunk(trials, trialBatch) {
			select {
			case batches <- s.convert(ctx, some):
			case <-ctx.Done():
				return
			}
		}
	}()
	defer func() {
		cancel()
		for range batches { // until reading has ended
		}
	}()
	for batch := range batches {
		if batch.err != nil {
			return batch.err
		}
		if err := s.recordBatch(study, batch); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// convert reads trials and converts them to events.
func (s *studyImporter) convert(ctx context.Context, trials []keyedTrial) converted {
	batch := converted{trials: trials, events: make([]event.Trial, 0, len(trials))}
	heads := make([]optuna.Head, len(trials))
	for i, t := range trials {
		heads[i] = t.Head
	}
	read, err := s.from.Load(ctx, heads)
	if err != nil {
		batch.err = err
		return batch
	}
	for i, t := range read {
		trial, err := s.event(t, trials[i].key)
		if err == nil {
			err = trial.Validate()
		}
		if err != nil {
			batch.err = fmt.Errorf("%s: study %q, trial %d: %w", s.file.Path, s.from.Name, t.Number, err)
			return batch
		}
		batch.events = append(batch.events, trial)
	}
	return batch
}

func (s *studyImporter) recordBatch(study origin, batch converted) error {
	fresh := make([]event.Trial, 0, len(batch.events))
	for i, trial := range batch.events {
		if before, known := study.known[batch.trials[i].key]; known {
			same, err := s.isSame(before.Event, trial)
			if err != nil {
				return err
			}
			if !same {
				return s.conflict("%s: trial %d of the study %q was already imported with other content: the file has another study with that name",
					s.file.Path, trial.Number, s.result.Study)
			}
			s.result.Known++
			continue
		}
		s.count(batch.trials[i].State, trial)
		fresh = append(fresh, trial)
	}
	s.changed = s.changed || len(fresh) > 0
	return s.recorder.RecordTrials(fresh)
}

// count counts a new trial.
func (s *studyImporter) count(state optuna.State, trial event.Trial) {
	s.left.addParameters(trial.DesignVariables)
	s.result.Trials++
	s.result.Items += len(trial.ContextItems)
	switch {
	case trial.Success:
		s.result.Successes++
		return
	case state == optuna.Complete:
		s.result.Infeasible++
	case state == optuna.Pruned:
		s.result.Pruned++
	}
	s.result.Failures++
}

// direction returns the direction of a study with one objective. With several
// objectives, or without a direction, it returns [event.Minimize].
func direction(study optuna.Study) string {
	if len(study.Directions) == 1 && study.Directions[0] == optuna.Maximize {
		return event.Maximize
	}
	return event.Minimize
}
