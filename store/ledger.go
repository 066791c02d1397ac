package store

import (
	"encoding/json"
	"strings"
	"time"
	"unicode"

	"github.com/jmoiron/sqlx"
)

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

// EventByKey finds the event of a study that has a key.
func (r *Rx) EventByKey(study int64, key string) (id int64, digest []byte, found bool, err error) {
	var event struct {
		ID     int64  `db:"event_id"`
		Digest []byte `db:"digest"`
	}
	found, err = r.get(&event, `select event_id, digest from ledger where study_id = ? and key = ?`, study, key)
	return event.ID, event.Digest, found, err
}

// EventTime returns when an event happened.
func (r *Rx) EventTime(id int64) (time.Time, error) {
	var us int64
	_, err := r.get(&us, `select time_us from ledger where event_id = ?`, id)
	return time.UnixMicro(us).UTC(), err
}

// LastEvent returns the id of the newest event, 0 before the first.
func (r *Rx) LastEvent() (id int64, err error) {
	_, err = r.get(&id, `select ifnull(max(event_id), 0) from ledger`)
	return id, err
}

// KeyedTrial is a trial event that has a key.
type KeyedTrial struct {
	Event           int64
	Number          int64
	TimeUS          int64
	DurationSeconds float64
	Success         bool
}

// TrialsByKey returns the trial events of a study whose key begins with prefix, by key, and
// the number of the others. It includes void trials and those before a reset.
func (r *Rx) TrialsByKey(study int64, prefix string) (trials map[string]KeyedTrial, others int64, err error) {
	trials = map[string]KeyedTrial{}
	err = r.each(`
		select ifnull(key, ''), event_id, trial_number, time_us, duration_seconds, success
		from ledger
		where study_id = ? and type = 'trial'
		order by trial_number`, []any{study}, func(rows *sqlx.Rows) error {
		var key string
		var t KeyedTrial
		if err := rows.Scan(&key, &t.Event, &t.Number, &t.TimeUS, &t.DurationSeconds, &t.Success); err != nil {
			return err
		}
		if strings.HasPrefix(key, prefix) {
			trials[key] = t
		} else {
			others++
		}
		return nil
	})
	return trials, others, err
}

// StudiesWithKeys lists the studies that have events whose key begins with prefix, in
// order of creation.
func (r *Rx) StudiesWithKeys(prefix string) ([]Study, error) {
	studies := []Study{}
	err := r.list(&studies, `
		select study_id, name
		from studies s
		where exists (
			select 1 from ledger l
			where l.study_id = s.study_id and l.key is not null and l.key >= ? and l.key < ?)
		order by study_id`, prefix, prefix+string(unicode.MaxRune))
	return studies, err
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

// PageEnd finds the last of the n events that follow the given one, or of those that
// are left; last is nil if there are none.
func (r *Rx) PageEnd(event int64, n int) (last *int64, err error) {
	_, err = r.get(&last, `select max(event_id) from (select event_id from ledger where event_id > ? order by event_id limit ?)`, event, n)
	return last, err
}

// Selection is a kind of events in the ledger.
type Selection int

// The selections.
const (
	EveryEvent     Selection = iota
	CountingTrials           // not void, and since the last reset of their study
	EventsWithKeys
)

// Ledger lists the selected events after one event and up to another, in order of
// commit. They are those of a study, or of all studies if it is nil.
func (r *Rx) Ledger(study *int64, selection Selection, after, last int64) ([]LedgerEntry, error) {
	selected := map[Selection]string{
		EveryEvent:     ``,
		CountingTrials: `and l.type = 'trial' and l.voided_by is null and l.event_id > ifnull(s.reset_event, 0)`,
		EventsWithKeys: `and l.key is not null`,
	}[selection]
	entries := []LedgerEntry{}
	err := r.list(&entries, `
		select l.event_id, l.study_id, s.name as study, l.type, l.trial_number, l.time_us, l.key, l.digest
		from ledger l
		left join studies s using (study_id) -- one that is missing is an error
		where l.event_id > ?1 and l.event_id <= ?2 and (?3 is null or l.study_id = ?3) `+selected+`
		order by l.event_id`, after, last, study)
	return entries, err
}

// Naming is an item that a trial or an error named.
type Naming struct {
	Event int64  `db:"event_id"`
	ID    string `db:"id"`
	Named int    `db:"named"` // how often
}

// Namings lists the items that a range of events named, by event.
func (r *Rx) Namings(first, last int64) ([]Naming, error) {
	namings := []Naming{}
	err := r.list(&namings, `
		select event_id, id, named
		from (
			select event_id, item_no, named from usages where event_id between ?1 and ?2
			union all
			select event_id, item_no, named from blames where event_id between ?1 and ?2
		)
		left join item_ids using (item_no) -- one that is missing is an error
		order by event_id, item_no`, first, last)
	return namings, err
}

// ShownItems lists the items that were shown for the trials of a range of events but
// not used, by event.
func (r *Rx) ShownItems(first, last int64) ([]Naming, error) {
	shown := []Naming{}
	err := r.list(&shown, `
		select event_id, id, 1 as named
		from shown
		left join item_ids using (item_no)
		where event_id between ? and ?
		order by event_id, item_no`, first, last)
	return shown, err
}

// EventMessage is an error message of an event.
type EventMessage struct {
	Event int64 `db:"event_id"`
	ErrorMessage
}

// Messages lists the error messages of a range of events, by event, in their order.
func (r *Rx) Messages(first, last int64) ([]EventMessage, error) {
	messages := []EventMessage{}
	err := r.list(&messages, `
		select event_id, kind, class, message from errors
		where event_id between ? and ?
		order by event_id, position`, first, last)
	return messages, err
}

// MessagesOf lists the error messages of some events, by event, in their order.
func (r *Rx) MessagesOf(events []int64) ([]EventMessage, error) {
	messages := []EventMessage{}
	list, err := json.Marshal(events)
	if err != nil {
		return nil, err
	}
	err = r.list(&messages, `
		select event_id, kind, class, message
		from json_each(?) j
		cross join errors on event_id = j.value
		order by event_id, position`, string(list))
	return messages, err
}
