package store

// EventType is the type of an event in the ledger.
type EventType string

// The types of events.
const (
	TrialEvent    EventType = "trial"
	ErrorEvent    EventType = "error"
	FinalizeEvent EventType = "finalize"
	ResetEvent    EventType = "reset"
	VoidEvent     EventType = "void"

	CommitEvent      EventType = "commit_insights"
	RejectEvent      EventType = "reject_insights"
	EditInsightEvent EventType = "edit_insight"
	EditItemEvent    EventType = "edit_item"
	TagEvent         EventType = "tag_item"
	RetireEvent      EventType = "retire_item"
	MergeEvent       EventType = "merge_items"
	RestoreEvent     EventType = "restore_item"
)

// KeyedTrial is a trial event that has a key.
type KeyedTrial struct {
	Event           int64
	Number          int64
	TimeUS          int64
	DurationSeconds float64
	Success         bool
}

// LedgerEntry is an event of the ledger. The lists of an event are in Namings,
// ShownItems and Messages.
type LedgerEntry struct {
	ID          int64     `db:"event_id"`
	StudyID     int64     `db:"study_id"`
	Study       string    `db:"study"`
	Type        EventType `db:"type"`
	TrialNumber *int64    `db:"trial_number"`
	TimeUS      int64     `db:"time_us"`
	Key         *string   `db:"key"`
	Digest      []byte    `db:"digest"` // of the content that came with the key
}

// Selection is a kind of events in the ledger.
type Selection int

// The selections.
const (
	EveryEvent     Selection = iota
	CountingTrials           // not void, and since the last reset of their study
	EventsWithKeys
)

// Naming is an item that a trial or an error named.
type Naming struct {
	Event int64  `db:"event_id"`
	ID    string `db:"id"`
	Named int    `db:"named"` // how often
}

// EventMessage is an error message of an event.
type EventMessage struct {
	Event int64 `db:"event_id"`
	ErrorMessage
}
