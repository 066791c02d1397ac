package store

// Best is the trial of a study with the best objective.
type Best struct {
	TrialNumber int64   `db:"trial_number"`
	Objective   float64 `db:"objective_value"`
}
