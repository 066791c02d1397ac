package store

// Item is one piece of advice, live or retired.
type Item struct {
	No          int64   `db:"item_no"`
	ID          string  `db:"id"`
	Arrival     int64   `db:"arrival"` // order of arrival
	Category    string  `db:"category"`
	Content     string  `db:"content"`
	Fingerprint []byte  `db:"fingerprint"` // what makes two insights of a category the same
	CreatedAt   string  `db:"created_at"`
	LastUsedAt  *string `db:"last_used_at"` // as playbook.json had it
	LastUsedUS  *int64  `db:"last_used_us"` // replaces LastUsedAt; nil: not used since
	Tags        string  `db:"tags"`         // a JSON array
	Extra       *string `db:"extra"`        // a JSON object: unknown fields of playbook.json
	Helpful     int64   `db:"helpful"`
	Harmful     int64   `db:"harmful"`
	Retirement  *int64  `db:"retirement_id"` // nil: live
}

// Retirement says when and why an item left the playbook.
type Retirement struct {
	ID         int64  `db:"retirement_id"`
	Item       int64  `db:"item_no"`
	Reason     string `db:"reason"`   // Pruned, Retired, Merged or Removed
	Event      *int64 `db:"event_id"` // what retired it; nil: an import
	Import     *int64 `db:"import_id"`
	RetiredUS  int64  `db:"retired_us"`
	RestoredUS *int64 `db:"restored_us"` // nil: it is still retired
}

// The reasons of retirement.
const (
	Pruned  = "pruned"  // by a finalize
	Retired = "retired" // by hand
	Merged  = "merged"  // into another item
	Removed = "removed" // missing in an imported playbook.json
)
