package sqlite

import (
	"encoding/json"

	"github.com/jmoiron/sqlx"

	"atomizer-db/store"
)

func (r *reader) Steps(after, last int64, limit int, each func(store.Step) error) error {
	return r.each(`
		select event_id, study_id, type, trial_number, time_us, ifnull(success, 0), voided_by is not null, objective_value
		from ledger
		where event_id > ? and event_id <= ?
		order by event_id
		limit ?`, []any{after, last, limit}, func(rows *sqlx.Rows) error {
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
		where event_id between ? and ?
		order by event_id, position`, []any{first, last}, func(rows *sqlx.Rows) error {
		var m store.MessageClass
		if err := rows.Scan(&m.Event, &m.Kind, &m.Class); err != nil {
			return err
		}
		return each(m)
	})
}

func (r *reader) DesignVariables(events []int64) (map[int64]string, error) {
	list, err := json.Marshal(events)
	if err != nil {
		return nil, err
	}
	variables := make(map[int64]string, len(events))
	err = r.each(`
		select l.event_id, l.design_variables
		from json_each(?) j
		cross join ledger l on l.event_id = j.value
		where l.type = 'trial'`, []any{string(list)}, func(rows *sqlx.Rows) error {
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
	list, err := json.Marshal(events)
	if err != nil {
		return nil, err
	}
	err = r.list(&outcomes, recordedOutcomes+`
		where event_id in (select j.value from json_each(?) j) and l.type = 'trial'
		order by event_id`, string(list))
	return outcomes, err
}
