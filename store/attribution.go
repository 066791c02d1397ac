package store

// Trials is a number of trials and how many of them succeeded.
type Trials struct {
	Trials    int64 `db:"trials"`
	Successes int64 `db:"successes"`
}

// CreditedTrial is a trial that items are credited with.
type CreditedTrial struct {
	Study     int64
	Success   bool
	Objective *float64 // nil: none
	Maximize  bool     // the study's direction
	Holdout   bool
	Used      []int64 // numbers of the items whose counts it moved, each once
}

// ShownCount counts the trials for which an item was shown.
type ShownCount struct {
	Item int64 `db:"item_no"`
	Trials
}
