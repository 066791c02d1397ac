package store

import (
	"encoding/json"

	"github.com/jmoiron/sqlx"
)

// Step is an event as it appears in the course of its study.
type Step struct {
	Event       int64
	Study       int64
	Type        EventType
	TrialNumber *int64 // of trials and errors
	TimeUS      int64
	Success     bool
	Void        bool // a trial that does not count
	Objective   *float64
}

// Steps calls each with the events after one event and up to another, at most limit of
// them, in order of commit.
func (r *Rx) Steps(after, last int64, limit int, each func(Step) error) error {
	return r.each(`
		select event_id, study_id, type, trial_number, time_us, ifnull(success, 0), voided_by is not null, objective_value
		from ledger
		where event_id > ? and event_id <= ?
		order by event_id
		limit ?`, []any{after, last, limit}, func(rows *sqlx.Rows) error {
		var s Step
		if err := rows.Scan(&s.Event, &s.Study, &s.Type, &s.TrialNumber, &s.TimeUS, &s.Success, &s.Void, &s.Objective); err != nil {
			return err
		}
		if s.TrialNumber == nil && (s.Type == TrialEvent || s.Type == ErrorEvent) {
			return Inconsistent("event %d has no trial number", s.Event)
		}
		return each(s)
	})
}

// MessageClass is the class of one error message of an event.
type MessageClass struct {
	Event int64
	Kind  ErrorKind
	Class string
}

// MessageClasses calls each with the classes of the messages of a range of events, by
// event, in their order.
func (r *Rx) MessageClasses(first, last int64, each func(MessageClass) error) error {
	return r.each(`
		select event_id, kind, class
		from errors
		where event_id between ? and ?
		order by event_id, position`, []any{first, last}, func(rows *sqlx.Rows) error {
		var m MessageClass
		if err := rows.Scan(&m.Event, &m.Kind, &m.Class); err != nil {
			return err
		}
		return each(m)
	})
}

// DesignVariables returns the design variables of some trials, JSON objects, by event.
func (r *Rx) DesignVariables(events []int64) (map[int64]string, error) {
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

// OutcomesOf lists some trials, in the order in which they were recorded.
func (r *Rx) OutcomesOf(events []int64) ([]RecordedOutcome, error) {
	outcomes := []RecordedOutcome{}
	list, err := json.Marshal(events)
	if err != nil {
		return nil, err
	}
	err = r.list(&outcomes, recordedOutcomes+`
		where event_id in (select j.value from json_each(?) j) and l.type = 'trial'
		order by event_id`, string(list))
	return outcomes, err
}
