package report

import (
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
}

// Trials lists the trials of a study, or of all studies if it is nil, since the last
// reset, in the order in which they were recorded.
func Trials(rx *store.Rx, study *int64) ([]RecordedTrial, error) {
	outcomes, err := rx.Outcomes(study)
	if err != nil {
		return nil, err
	}
	trials := make([]RecordedTrial, 0, len(outcomes))
	for _, o := range outcomes {
		trial := RecordedTrial{
			Study: o.Study, Number: o.TrialNumber, Attempt: o.Attempt, Success: o.Success, Void: o.VoidedBy != nil, Holdout: o.Holdout, Objective: o.Objective,
			Extractor: o.Extractor, DurationSeconds: o.DurationSeconds, Time: playbook.FormatMicros(o.TimeUS),
		}
		if o.Details != nil {
			trial.Details = jsontext.Value(*o.Details)
		}
		if trial.DesignVariables, err = event.ParseVariables(o.DesignVariables); err != nil {
			return nil, store.Inconsistent("trial %d: %v", o.TrialNumber, err)
		}
		trials = append(trials, trial)
	}
	return trials, nil
}
