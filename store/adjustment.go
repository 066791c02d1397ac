package store

// Adjustment is a change of an item's counts that no trial and no error explains.
type Adjustment struct {
	ID         int64  `db:"adjustment_id"`
	Item       int64  `db:"item_no"`
	Helpful    int64  `db:"helpful"` // added to the counts
	Harmful    int64  `db:"harmful"`
	Reason     string `db:"reason"`   // ByImport, ByMerge or ByRestore
	Event      *int64 `db:"event_id"` // the merge or the restore; nil: an import
	Import     *int64 `db:"import_id"`
	AfterEvent int64  `db:"after_event"` // the last event before it
	TimeUS     int64  `db:"time_us"`
}

// The reasons of adjustments.
const (
	ByImport  = "import"
	ByMerge   = "merge"
	ByRestore = "restore"
)
