package postgres

import (
	"strings"
	"time"
	"unicode"

	"github.com/jmoiron/sqlx"

	"atomizer-db/store"
)

func (r *reader) EventByKey(study int64, key string) (id int64, digest []byte, found bool, err error) {
	var event struct {
		ID     int64  `db:"event_id"`
		Digest []byte `db:"digest"`
	}
	found, err = r.get(&event, `select event_id, digest from ledger where study_id = $1 and key = $2`, study, key)
	return event.ID, event.Digest, found, err
}

func (r *reader) EventTime(id int64) (time.Time, error) {
	var us int64
	_, err := r.get(&us, `select time_us from ledger where event_id = $1`, id)
	return time.UnixMicro(us).UTC(), err
}

func (r *reader) LastEvent() (id int64, err error) {
	_, err = r.get(&id, `select last_event + (select count(*) from unfolded) from fold`)
	return id, err
}

// LastSettled returns the last event that was folded.
func (r *reader) LastSettled() (id int64, err error) {
	_, err = r.get(&id, `select last_event from fold`)
	return id, err
}

func (r *reader) TrialsByKey(study int64, prefix string) (trials map[string]store.KeyedTrial, others int64, err error) {
	trials = map[string]store.KeyedTrial{}
	err = r.each(`
		select coalesce(key, ''), event_id, trial_number, time_us, duration_seconds, success
		from ledger
		where study_id = $1 and type = 'trial'
		order by trial_number, event_id`, []any{study}, func(rows *sqlx.Rows) error {
		var key string
		var t store.KeyedTrial
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

func (r *reader) StudiesWithKeys(prefix string) ([]store.Study, error) {
	studies := []store.Study{}
	err := r.list(&studies, `
		select study_id, name
		from studies s
		where exists (
			select 1 from event_keys k
			where k.study_id = s.study_id and k.key >= $1 and k.key < $2)
		order by study_id`, prefix, prefix+string(unicode.MaxRune))
	return studies, err
}

func (r *reader) PageEnd(event int64, n int) (last *int64, err error) {
	_, err = r.get(&last, `
		select max(event_id)
		from (
			select event_id from ledger where event_id > $1
			order by event_id
			limit nullif(greatest($2::bigint, -1), -1)
		) page`, event, n)
	return last, err
}

func (r *reader) Ledger(study *int64, selection store.Selection, after, last int64) ([]store.LedgerEntry, error) {
	selected := map[store.Selection]string{
		store.EveryEvent:     ``,
		store.CountingTrials: `and l.type = 'trial' and l.voided_by is null and l.event_id > coalesce(s.reset_event, 0)`,
		store.EventsWithKeys: `and l.key is not null`,
	}[selection]
	entries := []store.LedgerEntry{}
	err := r.list(&entries, `
		select l.event_id, l.study_id, s.name as study, l.type, l.trial_number, l.time_us, l.key, l.digest
		from ledger l
		left join studies s using (study_id) -- one that is missing is an error
		where l.event_id > $1 and l.event_id <= $2 and ($3::bigint is null or l.study_id = $3::bigint) `+selected+`
		order by l.event_id`, after, last, study)
	return entries, err
}

func (r *reader) Namings(first, last int64) ([]store.Naming, error) {
	namings := []store.Naming{}
	err := r.list(&namings, `
		select event_id, id, named
		from (
			select event_id, item_no, named from usages where event_id between $1 and $2
			union all
			select event_id, item_no, named from blames where event_id between $1 and $2
		) m
		left join item_ids using (item_no) -- one that is missing is an error
		order by event_id, item_no`, first, last)
	return namings, err
}

func (r *reader) ShownItems(first, last int64) ([]store.Naming, error) {
	shown := []store.Naming{}
	err := r.list(&shown, `
		select event_id, id, 1 as named
		from shown
		left join item_ids using (item_no)
		where event_id between $1 and $2
		order by event_id, item_no`, first, last)
	return shown, err
}

func (r *reader) Messages(first, last int64) ([]store.EventMessage, error) {
	messages := []store.EventMessage{}
	err := r.list(&messages, `
		select event_id, kind, class, message from errors
		where event_id between $1 and $2
		order by event_id, position`, first, last)
	return messages, err
}

func (r *reader) MessagesOf(events []int64) ([]store.EventMessage, error) {
	messages := []store.EventMessage{}
	err := r.list(&messages, `
		select event_id, kind, class, message
		from errors
		where event_id = any($1::bigint[])
		order by event_id, position`, events)
	return messages, err
}
