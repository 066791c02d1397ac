package store

import "time"

// EventType says what an event of the ledger is.
type EventType string

// The types of events.
const (
	TrialEvent    EventType = "trial"
	ErrorEvent    EventType = "error"
	FinalizeEvent EventType = "finalize"
	ResetEvent    EventType = "reset"
	VoidEvent     EventType = "void"
)

// Event is a row of the ledger.
type Event struct {
	ID          int64 // in order of commit
	Study       int64
	Type        EventType
	TrialNumber *int64 // of trial, error and void events
	Time        time.Time
	Key         string // "" for none
	Digest      []byte // of the content that came with the key
}

// Append adds an event at the ledger's end and gives its id.
func (t *Tx) Append(e Event) (int64, error) {
	var key any
	if e.Key != "" {
		key = e.Key
	}
	return t.insert(`
		insert into ledger (study_id, type, trial_number, time_us, key, digest)
		values (?, ?, ?, ?, ?, ?)`, e.Study, e.Type, e.TrialNumber, e.Time.UnixMicro(), key, e.Digest)
}

// EventByKey finds the event that came with a key in a study.
func (r *Rx) EventByKey(study int64, key string) (id int64, digest []byte, found bool, err error) {
	var row struct {
		ID     int64  `db:"event_id"`
		Digest []byte `db:"digest"`
	}
	found, err = r.get(&row, `select event_id, digest from ledger where study_id = ? and key = ?`, study, key)
	return row.ID, row.Digest, found, err
}

// LastEvent gives the id of the newest event, 0 before the first.
func (r *Rx) LastEvent() (id int64, err error) {
	_, err = r.get(&id, `select ifnull(max(event_id), 0) from ledger`)
	return id, err
}
