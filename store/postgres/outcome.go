package postgres

import "atomizer-db/store"

// outcomeColumns are the columns of an Outcome in the ledger.
const outcomeColumns = `event_id, trial_number, success, objective_value, design_variables, extractor_used, duration_seconds,
			details, holdout, items_updated, insights_extracted`

func (r *reader) Outcome(event int64) (outcome store.Outcome, found bool, err error) {
	found, err = r.get(&outcome, `
		select `+outcomeColumns+`
		from ledger
		where event_id = $1 and type = 'trial'`, event)
	return outcome, found, err
}

// recordedOutcomes selects the columns of a RecordedOutcome. It counts attempts that are not
// folded apart, once for all outcomes: searching them for each outcome would put them in order
// each time.
const recordedOutcomes = `
		select ` + outcomeColumns + `, s.name as study, l.time_us, l.voided_by, (
			select count(*) from folded_ledger a
			where a.type = 'trial' and a.study_id = l.study_id and a.trial_number = l.trial_number and a.event_id <= l.event_id
			) + coalesce(u.nth, 0) as attempt
		from ledger l
		join studies s using (study_id)
		left join (
			select event_id, row_number() over (partition by study_id, trial_number order by event_id) as nth
			from unfolded_events
			where type = 'trial'
		) u using (event_id)`

// filteredOutcomes are the events of the trials since the last reset that a filter selects
// but for its limit.
const filteredOutcomes = `
		from ledger l
		join studies s using (study_id)
		where l.type = 'trial' and (l.study_id = $1::bigint or $1::bigint is null) and l.event_id > coalesce(s.reset_event, 0)
			and (not $2::boolean or (not l.success and l.voided_by is null)) and ($3::bigint is null or l.time_us >= $3::bigint)`

func (r *reader) Outcomes(study *int64, filter store.OutcomeFilter) (outcomes []store.RecordedOutcome, leftOut int64, err error) {
	limit := filter.Limit
	if limit == 0 {
		limit = -1
	}
	outcomes = []store.RecordedOutcome{}
	// An array, because a view cannot be searched for the rows of a subquery.
	err = r.list(&outcomes, recordedOutcomes+`
		where event_id = any(array(select event_id `+filteredOutcomes+` order by event_id desc limit nullif(greatest($4::bigint, -1), -1)))
		order by event_id`, study, filter.Failed, filter.SinceUS, limit)
	if err != nil || len(outcomes) != limit {
		return outcomes, 0, err
	}
	_, err = r.get(&leftOut, `select count(*) `+filteredOutcomes, study, filter.Failed, filter.SinceUS)
	return outcomes, leftOut - int64(len(outcomes)), err
}

func (r *reader) RecordedOutcome(event int64) (outcome store.RecordedOutcome, found bool, err error) {
	found, err = r.get(&outcome, recordedOutcomes+` where event_id = $1 and l.type = 'trial'`, event)
	return outcome, found, err
}

func (r *reader) TrialItems(event int64) ([]store.TrialItem, error) {
	items := []store.TrialItem{}
	err := r.list(&items, `
		select d.id, coalesce(u.named, 0) as named, coalesce(u.counted, 0) as counted, w.item_no is not null as shown, i.content
		from (select item_no from usages where event_id = $1 union select item_no from shown where event_id = $1) x
		join item_ids d using (item_no)
		left join usages u on u.event_id = $1 and u.item_no = x.item_no
		left join shown w on w.event_id = $1 and w.item_no = x.item_no
		left join items i on i.item_no = x.item_no
		order by x.item_no`, event)
	return items, err
}
