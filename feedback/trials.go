package feedback

import (
	"context"
	"encoding/json"
	"fmt"

	"atomizer-db/store"
)

// RecordedTrial is a trial as it was recorded. Attempts at one trial number are
// trials of their own.
type RecordedTrial struct {
	Study           string          `json:"study"`
	Number          int64           `json:"trial_number"`
	Attempt         int64           `json:"attempt"` // from 1, resets notwithstanding
	Success         bool            `json:"success"`
	Void            bool            `json:"void"`             // it counts for nothing
	Objective       *float64        `json:"objective_value"`  // nil: none
	DesignVariables map[string]any  `json:"design_variables"` // numbers are json.Number, with all their digits
	Extractor       string          `json:"extractor_used"`
	DurationSeconds float64         `json:"duration_seconds"`
	Details         json.RawMessage `json:"details"` // nil: none
	Time            string          `json:"time"`    // UTC
}

// Trials lists the trials of the loop's study since its last reset, in the
// order in which they were recorded: what a driver needs to go on where it was
// stopped.
func (l *Loop) Trials(ctx context.Context) (trials []RecordedTrial, err error) {
	err = l.store.View(ctx, func(rx *store.Rx) error {
		study, err := l.find(rx)
		if err != nil {
			return err
		}
		outcomes, err := rx.Outcomes(study)
		if err != nil {
			return err
		}
		trials = make([]RecordedTrial, 0, len(outcomes))
		for _, o := range outcomes {
			trial := RecordedTrial{
				Study: o.Study, Number: o.TrialNumber, Attempt: o.Attempt, Success: o.Success, Void: o.VoidedBy != nil, Objective: o.Objective,
				Extractor: o.Extractor, DurationSeconds: o.DurationSeconds, Time: formatUS(o.TimeUS),
			}
			if o.Details != nil {
				trial.Details = json.RawMessage(*o.Details)
			}
			if trial.DesignVariables, err = parseVariables(o.DesignVariables); err != nil {
				return fmt.Errorf("trial %d: %w", o.TrialNumber, err)
			}
			trials = append(trials, trial)
		}
		return nil
	})
	return trials, err
}
