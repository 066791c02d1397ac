package report

import (
	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// BestObjective is the best objective of a study since its last reset, by its direction. Only
// successful trials that are not void have one that counts.
type BestObjective struct {
	Direction string   `json:"direction"`      // minimize or maximize
	Objective *float64 `json:"best_objective"` // null: no successful trial has an objective
	Trial     *int64   `json:"best_trial"`     // number of the first trial with it
}

// NewBestObjective finds the best objective of a study. Its time grows with the number of trials.
// A study that has not begun minimizes, as it will when it begins.
func NewBestObjective(rx store.Reader, study int64) (BestObjective, error) {
	row, found, err := rx.StudyByID(study)
	if err != nil || !found {
		return BestObjective{Direction: event.Minimize}, err
	}
	return bestOf(rx, row)
}

func bestOf(rx store.Reader, study store.Study) (BestObjective, error) {
	b := BestObjective{Direction: study.Direction}
	best, found, err := rx.Best(study.ID, study.Direction == event.Maximize)
	if found {
		b.Objective, b.Trial = &best.Objective, &best.TrialNumber
	}
	return b, err
}
