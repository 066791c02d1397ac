package history

import (
	"context"
	"fmt"

	"github.com/go-json-experiment/json"

	"atomizer-db/feedback/event"
	"atomizer-db/feedback/words"
	"atomizer-db/store"
	"atomizer-db/store/optuna"
)

// origin is the study here that the trials of a study of Optuna belong to.
type origin struct {
	id    int64
	known map[string]store.KeyedTrial // those that were imported before, by key
}

// prefix is the prefix of the keys of the study's trials, by which an import recognizes
// trials that were already imported.
func (s *studyImporter) prefix() string { return "optuna:" + s.from.Name + ":" }

// begin finds the study that has the trials of an earlier import, even if it was renamed
// since. If there is none, it finds or creates the study by its name, and returns an error
// if that has trials of another origin.
func (s *studyImporter) begin(ctx context.Context, trials []keyedTrial) (study origin, err error) {
	study, found, err := s.find(ctx, trials)
	if err != nil || found {
		return study, err
	}
	id, begun, err := s.recorder.BeginStudy(s.result.Study)
	if err != nil {
		return study, fmt.Errorf("%s: study %q: %w", s.file.Path, s.from.Name, err)
	}
	s.changed = s.changed || begun
	known, others, err := s.tx.TrialsByKey(id, s.prefix())
	switch {
	case err != nil:
		return study, err
	case others > 0:
		return study, s.conflict("the study %q already has %s that did not come from %s", s.result.Study, words.Count(others, "trial"), s.file.Path)
	case len(known) == 0:
		err = s.tx.SetDirection(id, s.result.Direction)
	}
	return origin{id, known}, err
}

// find finds the study that has the trials of an earlier import: the one with the right
// name, else one that was imported under that name, else, if --as names none, any.
func (s *studyImporter) find(ctx context.Context, trials []keyedTrial) (study origin, found bool, err error) {
	candidates, err := s.tx.StudiesWithKeys(s.prefix())
	if err != nil {
		return study, false, err
	}
	var renamed, others []candidate
	for _, c := range candidates {
		known, _, err := s.tx.TrialsByKey(c.ID, s.prefix())
		if err != nil {
			return study, false, err
		}
		importedAs, same, err := s.recognize(ctx, known, trials)
		here := candidate{c.Name, origin{c.ID, known}}
		switch {
		case err != nil:
			return study, false, err
		case !same:
		case c.Name == s.result.Study:
			return here.origin, true, nil
		case importedAs == s.result.Study:
			renamed = append(renamed, here)
		case s.options.As == "":
			others = append(others, here)
		}
	}
	if len(renamed) == 0 {
		renamed = others
	}
	switch len(renamed) {
	case 0:
		return study, false, nil
	case 1:
		s.result.Study = renamed[0].name
		return renamed[0].origin, true, nil
	}
	var names []string
	for _, c := range renamed {
		names = append(names, c.name)
	}
	return study, false, store.Fail(ErrConflict, "the study %q of %s was imported into the studies %s: choose one with --as",
		s.from.Name, s.file.Path, quotedNames(names))
}

// candidate is a study that may have the trials of an earlier import.
type candidate struct {
	name string
	origin
}

// recognize reports whether the first trial that was imported before is the same in the
// file, and under which name its study was imported.
func (s *studyImporter) recognize(ctx context.Context, known map[string]store.KeyedTrial, trials []keyedTrial) (importedAs string, same bool, err error) {
	for _, t := range trials {
		before, found := known[t.key]
		if !found {
			continue
		}
		outcome, _, err := s.tx.Outcome(before.Event)
		if err != nil {
			return "", false, err
		}
		if same = t.isAt(before); !same {
			read := s.convert(ctx, []keyedTrial{t})
			if read.err != nil {
				return "", false, read.err
			}
			same = isSame(outcome, read.events[0])
		}
		return nameOfImport(outcome), same, nil
	}
	return "", false, nil
}

// isAt reports whether the trial has the number of an earlier one and both of its times,
// which Optuna keeps to the microsecond. It is the same trial then, since a finished trial
// does not change. The others are compared as a whole.
func (t keyedTrial) isAt(before store.KeyedTrial) bool {
	return !t.started.IsZero() && !t.completed.IsZero() && t.Number == before.Number &&
		t.completed.UnixMicro() == before.TimeUS && t.completed.Sub(t.started).Seconds() == before.DurationSeconds &&
		(t.State == optuna.Complete || !before.Success)
}

// isSame reports whether the event of an earlier import has the content of a trial. It
// ignores which file a trial came from, because files are moved and copied.
func (s *studyImporter) isSame(event int64, trial event.Trial) (bool, error) {
	before, _, err := s.tx.Outcome(event)
	return err == nil && isSame(before, trial), err
}

func isSame(before store.Outcome, trial event.Trial) bool {
	after := store.Outcome{
		Success: trial.Success, Objective: trial.Objective, DesignVariables: event.EncodeVariables(trial.DesignVariables),
	}
	if trial.Details != nil {
		details := string(trial.Details)
		after.Details = &details
	}
	return before.TrialNumber == trial.Number && essence(before) == essence(after)
}

// nameOfImport returns the name under which the study of a trial was imported, "" if it was
// recorded otherwise.
func nameOfImport(o store.Outcome) string {
	var details struct {
		Source struct {
			Study string `json:"study"`
			As    string `json:"as"`
		} `json:"source"`
	}
	if o.Details == nil || json.Unmarshal([]byte(*o.Details), &details) != nil {
		return ""
	}
	if details.Source.As != "" {
		return details.Source.As
	}
	return details.Source.Study
}

// conflict returns a [*StudyConflictError].
func (s *studyImporter) conflict(format string, args ...any) error {
	e := &StudyConflictError{problem: fmt.Sprintf(format, args...)}
	if len(s.file.studies.Studies) > 1 {
		e.Study = s.from.Name
	}
	return e
}
