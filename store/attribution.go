package store

// Trials is a number of trials and how many of them succeeded.
type Trials struct {
	Trials    int64 `db:"trials"`
	Successes int64 `db:"successes"`
}

// StudyTrials are the trials of one study.
type StudyTrials struct {
	Study int64 `db:"study_id"`
	Trials
}

// ItemStudyTrials are the trials of one study that used a live item, or for which
// it was shown.
type ItemStudyTrials struct {
	Item  int64 `db:"item_no"`
	Study int64 `db:"study_id"`
	Trials
}

// credited runs a query on the trials that items are credited with, of a study, or of
// all studies if it is nil: the latest attempt at each trial number since the last reset
// that is not void. trials_used_in counts the same trials.
func (r *Rx) credited(dest any, study *int64, query string, args ...any) error {
	of := `` // "or ?1 is null" would keep SQLite from using the index
	if study != nil {
		of = ` and l.study_id = ?1`
	}
	return r.list(dest, `
		with credited as materialized (
			select study_id, max(event_id) as event_id, success -- of the row with the largest event_id
			from (`+countingTrials+of+`)
			group by study_id, trial_number
		)`+query, append([]any{study}, args...)...)
}

// CreditedTrials counts the credited trials of each study that has any.
func (r *Rx) CreditedTrials(study *int64) (trials []StudyTrials, err error) {
	err = r.credited(&trials, study, `
		select study_id, count(*) as trials, sum(success) as successes
		from credited
		group by study_id
		order by study_id`)
	return trials, err
}

// UsedTrials counts, for each live item, the credited trials that used it.
func (r *Rx) UsedTrials(study *int64) (trials []ItemStudyTrials, err error) {
	err = r.credited(&trials, study, `
		select item_no, study_id, count(*) as trials, sum(success) as successes
		from credited
		join usages using (event_id)
		join items using (item_no)
		where retirement_id is null
		group by item_no, study_id`)
	return trials, err
}

// ShownTrials counts, for each live item, the credited trials for which it was
// shown but not used.
func (r *Rx) ShownTrials(study *int64) (trials []ItemStudyTrials, err error) {
	err = r.credited(&trials, study, `
		select item_no, study_id, count(*) as trials, sum(success) as successes
		from credited
		join shown using (event_id)
		join items using (item_no)
		where retirement_id is null
			and not exists (select 1 from usages u where u.event_id = shown.event_id and u.item_no = shown.item_no)
		group by item_no, study_id`)
	return trials, err
}

// Pair is two live items, in order of arrival.
type Pair struct {
	Item  int64 `db:"item_no"`
	Other int64 `db:"other_no"`
}

// ItemsTogether lists the pairs of live items that were used together in at least
// the given number of credited trials, if these are at least the given share of the
// trials that used either of the two.
func (r *Rx) ItemsTogether(study *int64, trials int64, share float64) (pairs []Pair, err error) {
	err = r.credited(&pairs, study, `,
		used as materialized (
			select item_no, arrival, count(*) as trials
			from credited
			join usages using (event_id)
			join items using (item_no)
			where retirement_id is null
			group by item_no
			having count(*) >= ?2
		)
		select a.item_no, b.item_no as other_no
		from credited c
		cross join usages ua on ua.event_id = c.event_id -- cross join keeps this order: only pairs that occur are read
		cross join usages ub on ub.event_id = c.event_id and ub.item_no <> ua.item_no
		cross join used a on a.item_no = ua.item_no
		cross join used b on b.item_no = ub.item_no and b.arrival > a.arrival
		where min(a.trials, b.trials) >= ?3 * max(a.trials, b.trials)
		group by a.item_no, b.item_no
		having count(*) >= ?2 and count(*) >= ?3 * (a.trials + b.trials - count(*))
		order by a.arrival, b.arrival`, trials, share)
	return pairs, err
}

// Objective is the objective of a successful trial that an item was used in.
type Objective struct {
	Item  int64   `db:"item_no"`
	Value float64 `db:"objective_value"`
}

// Objectives lists the objectives of a study's credited trials that succeeded,
// in ascending order.
func (r *Rx) Objectives(study int64) (values []float64, err error) {
	err = r.credited(&values, &study, `
		select o.objective_value
		from credited c
		join ledger o using (event_id)
		where c.success and o.objective_value is not null
		order by o.objective_value`)
	return values, err
}

// ItemObjectives lists the objectives of those trials for each live item that they
// used, item by item, in ascending order.
func (r *Rx) ItemObjectives(study int64) (objectives []Objective, err error) {
	err = r.credited(&objectives, &study, `
		select u.item_no, o.objective_value
		from credited c
		join ledger o using (event_id)
		join usages u using (event_id)
		join items i using (item_no)
		where c.success and o.objective_value is not null and i.retirement_id is null
		order by u.item_no, o.objective_value`)
	return objectives, err
}
