package store

import "time"

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

// Adjust changes an item's counts and stores why. The change is placed after the
// newest event. Its time is now, unless it has one.
func (t *Tx) Adjust(a Adjustment) error {
	after, err := t.LastEvent()
	if err != nil {
		return err
	}
	if a.TimeUS == 0 {
		a.TimeUS = t.now.UnixMicro()
	}
	if _, err := t.exec(`
		insert into adjustments (item_no, helpful, harmful, reason, import_id, after_event, time_us, event_id)
		values (?, ?, ?, ?, ?, ?, ?, ?)`,
		a.Item, a.Helpful, a.Harmful, a.Reason, a.Import, after, a.TimeUS, a.Event); err != nil {
		return err
	}
	_, err = t.exec(`update scores set helpful = helpful + ?, harmful = harmful + ? where item_no = ?`, a.Helpful, a.Harmful, a.Item)
	return err
}

// Adjustments lists an item's adjustments, newest first.
func (r *Rx) Adjustments(item int64) ([]Adjustment, error) {
	adjustments := []Adjustment{}
	err := r.list(&adjustments, selectAdjustments+`where item_no = ? order by adjustment_id desc`, item)
	return adjustments, err
}

// AdjustmentsBy lists the adjustments of an event, in order.
func (r *Rx) AdjustmentsBy(event int64) ([]Adjustment, error) {
	adjustments := []Adjustment{}
	err := r.list(&adjustments, selectAdjustments+`where event_id = ? order by adjustment_id`, event)
	return adjustments, err
}

const selectAdjustments = `
	select adjustment_id, item_no, helpful, harmful, reason, import_id, after_event, time_us, event_id
	from adjustments `

// CountsTakenFrom reports whether the counts in a file with this digest have already
// been added to an item.
func (r *Rx) CountsTakenFrom(item int64, digest []byte) (taken bool, err error) {
	_, err = r.get(&taken, `
		select exists (
			select 1 from adjustments join imports using (import_id)
			where item_no = ? and digest = ?)`, item, digest)
	return taken, err
}

// AddImport stores that a file was imported at a time, and returns the import's id.
func (t *Tx) AddImport(path string, digest []byte, at time.Time) (int64, error) {
	return t.insert(`insert into imports (path, digest, time_us) values (?, ?, ?)`, path, digest, at.UnixMicro())
}
