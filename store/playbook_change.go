package store

// PlaybookChange is a change of the playbook that no event of a study made.
type PlaybookChange struct {
	AfterEvent int64  `db:"after_event"` // the last event before it
	TimeUS     int64  `db:"time_us"`
	Content    string `db:"content"` // a JSON object
}

// SourceTrial is a trial that an item was learned from.
type SourceTrial struct {
	ID     int64  `db:"source_id"`
	Item   int64  `db:"item_no"`
	Number int64  `db:"trial_number"`
	Study  *int64 `db:"study_id"` // nil: it came from a playbook.json
	Merge  *int64 `db:"event_id"` // the merge that brought it, nil: none
}

// UnrecordedItem is an item that no event added, with what the ledger tells of when it came.
type UnrecordedItem struct {
	Item
	FirstContent *string `db:"first_content"` // what it said before an event edited it; nil: none did
	FirstTags    *string `db:"first_tags"`    // its tags before an event changed them; nil: none did
	Before       int64   `db:"before"`        // the last event that added an item that arrived earlier, 0: none
	InVain       int64   `db:"in_vain"`       // the last event that named it in vain, or would have pruned it, before there is a sign of it, 0: none
}

// RemovedItem is an item that an import retired.
type RemovedItem struct {
	ID   string `db:"id"`
	Seen int64  `db:"seen"` // the last event before that shows that it was live, 0: none
}

// RestoredItem is an item that was restored, but not by an event.
type RestoredItem struct {
	ID    string `db:"id"`
	After int64  `db:"after"` // the last event before, as far as can be told
}
