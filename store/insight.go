package store

// Insight is advice that the reflector drew from a trial or a study.
type Insight struct {
	ID          int64  `db:"insight_id"`
	Category    string `db:"category"`
	Content     string `db:"content"`
	Helpful     bool   `db:"helpful"`
	TrialNumber *int64 `db:"trial_number"` // nil: drawn from the study as a whole

	DrawnContent *string `db:"drawn_content"` // what it said before it was edited; nil: it was not
}

// Settled counts the insights that an event settled.
type Settled struct {
	Insights int64 `db:"insights"`
	Added    int64 `db:"added"`  // became new items
	Merged   int64 `db:"merged"` // into existing items
}
