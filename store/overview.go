package store

// RecordedFinalization is a finalization among those of its study.
type RecordedFinalization struct {
	Finalization
	Study  string `db:"study"`
	TimeUS int64  `db:"time_us"`
}

// GoneItem is an item that left the playbook.
type GoneItem struct {
	ID        string  `db:"id"`
	Category  string  `db:"category"`
	Content   string  `db:"content"`
	Helpful   int64   `db:"helpful"`
	Harmful   int64   `db:"harmful"`
	Reason    string  `db:"reason"` // Pruned, Retired, Merged or Removed
	Why       *string `db:"why"`    // what somebody said; nil: nothing
	RetiredUS int64   `db:"retired_us"`
}
