package store

import "encoding/json"

// TrialResult is the result of a trial that counts.
type TrialResult struct {
	Study     int64    `db:"study_id"`
	Number    int64    `db:"trial_number"`
	Success   bool     `db:"success"`
	Objective *float64 `db:"objective_value"`
}

// TrialResults lists the results of the trials that count, of a study, or of all
// studies if it is nil, in the order in which they were recorded.
func (r *Rx) TrialResults(study *int64) ([]TrialResult, error) {
	results := []TrialResult{}
	err := r.list(&results, `
		select c.study_id, c.trial_number, c.success, c.objective_value
		from (`+countingTrials+`) c
		where c.study_id = ?1 or ?1 is null
		order by event_id`, study)
	return results, err
}

// ItemTrials is the number of trials that used an item, and of the successful ones.
type ItemTrials struct {
	ID        string `db:"id"`
	Trials    int64  `db:"trials"`
	Successes int64  `db:"successes"`
}

// ItemTrials counts the trials that used items, of a study, or of all studies if it
// is nil. All attempts that count are included.
func (r *Rx) ItemTrials(study *int64, ids []string) ([]ItemTrials, error) {
	counts := []ItemTrials{}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	err = r.list(&counts, `
		select d.id, count(*) as trials, sum(c.success) as successes
		from (`+countingTrials+`) c
		join usages u using (event_id)
		join item_ids d using (item_no)
		where (c.study_id = ?1 or ?1 is null) and d.id in (select value from json_each(?2))
		group by d.id`, study, string(list))
	return counts, err
}

// ScoreStep is the change of an item's net score over a range of events.
type ScoreStep struct {
	ID    string `db:"id"`
	Event int64  `db:"event_id"` // the last one that changed it; 0: before the first event
	Net   int64  `db:"net"`      // the change
}

// ScoreSteps lists the changes of items' net scores, by item and in order of events.
// Void trials are left out. If the ledger has more than most events, each step covers
// a range of events, so that an item has about most steps.
func (r *Rx) ScoreSteps(ids []string, most int64) ([]ScoreStep, error) {
	steps := []ScoreStep{}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	last, err := r.LastEvent()
	if err != nil {
		return nil, err
	}
	err = r.list(&steps, `
		with chosen as (select item_no, id from item_ids where id in (select value from json_each(?1)))
		select id, max(event_id) as event_id, sum(net) as net
		from (
			select u.item_no, u.event_id, u.counted * (2 * o.success - 1) as net
			from usages u join ledger o using (event_id)
			where o.voided_by is null and u.item_no in (select item_no from chosen)
			union all
			select item_no, event_id, -counted from blames where item_no in (select item_no from chosen)
			union all
			select item_no, after_event, helpful - harmful from adjustments where item_no in (select item_no from chosen)
		)
		join chosen using (item_no)
		group by item_no, event_id / ?2
		order by item_no, event_id`, string(list), last/most+1)
	return steps, err
}

// ErrorClass sums up the error messages of one class and kind.
type ErrorClass struct {
	Class    string    `db:"class"`
	Kind     ErrorKind `db:"kind"`
	Messages int64     `db:"messages"`
	Events   int64     `db:"events"` // that had them
	FirstUS  int64     `db:"first_us"`
	LastUS   int64     `db:"last_us"`
}

// ErrorClasses sums up the errors of a study, or of all studies if it is nil, since
// the last reset, the most frequent first. Errors of void trials are left out.
func (r *Rx) ErrorClasses(study *int64) ([]ErrorClass, error) {
	classes := []ErrorClass{}
	err := r.list(&classes, `
		select e.class, e.kind, count(*) as messages, count(distinct event_id) as events,
			min(l.time_us) as first_us, max(l.time_us) as last_us
		from errors e
		join ledger l using (event_id)
		join studies s using (study_id)
		where (s.study_id = ?1 or ?1 is null) and event_id > ifnull(s.reset_event, 0) and l.voided_by is null
		group by e.class, e.kind
		order by messages desc, min(event_id), e.kind, e.class`, study)
	return classes, err
}

// RecordedFinalization is a finalization among those of its study.
type RecordedFinalization struct {
	Finalization
	Study  string `db:"study"`
	TimeUS int64  `db:"time_us"`
}

// Finalizations lists the latest finalizes of a study, or of all studies if it is
// nil, newest first, at most limit of them.
func (r *Rx) Finalizations(study *int64, limit int) ([]RecordedFinalization, error) {
	finalizations := []RecordedFinalization{}
	err := r.list(&finalizations, `
		select f.*, s.name as study, l.time_us
		from finalizations f
		join ledger l using (event_id)
		join studies s using (study_id)
		where s.study_id = ?1 or ?1 is null
		order by event_id desc
		limit ?2`, study, limit)
	return finalizations, err
}
