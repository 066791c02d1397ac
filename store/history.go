package store

// Use is one event that named an item.
type Use struct {
	Event       int64     `db:"event_id"`
	Type        EventType `db:"type"` // TrialEvent or ErrorEvent
	Study       string    `db:"study"`
	TrialNumber int64     `db:"trial_number"`
	Success     bool      `db:"success"`
	Named       int64     `db:"named"`
	Counted     int64     `db:"counted"`
	Void        bool      `db:"void"` // the trial does not count
	TimeUS      int64     `db:"time_us"`
}

// Origin is an insight that was committed into an item.
type Origin struct {
	Insight     int64  `db:"insight_id"`
	Study       string `db:"study"`
	TrialNumber *int64 `db:"trial_number"`
	SettledBy   int64  `db:"settled_by"` // the finalize
	Added       bool   `db:"added"`      // the item was created from it
	TimeUS      int64  `db:"time_us"`    // of the finalize
}
