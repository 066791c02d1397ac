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

// Receipt is the result of recording an entry.
type Receipt struct {
	Event     int64    // its place in the ledger
	Counted   int      // how often Items named an item that the playbook has
	Uncounted []string // ids of the items in Items that it does not have, in alphabetical order
}
