package report

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/event"
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// RecordedTrial is a trial as it was recorded. Each attempt at a trial number is a trial
// of its own.
type RecordedTrial struct {
	Study           string         `json:"study"`
	Number          int64          `json:"trial_number"`
	Attempt         int64          `json:"attempt"` // from 1, across resets
	Success         bool           `json:"success"`
	Void            bool           `json:"void"`             // it does not count
	Holdout         bool           `json:"holdout"`          // its context was left empty on purpose
	Objective       *float64       `json:"objective_value"`  // nil: none
	DesignVariables map[string]any `json:"design_variables"` // numbers are [event.Number], with all digits
	Extractor       string         `json:"extractor_used"`
	DurationSeconds float64        `json:"duration_seconds"`
	Details         jsontext.Value `json:"details"` // nil: none
	Time            string         `json:"time"`    // UTC

	Errors               []string `json:"errors"` // the solver's messages
	ConstraintViolations []string `json:"constraint_violations"`
}

// FirstError returns the first error message or, without one, the first violation of a
// constraint, "" if there is neither.
func (t RecordedTrial) FirstError() string {
	for _, messages := range [...][]string{t.Errors, t.ConstraintViolations} {
		if len(messages) > 0 {
			return messages[0]
		}
	}
	return ""
}

// TrialFilter selects trials. Its zero value selects all.
type TrialFilter struct {
	Limit  int       // only so many, the newest; 0: all
	Failed bool      // only failed ones that are not void
	Since  time.Time // only those of this time or later; zero: all
}

// TrialList is a list of trials in the order in which they were recorded.
type TrialList struct {
	Trials  []RecordedTrial
	LeftOut int64 // older ones that the limit cuts
}

// Trials lists the trials of a study, or of all studies if it is nil, since the last reset
// that a filter selects.
func Trials(rx store.Reader, study *int64, filter TrialFilter) (list TrialList, err error) {
	selected := store.OutcomeFilter{Limit: filter.Limit, Failed: filter.Failed}
	if !filter.Since.IsZero() {
		selected.SinceUS = new(filter.Since.UnixMicro())
	}
	outcomes, leftOut, err := rx.Outcomes(study, selected)
	if err != nil {
		return list, err
	}
	trials, err := recordedTrials(rx, outcomes)
	return TrialList{Trials: trials, LeftOut: leftOut}, err
}

// recordedTrials completes outcomes by their error messages.
func recordedTrials(rx store.Reader, outcomes []store.RecordedOutcome) ([]RecordedTrial, error) {
	trials, events, places := make([]RecordedTrial, len(outcomes)), make([]int64, len(outcomes)), make(map[int64]int, len(outcomes))
	for i, o := range outcomes {
		trial, err := newRecordedTrial(o)
		if err != nil {
			return nil, err
		}
		trials[i], events[i], places[o.Event] = trial, o.Event, i
	}
	messages, err := rx.MessagesOf(events)
	for _, m := range messages {
		trial := &trials[places[m.Event]]
		if m.Kind == store.ConstraintViolation {
			trial.ConstraintViolations = append(trial.ConstraintViolations, m.Message)
		} else {
			trial.Errors = append(trial.Errors, m.Message)
		}
	}
	return trials, err
}

func newRecordedTrial(o store.RecordedOutcome) (trial RecordedTrial, err error) {
	trial = RecordedTrial{
		Study: o.Study, Number: o.TrialNumber, Attempt: o.Attempt, Success: o.Success, Void: o.VoidedBy != nil, Holdout: o.Holdout, Objective: o.Objective,
		Extractor: o.Extractor, DurationSeconds: o.DurationSeconds, Time: playbook.FormatMicros(o.TimeUS),
		Errors: []string{}, ConstraintViolations: []string{},
	}
	if o.Details != nil {
		trial.Details = jsontext.Value(*o.Details)
	}
	if trial.DesignVariables, err = event.ParseVariables(o.DesignVariables); err != nil {
		err = store.Inconsistent("trial %d: %v", o.TrialNumber, err)
	}
	return trial, err
}
