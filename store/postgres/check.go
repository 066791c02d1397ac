package postgres

import (
	"context"
	"errors"

	"atomizer-db/store"
)

// Queries that compute the right counts from the rows of events and adjustments, folded or
// not.
const (
	// rightScores are the counts of each item.
	rightScores = `
		select item_no, sum(helpful)::bigint as helpful, sum(harmful)::bigint as harmful
		from (
			select u.item_no, case when o.success then u.counted else 0 end as helpful, case when o.success then 0 else u.counted end as harmful
			from usages u join ledger o using (event_id)
			where o.voided_by is null
			union all
			select item_no, 0, counted from blames
			union all
			select item_no, helpful, harmful from adjustments
		) x
		group by item_no`

	// countingTrials are the trials that count for their study's statistics.
	countingTrials = `
		select l.study_id, l.trial_number, l.event_id, l.success, l.objective_value, l.holdout
		from ledger l
		join studies s using (study_id)
		where l.type = 'trial' and l.voided_by is null and l.event_id > coalesce(s.reset_event, 0)`

	// rightStudies are the statistics of each study.
	rightStudies = `
		select s.study_id, s.name, coalesce(c.trials, 0) as trials, coalesce(c.successes, 0) as successes, coalesce(p.pending, 0) as pending
		from studies s
		left join (
			select study_id, count(*) as trials, count(*) filter (where success) as successes
			from counting
			group by study_id
		) c using (study_id)
		left join (select study_id, count(*) as pending from insights where settled_by is null group by study_id) p using (study_id)`

	// rightUsage is trials_used_in by study and item, counted by the latest
	// attempt at each trial number.
	rightUsage = `
		select c.study_id, u.item_no, count(*) as trials_used_in
		from (select study_id, trial_number, max(event_id) as event_id from counting group by study_id, trial_number) c
		join usages u using (event_id)
		group by c.study_id, u.item_no`

	// rightItems are all counts of each item of the playbook.
	rightItems = `
		select i.item_no, coalesce(e.helpful, 0) as helpful, coalesce(e.harmful, 0) as harmful, coalesce(u.trials_used_in, 0) as trials_used_in
		from items i
		left join (` + rightScores + `) e using (item_no)
		left join (select item_no, sum(trials_used_in)::bigint as trials_used_in from (` + rightUsage + `) x group by item_no) u using (item_no)`
)

// mostProblems limits the number of problems of one kind that are listed.
const mostProblems = 1000

// Check compares the schema with that of the migrations, and counts, statistics and usage with
// the ledger. It lists the problems in that order, and returns none if all is well.
func (s *Store) Check(ctx context.Context) (problems []store.Problem, err error) {
	err = s.view(ctx, func(r *reader) error {
		if problems, err = r.wrongSchema(); err != nil {
			return err
		}
		changed := len(problems) > 0
		for _, check := range []func() ([]store.Problem, error){
			r.wrongFold, r.foreignKeys, r.wrongKeys, r.wrongScores, r.wrongStudies, r.wrongUsage,
		} {
			found, err := check()
			if changed && code(err) != "" {
				return nil // what the statement needs was changed
			}
			if err != nil {
				return err
			}
			problems = append(problems, found...)
		}
		return nil
	})
	if errors.Is(err, store.ErrDamaged) {
		return append(problems, store.Problem{Where: s.path, What: err.Error()}), nil
	}
	return problems, err
}

// wrongFold compares the number of the last folded event with the ledger.
func (r *reader) wrongFold() ([]store.Problem, error) {
	return r.wrong(true, `
		select 'fold' as "where", coalesce('last_event ' || f.last_event, 'missing') || ': the ledger gives ' || l.last_event as what
		from (select coalesce(max(event_id), 0) as last_event from folded_ledger) l
		left join fold f on true
		where f.last_event is distinct from l.last_event
		limit $1::bigint`)
}

// foreignKeys looks for what the rows of unfolded refer to. Other tables have foreign keys,
// which the server checks. Such a row could not be folded.
func (r *reader) foreignKeys() ([]store.Problem, error) {
	return r.wrong(false, `
		select 'unfolded, row ' || u.unfolded_id as "where", 'refers to a row that folded_studies does not have' as what
		from unfolded u
		where not exists (select 1 from folded_studies s where s.study_id = u.study_id)
		union all
		select 'unfolded, row ' || x.unfolded_id, 'refers to a row that item_ids does not have'
		from (select unfolded_id, unnest(item_nos || shown) as item_no from unfolded) x
		where not exists (select 1 from item_ids d where d.item_no = x.item_no)
		limit $1::bigint`)
}

