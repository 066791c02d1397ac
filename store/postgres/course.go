package postgres

import (
	"github.com/jmoiron/sqlx"

	"atomizer-db/store"
)

func (r *reader) Steps(after, last int64, limit int, each func(store.Step) error) error {
	return r.each(`
		select event_id, study_id, type, trial_number, time_us, coalesce(success, false), voided_by is not null, objective_value
		from ledger
		where event_id > $1 and event_id <= $2
		order by event_id
		limit nullif(greatest($3::bigint, -1), -1)`, []any{after, last, limit}, func(rows *sqlx.Rows) error {
		var s store.Step
		if err := rows.Scan(&s.Event, &s.Study, &s.Type, &s.TrialNumber, &s.TimeUS, &s.Success, &s.Void, &s.Objective); err != nil {
			return err
		}
		if s.TrialNumber == nil && (s.Type == store.TrialEvent || s.Type == store.ErrorEvent) {
			return store.Inconsistent("event %d has no trial number", s.Event)
		}
		return each(s)
	})
}

func (r *reader) MessageClasses(first, last int64, each func(store.MessageClass) error) error {
	return r.each(`
		select event_id, kind, class
		from errors
		where event_id between $1 and $2
		order by event_id, position`, []any{first, last}, func(rows *sqlx.Rows) error {
		var m store.MessageClass
		if err := rows.Scan(&m.Event, &m.Kind, &m.Class); err != nil {
			return err
		}
		return each(m)
	})
}

func (r *reader) DesignVariables(events []int64) (map[int64]string, error) {
	variables := make(map[int64]string, len(events))
	err := r.each(`
		select event_id, design_variables
		from ledger
		where event_id = any($1::bigint[]) and type = 'trial'`, []any{events}, func(rows *sqlx.Rows) error {
		var event int64
		var text string
		err := rows.Scan(&event, &text)
		variables[event] = text
		return err
	})
	return variables, err
}

func (r *reader) OutcomesOf(events []int64) ([]store.RecordedOutcome, error) {
	outcomes := []store.RecordedOutcome{}
	err := r.list(&outcomes, recordedOutcomes+`
		where event_id = any($1::bigint[]) and l.type = 'trial'
		order by event_id`, events)
	return outcomes, err
}
