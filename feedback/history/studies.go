package history

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"atomizer-db/feedback/event"
	"atomizer-db/feedback/words"
	"atomizer-db/store"
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
}

// takeStudies records the finished trials of a file's studies.
func (i *importer) takeStudies(ctx context.Context, r Recorder, file *File, options StudyOptions) (studies []StudyImport, err error) {
	chosen, err := choose(file, options)
	if err != nil {
		return nil, err
	}
	studies = []StudyImport{}
	for _, study := range chosen {
		s := studyImporter{importer: i, recorder: r, file: file, options: options, from: study}
		if err := s.take(ctx); err != nil {
			return nil, err
		}
		studies = append(studies, s.result)
	}
	if i.changed {
		_, err = i.id()
	}
	return studies, err
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
	trials   []event.Trial // new ones, to be recorded together
}

func (s *studyImporter) take(ctx context.Context) error {
	s.result = StudyImport{Study: s.from.Name, Name: s.from.Name, Direction: direction(s.from), Objectives: len(s.from.Directions)}
	if s.options.As != "" {
		s.result.Study = s.options.As
	}
	study, err := s.begin()
	if err != nil {
		return err
	}
	for _, t := range s.inOrderOfCompletion() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.trial(study, t.Trial, t.key); err != nil {
			return err
		}
		if len(s.trials) == trialBatch {
			if err := s.flush(); err != nil {
				return err
			}
		}
	}
	return s.flush()
}

// keyedTrial is a trial with its idempotency key.
type keyedTrial struct {
	optuna.Trial
	key   string
	ended time.Time
}

// inOrderOfCompletion lists the trials as they would have been recorded. Optuna numbers
// them in the order in which they began, which is another if several ran at once.
func (s *studyImporter) inOrderOfCompletion() []keyedTrial {
	trials, seen := make([]keyedTrial, 0, len(s.from.Trials)), map[int64]bool{}
	ended := time.Time{} // a trial without a time follows the one with the number before
	for _, t := range s.from.Trials {
		key := s.prefix() + fmt.Sprint(t.Number)
		if seen[t.Number] { // Optuna does not prevent duplicate numbers
			key += fmt.Sprintf("#%d", t.ID)
		}
		seen[t.Number] = true
		if at, err := s.time(t.Completed); err == nil && !at.IsZero() {
			ended = at // a wrong time is reported when the trial is converted
		}
		trials = append(trials, keyedTrial{t, key, ended})
	}
	slices.SortStableFunc(trials, func(a, b keyedTrial) int { return a.ended.Compare(b.ended) })
	return trials
}

// trialBatch is the number of trials that are recorded together.
const trialBatch = 1000

// flush records the new trials.
func (s *studyImporter) flush() error {
	err := s.recorder.RecordTrials(s.trials)
	s.trials = s.trials[:0]
	return err
}

// prefix is the prefix of the keys of the study's trials, by which an import recognizes
// trials that were already imported.
func (s *studyImporter) prefix() string { return "optuna:" + s.from.Name + ":" }

// begin finds or creates the study. It returns an error if the study has trials of
// another origin.
func (s *studyImporter) begin() (id int64, err error) {
	id, begun, err := s.recorder.BeginStudy(s.result.Study)
	if err != nil {
		return id, fmt.Errorf("%s: study %q: %w", s.file.Path, s.from.Name, err)
	}
	s.changed = s.changed || begun
	mine, others, err := s.tx.CountTrials(id, s.prefix())
	switch {
	case err != nil:
		return id, err
	case others > 0:
		return id, s.conflict("the study %q already has %s that did not come from %s", s.result.Study, words.Count(others, "trial"), s.file.Path)
	case mine == 0:
		return id, s.tx.SetDirection(id, s.result.Direction)
	}
	return id, nil
}

// conflict returns a [*StudyConflictError].
func (s *studyImporter) conflict(format string, args ...any) error {
	e := &StudyConflictError{problem: fmt.Sprintf(format, args...)}
	if len(s.file.studies.Studies) > 1 {
		e.Study = s.from.Name
	}
	return e
}

// direction returns the direction of a study with one objective. With several
// objectives, or without a direction, it returns [event.Minimize].
func direction(study optuna.Study) string {
	if len(study.Directions) == 1 && study.Directions[0] == optuna.Maximize {
		return event.Maximize
	}
	return event.Minimize
}

func (s *studyImporter) trial(study int64, t optuna.Trial, key string) error {
	switch t.State {
	case optuna.Running:
		s.result.Running++
		return nil
	case optuna.Waiting:
		s.result.Waiting++
		return nil
	}
	trial, err := s.event(t, key)
	if err == nil {
		err = trial.Validate()
	}
	if err != nil {
		return fmt.Errorf("%s: study %q, trial %d: %w", s.file.Path, s.from.Name, t.Number, err)
	}
	id, _, found, err := s.tx.EventByKey(study, key)
	if err != nil {
		return err
	}
	if found {
		s.result.Known++
		return s.compare(id, trial)
	}
	s.changed = true
	s.trials = append(s.trials, trial)
	s.result.Trials++
	s.result.Items += len(trial.ContextItems)
	switch {
	case trial.Success:
		s.result.Successes++
		return nil
	case t.State == optuna.Complete:
		s.result.Infeasible++
	case t.State == optuna.Pruned:
		s.result.Pruned++
	}
	s.result.Failures++
	return nil
}

// compare returns an error if a trial that was already imported has other content now.
// It ignores which file a trial came from, because files are moved and copied.
func (s *studyImporter) compare(id int64, trial event.Trial) error {
	before, _, err := s.tx.Outcome(id)
	if err != nil {
		return err
	}
	after := store.Outcome{
		Success: trial.Success, Objective: trial.Objective, DesignVariables: event.EncodeVariables(trial.DesignVariables),
	}
	if trial.Details != nil {
		details := string(trial.Details)
		after.Details = &details
	}
	if before.TrialNumber != trial.Number || essence(before) != essence(after) {
		return s.conflict("%s: trial %d of the study %q was already imported with other content: the file has another study with that name",
			s.file.Path, trial.Number, s.result.Study)
	}
	return nil
}