// wrongKeys compares the keys by which recording recognizes an event that it already has with
// the events.
func (r *reader) wrongKeys() ([]store.Problem, error) {
	return r.wrong(true, `
		select 'event_keys, ' || coalesce(s.name, k.study_id::text) || ', ' || k.key as "where", 'belongs to no event' as what
		from event_keys k
		left join studies s using (study_id)
		where not exists (select 1 from ledger l where l.study_id = k.study_id and l.key = k.key)
		union all
		select 'event_keys, ' || s.name || ', ' || l.key, 'is missing: event ' || l.event_id || ' has this key'
		from ledger l
		join studies s using (study_id)
		where l.key is not null and not exists (select 1 from event_keys k where k.study_id = l.study_id and k.key = l.key)
		limit $1::bigint`)
}

func (r *reader) wrongScores() ([]store.Problem, error) {
	return r.wrong(true, `
		with counting as materialized (`+countingTrials+`),
		expected as (`+rightItems+`)
		select 'scores of ' || d.id as "where",
			coalesce('helpful ' || c.helpful || ', harmful ' || c.harmful || ', trials_used_in ' || c.trials_used_in, 'missing')
				|| ': the ledger and the adjustments give ' || e.helpful || ', ' || e.harmful || ' and ' || e.trials_used_in as what
		from expected e
		join item_ids d using (item_no)
		left join scores c using (item_no)
		where (c.helpful, c.harmful, c.trials_used_in) is distinct from (e.helpful, e.harmful, e.trials_used_in)
		order by e.item_no
		limit $1::bigint`)
}

func (r *reader) wrongStudies() ([]store.Problem, error) {
	return r.wrong(true, `
		with counting as materialized (`+countingTrials+`),
		expected as (`+rightStudies+`)
		select 'studies, ' || s.name as "where",
			'trials ' || s.trials || ', successes ' || s.successes || ', pending ' || s.pending || ': the ledger gives '
				|| e.trials || ', ' || e.successes || ' and ' || e.pending as what
		from studies s
		join expected e using (study_id)
		where (s.trials, s.successes, s.pending) <> (e.trials, e.successes, e.pending)
		order by s.study_id
		limit $1::bigint`)
}

func (r *reader) wrongUsage() ([]store.Problem, error) {
	return r.wrong(true, `
		with counting as materialized (`+countingTrials+`),
		expected as (`+rightUsage+`)
		select 'study_items of ' || d.id || ' in ' || s.name as "where",
			'trials_used_in ' || coalesce(have.trials_used_in, 0) || ': the ledger gives ' || coalesce(e.trials_used_in, 0) as what
		from expected e
		full join study_items have using (study_id, item_no)
		join studies s using (study_id)
		join item_ids d using (item_no)
		where coalesce(have.trials_used_in, 0) <> coalesce(e.trials_used_in, 0)
		order by study_id, item_no
		limit $1::bigint`)
}

func (r *reader) wrong(repairable bool, query string) ([]store.Problem, error) {
	var rows []struct {
		Where string `db:"where"`
		What  string `db:"what"`
	}
	if err := r.list(&rows, query, mostProblems); err != nil {
		return nil, err
	}
	var problems []store.Problem
	for _, row := range rows {
		problems = append(problems, store.Problem{Where: row.Where, What: row.What, Repairable: repairable})
	}
	return problems, nil
}

func (w *writer) Rebuild() error {
	// Folding goes on from this number, so it is put right before anything is folded.
	if _, err := w.run(`
		insert into fold ("only", last_event, changes)
		select 1, coalesce(max(event_id), 0), 0 from folded_ledger
		on conflict ("only") do update set last_event = excluded.last_event where fold.last_event <> excluded.last_event`); err != nil {
		return err
	}
	for _, statement := range []string{
		`insert into folded_scores (item_no, last_used_us)
		select item_no, (
			select max(time_us)
			from (select * from folded_usages union all select * from folded_blames) m
			join folded_ledger using (event_id)
			where m.item_no = items.item_no and m.counted > 0)
		from items
		where item_no not in (select item_no from folded_scores)`,
		`with counting as materialized (` + countingTrials + `)
		update folded_scores c set helpful = e.helpful, harmful = e.harmful, trials_used_in = e.trials_used_in
		from (` + rightItems + `) e
		where e.item_no = c.item_no and (e.helpful, e.harmful, e.trials_used_in) <> (c.helpful, c.harmful, c.trials_used_in)`,
		`with counting as materialized (` + countingTrials + `)
		insert into study_counts as c (study_id, trials, successes, pending)
		select study_id, trials, successes, pending from (` + rightStudies + `) e
		on conflict (study_id) do update set trials = excluded.trials, successes = excluded.successes, pending = excluded.pending
			where (excluded.trials, excluded.successes, excluded.pending) <> (c.trials, c.successes, c.pending)`,
		`delete from folded_study_items`,
		`with counting as materialized (` + countingTrials + `)
		insert into folded_study_items (study_id, item_no, trials_used_in) ` + rightUsage,
		`delete from event_keys k
		where not exists (select 1 from folded_ledger l where l.study_id = k.study_id and l.key = k.key)`,
		`insert into event_keys (study_id, key)
		select study_id, key from folded_ledger where key is not null
		on conflict do nothing`,
	} {
		if _, err := w.exec(statement); err != nil {
			return err
		}
	}
	return nil
}
