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
	Key         string   // "" for none
	Digest      []byte   // of the content that came with the key
	Outcome     *Outcome // of a trial
}

// Append adds an event at the ledger's end and gives its id. A trial moves the
// statistics of its study, and is the latest attempt at its number.
func (t *Tx) Append(e Event) (id int64, err error) {
	switch e.Type {
	case TrialEvent:
		err = t.dropEarlierAttempt(e.Study, *e.TrialNumber)
	case ErrorEvent:
	default:
		err = t.fold()
	}
	if err == nil {
		err = t.findLedgerEnd()
	}
	if err != nil {
		return 0, err
	}
	id = t.memory.lastEvent + 1
	var key, digest value
	if e.Key != "" {
		key, digest = text(e.Key), blob(e.Digest)
	}
	said := [8]value{} // nothing but of a trial
	if e.Outcome != nil {
		o := e.Outcome
		said = [...]value{
			boolean(o.Success), orNull(real64, o.Objective), text(o.DesignVariables), text(o.Extractor), real64(o.DurationSeconds),
			orNull(text, o.Details), integer(o.ItemsUpdated), integer(o.InsightsExtracted),
		}
		t.memory.counts.addStudy(e.Study, trialCount(o.Success, 1))
	}
	t.memory.lastEvent = id
	return id, t.add(ledgerRows, integer(id), integer(e.Study), text(string(e.Type)), orNull(integer, e.TrialNumber),
		integer(e.Time.UnixMicro()), key, digest, said[0], said[1], said[2], said[3], said[4], said[5], said[6], said[7])
}

// EventByKey finds the event that came with a key in a study.
func (t *Tx) EventByKey(study int64, key string) (id int64, digest []byte, found bool, err error) {
	if err := t.write(); err != nil {
		return 0, nil, false, err
	}
	found, err = t.direct.look(`select event_id, digest from ledger where study_id = ? and key = ?`,
		func(r row) { id, digest = r.integer(0), r.blob(1) }, integer(study), text(key))
	return id, digest, found, err
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
