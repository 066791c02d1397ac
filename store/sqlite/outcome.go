package sqlite

import "atomizer-db/store"

// outcomeColumns are the columns of an Outcome in the ledger.
const outcomeColumns = `event_id, trial_number, success, objective_value, design_variables, extractor_used, duration_seconds,
			details, holdout, items_updated, insights_extracted`

func (r *reader) Outcome(event int64) (outcome store.Outcome, found bool, err error) {
	found, err = r.get(&outcome, `
		select `+outcomeColumns+`
		from ledger
		where event_id = ? and type = 'trial'`, event)
	return outcome, found, err
}

// recordedOutcomes selects the columns of a RecordedOutcome.
const recordedOutcomes = `
		select ` + outcomeColumns + `, s.name as study, l.time_us, l.voided_by, (
			select count(*) from ledger a
			where a.type = 'trial' and a.study_id = l.study_id and a.trial_number = l.trial_number and a.event_id <= l.event_id) as attempt
		from ledger l
		join studies s using (study_id)`

// filteredOutcomes are the events of the trials since the last reset that a filter selects
// but for its limit.
const filteredOutcomes = `
		from ledger l
		join studies s using (study_id)
		where l.type = 'trial' and (l.study_id = ?1 or ?1 is null) and l.event_id > ifnull(s.reset_event, 0)
			and (not ?2 or (not l.success and l.voided_by is null)) and (?3 is null or l.time_us >= ?3)`

func (r *reader) Outcomes(study *int64, filter store.OutcomeFilter) (outcomes []store.RecordedOutcome, leftOut int64, err error) {
	limit := filter.Limit
	if limit == 0 {
		limit = -1
	}
	outcomes = []store.RecordedOutcome{}
	err = r.list(&outcomes, recordedOutcomes+`
		where event_id in (select event_id `+filteredOutcomes+` order by event_id desc limit ?4)
		order by event_id`, study, filter.Failed, filter.SinceUS, limit)
	if err != nil || len(outcomes) != limit {
		return outcomes, 0, err
	}
	_, err = r.get(&leftOut, `select count(*) `+filteredOutcomes, study, filter.Failed, filter.SinceUS)
	return outcomes, leftOut - int64(len(outcomes)), err
}

func (r *reader) RecordedOutcome(event int64) (outcome store.RecordedOutcome, found bool, err error) {
	found, err = r.get(&outcome, recordedOutcomes+` where event_id = ? and l.type = 'trial'`, event)
	return outcome, found, err
}

func (r *reader) TrialItems(event int64) ([]store.TrialItem, error) {
	items := []store.TrialItem{}
	err := r.list(&items, `
		select d.id, ifnull(u.named, 0) as named, ifnull(u.counted, 0) as counted, w.item_no is not null as shown, i.content
		from (select item_no from usages where event_id = ?1 union select item_no from shown where event_id = ?1) x
		join item_ids d using (item_no)
		left join usages u on u.event_id = ?1 and u.item_no = x.item_no
		left join shown w on w.event_id = ?1 and w.item_no = x.item_no
		left join items i on i.item_no = x.item_no
		order by x.item_no`, event)
	return items, err
}
