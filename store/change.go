package store

// ItemChange is the content of an event that changes an item. Which fields it has depends
// on the type of the event.
type ItemChange struct {
	Event  int64   `db:"event_id"`
	Item   int64   `db:"item_no"`
	Before *string `db:"before"` // the content, or the tags as a JSON array
	After  *string `db:"after"`
	Into   *int64  `db:"into_item"` // the item that it was merged into

	Added   *string `db:"added"` // the tags that the event adds and removes, as JSON arrays
	Removed *string `db:"removed"`
}

// NamedChange is a change with the ids of its items.
type NamedChange struct {
	ItemChange
	ID     string  `db:"id"`
	IntoID *string `db:"into_id"`
	Type   string  `db:"type"`
	Reason string  `db:"reason"` // "" for none
	TimeUS int64   `db:"time_us"`
}

// MergedUsage is a usage that counts for the item that its own was merged into.
type MergedUsage struct {
	Item    int64 `db:"item_no"`
	Counted int64 `db:"counted"`
}

// InsightChoice is a pending insight that an event names, by what it says.
type InsightChoice struct {
	Category   string  `db:"category"`
	Content    string  `db:"content"`
	NewContent *string `db:"new_content"` // what an edit made of it
}
