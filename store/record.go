package store

import "time"

// Entry is an event to be recorded.
type Entry struct {
	Study       int64
	Type        EventType
	TrialNumber *int64 // of trials, errors and voids
	Time        time.Time
	Key         string         // idempotency key, "" for none
	Digest      []byte         // of the content that came with the key
	Outcome     *Outcome       // of a trial; Event, ItemsUpdated and InsightsExtracted are filled in by Record
	Items       []string       // ids that the trial used or the error blames; an id may occur twice
	Shown       []string       // ids that were shown for the trial but not used
	Errors      []ErrorMessage // in order
	Insights    []Insight      // drawn from the event, now pending
}

// Claimed says whose the key of an entry is.
type Claimed struct {
	Event  int64  // that was recorded with the key
	Digest []byte // of its content
	Found  bool   // there is such an event; if not, the key belongs to this transaction
}

// Receipt is the result of recording an entry.
type Receipt struct {
	Event     int64    // its place in the ledger; of a trial or an error also 0: it is not known yet
	Counted   int      // how often Items named an item that the playbook has
	Uncounted []string // ids of the items in Items that it does not have, in alphabetical order
}
