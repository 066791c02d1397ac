package store

// LedgerEntry is an event of the ledger with what it said, as far as rows of one
// table say it: the lists of an event are in Namings and Messages.
type LedgerEntry struct {
	ID          int64     `db:"event_id"`
	StudyID     int64     `db:"study_id"`
	Study       string    `db:"study"`
	Type        EventType `db:"type"`
	TrialNumber *int64    `db:"trial_number"`
	TimeUS      int64     `db:"time_us"`
	Key         *string   `db:"key"`
	Digest      []byte    `db:"digest"`
}

// CountingTrials chooses the trials that count: not void, and since the last
// reset of their study.
const CountingTrials EventType = "counting trials"

// Ledger lists events in order of commit, at most limit of those after one: of
// one study or of all, of any type or only counting trials.
func (r *Rx) Ledger(study *int64, kind EventType, after int64, limit int) ([]LedgerEntry, error) {
	entries := []LedgerEntry{}
	err := r.list(&entries, `
		select l.event_id, l.study_id, s.name as study, l.type, l.trial_number, l.time_us, l.key, l.digest
		from ledger l
		join studies s using (study_id)
		where l.event_id > ?1 and (?2 is null or l.study_id = ?2)
			and (?3 <> 'counting trials' or (l.type = 'trial' and l.voided_by is null and l.event_id > ifnull(s.reset_event, 0)))
		order by l.event_id
		limit ?4`, after, study, kind, limit)
	return entries, err
}

// Naming is an item that an event named, trial or error.
type Naming struct {
	Event int64  `db:"event_id"`
	ID    string `db:"id"`
	Named int    `db:"named"`
}

// Namings lists the items that events of a range named, by event.
func (r *Rx) Namings(first, last int64) ([]Naming, error) {
	namings := []Naming{}
	err := r.list(&namings, `
		select event_id, id, named
		from (
			select event_id, item_no, named from usages where event_id between ?1 and ?2
			union all
			select event_id, item_no, named from blames where event_id between ?1 and ?2
		)
		join item_ids using (item_no)
		order by event_id, item_no`, first, last)
	return namings, err
}

// ShownItems lists the items that were shown for trials of a range and not used,
// by event.
func (r *Rx) ShownItems(first, last int64) ([]Naming, error) {
	shown := []Naming{}
	err := r.list(&shown, `
		select event_id, id, 1 as named
		from shown
		join item_ids using (item_no)
		where event_id between ? and ?
		order by event_id, item_no`, first, last)
	return shown, err
}

// EventMessage is a message of an event.
type EventMessage struct {
	Event int64 `db:"event_id"`
	ErrorMessage
}

// Messages lists the messages of a range of events, by event, in their order.
func (r *Rx) Messages(first, last int64) ([]EventMessage, error) {
	messages := []EventMessage{}
	err := r.list(&messages, `
		select event_id, kind, class, message from errors
		where event_id between ? and ?
		order by event_id, position`, first, last)
	return messages, err
}

// VoidedAttempt is what a void event took out or back in.
type VoidedAttempt struct {
	Attempt int64 `db:"attempt"` // of its trial number, from 1
	Undo    bool  `db:"undo"`
}

// VoidedAttempt finds what a void event was about.
func (r *Rx) VoidedAttempt(event int64) (v VoidedAttempt, err error) {
	_, err = r.get(&v, `
		select v.undo, (
			select count(*) from ledger a
			where a.study_id = t.study_id and a.trial_number = t.trial_number and a.type = 'trial' and a.event_id <= t.event_id) as attempt
		from voids v
		join ledger t on t.event_id = v.trial_event
		where v.event_id = ?`, event)
	return v, err
}

// CountItemsOfNoEvent counts the items that no finalize added: those of imports,
// of the playbook that the database started from, and added by hand.
func (r *Rx) CountItemsOfNoEvent() (n int64, err error) {
	_, err = r.get(&n, `select count(*) from items where item_no not in (select item_no from insights where added = 1)`)
	return n, err
}
