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
	id, err := t.nextEvent()
	if err != nil {
		return 0, err
	}
	var number, key, digest any
	if e.TrialNumber != nil {
		number = *e.TrialNumber
	}
	if e.Key != "" {
		key, digest = e.Key, e.Digest
		t.buffer.keys[eventKey{e.Study, e.Key}] = struct{}{}
	}
	return id, t.add(ledgerRows, id, e.Study, string(e.Type), number, e.Time.UnixMicro(), key, digest)
}

// EventByKey finds the event that came with a key in a study.
func (t *Tx) EventByKey(study int64, key string) (id int64, digest []byte, found bool, err error) {
	var row struct {
		ID     int64  `db:"event_id"`
		Digest []byte `db:"digest"`
	}
	if t.isKeyBuffered(eventKey{study, key}) {
		if err := t.drain(); err != nil {
			return 0, nil, false, err
		}
	}
	found, err = t.peek(&row, `select event_id, digest from ledger where study_id = ? and key = ?`, study, key)
	return row.ID, row.Digest, found, err
}

// LastEvent gives the id of the newest event, 0 before the first.
func (r *Rx) LastEvent() (id int64, err error) {
	_, err = r.get(&id, `select ifnull(max(event_id), 0) from ledger`)
	return id, err
}

// CountTrials counts the trial events of a study: those whose key begins with
// prefix, and the others. Void ones count, and those before a reset.
func (r *Rx) CountTrials(study int64, prefix string) (with, without int64, err error) {
	var row struct {
		With    int64 `db:"with_prefix"`
		Without int64 `db:"without"`
	}
	_, err = r.get(&row, `
		select ifnull(sum(known), 0) as with_prefix, ifnull(sum(1 - known), 0) as without
		from (
			select key is not null and substr(key, 1, length(?2)) = ?2 as known
			from ledger
			where study_id = ?1 and type = 'trial'
		)`, study, prefix)
	return row.With, row.Without, err
}
