package store

// Statistics sums up a study, or all of them, since the last reset of each.
type Statistics struct {
	Trials    int64 `db:"trials"`
	Successes int64 `db:"successes"`
	Pending   int64 `db:"pending"` // insights that wait for a finalize
}

// PlaybookStatistics sums up the live items.
type PlaybookStatistics struct {
	Items    int64   `db:"items"`
	AvgScore float64 `db:"avg_score"` // of net scores, 0 without items
	MaxScore int64   `db:"max_score"`
	MinScore int64   `db:"min_score"`
}

// CategoryCount is the number of live items of one category.
type CategoryCount struct {
	Category string `db:"category"`
	Items    int64  `db:"items"`
}
