package store

// ItemTrials counts the latest trials of a study with an item and without it.
type ItemTrials struct {
	With, Without Trials
	Classes       []ItemErrors // the most frequent first
}

// ItemErrors is the number of trials with an item, and of those without it, that had messages
// of a class.
type ItemErrors struct {
	Kind    ErrorKind `db:"kind"`
	Class   string    `db:"class"`
	With    int64     `db:"with_item"`
	Without int64     `db:"without_item"`
}
