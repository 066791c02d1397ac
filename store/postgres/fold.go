package postgres

import (
	"context"
	"errors"
	"time"

	"atomizer-db/store"

	"github.com/google/uuid"
)

// foldings move the rows of the table unfolded to the tables of events, and add up what they
// count. All of them see the same rows. Counts come first: they compare with the attempts that
// were folded before.
var foldings = []string{
	`insert into folded_study_items (study_id, item_no, trials_used_in)
	select u.study_id, u.item_no, coalesce(f.trials_used_in, 0) + u.trials
	from unfolded_study_items u
	left join folded_study_items f using (study_id, item_no)
	on conflict (study_id, item_no) do update set trials_used_in = excluded.trials_used_in`,

	`update folded_scores f
	set helpful = f.helpful + u.helpful, harmful = f.harmful + u.harmful, trials_used_in = f.trials_used_in + u.trials_used_in,
		last_used_us = greatest(f.last_used_us, u.last_used_us)
	from unfolded_scores u
	where u.item_no = f.item_no`,

	`insert into study_counts (study_id, trials, successes, pending)
	select study_id, trials, successes, pending
	from unfolded_studies
	on conflict (study_id) do update set trials = study_counts.trials + excluded.trials,
		successes = study_counts.successes + excluded.successes, pending = study_counts.pending + excluded.pending`,

	`insert into folded_ledger (event_id, study_id, type, trial_number, time_us, success, objective_value, design_variables, extractor_used,
		duration_seconds, items_updated, insights_extracted, details, key, digest, holdout)
	select event_id, study_id, type, trial_number, time_us, success, objective_value, design_variables, extractor_used,
		duration_seconds, items_updated, insights_extracted, details, key, digest, holdout
	from unfolded_events
	order by event_id`,

	`insert into folded_usages (event_id, item_no, named, counted)
	select e.event_id, m.item_no, m.named, m.counted
	from unfolded_events e
	cross join unnest(e.item_nos, e.named, e.counted) m (item_no, named, counted)
	where e.type = 'trial'
	order by e.event_id, m.item_no`,

	`insert into folded_blames (event_id, item_no, named, counted)
	select e.event_id, m.item_no, m.named, m.counted
	from unfolded_events e
	cross join unnest(e.item_nos, e.named, e.counted) m (item_no, named, counted)
	where e.type = 'error'
	order by e.event_id, m.item_no`,

	`insert into folded_shown (event_id, item_no)
	select e.event_id, m.item_no
	from unfolded_events e
	cross join unnest(e.shown) m (item_no)
	order by e.event_id, m.item_no`,

	`insert into folded_errors (event_id, position, kind, class, message)
	select e.event_id, m.nth - 1, m.kind, m.class, m.message
	from unfolded_events e
	cross join unnest(e.error_kinds, e.error_classes, e.error_messages) with ordinality m (kind, class, message, nth)
	order by e.event_id, m.nth`,

	`insert into folded_insights (insight_id, event_id, study_id, category, content, helpful, trial_number)
	select (select coalesce(max(f.insight_id), 0) from folded_insights f) + row_number() over (order by e.event_id, m.nth),
		e.event_id, e.study_id, m.category, m.content, m.helpful, m.trial_number
	from unfolded_events e
	cross join unnest(e.insight_categories, e.insight_contents, e.insight_helpful, e.insight_trial_numbers)
		with ordinality m (category, content, helpful, trial_number, nth)`,

	`update fold set last_event = last_event + (select count(*) from unfolded)`,
	`delete from unfolded`,
}

// commitsKept is how long a client can find out whether its transaction is committed.
const commitsKept = 10 * time.Minute

// forgetCommits removes what no client looks for any more.
const forgetCommits = `delete from commits where at < clock_timestamp() - $1::double precision * interval '1 second'`

// order locks the order of events and folds everything that the transaction sees. It counts the
// transaction among those that change something, which a [watch] looks for. Two transactions
// that are ordered wait for each other.
func (w *writer) order() error {
	if w.ordered {
		return nil
	}
	found, err := w.get(&w.last, `update fold set changes = changes + 1 returning last_event`)
	switch {
	case err != nil:
		return err
	case !found:
		return store.Inconsistent("the table fold has no row")
	}
	w.ordered = true
	return w.foldAll()
}

// foldAll folds everything that the ordered transaction sees.
func (w *writer) foldAll() error {
	var unfolded int64
	if _, err := w.get(&unfolded, `select count(*) from unfolded`); err != nil || unfolded == 0 {
		return err
	}
	for _, folding := range foldings {
		if _, err := w.run(folding); err != nil {
			return err
		}
	}
	w.last += unfolded
	return nil
}

// errOthersFold says that another transaction is folding, or keeps the order of events for itself.
var errOthersFold = errors.New("others fold")

// fold folds what is not folded yet, and returns how many events it folded.
func (s *Store) fold(ctx context.Context) (folded int64, err error) {
	w, err := s.beginToWrite(ctx, uuid.NewString())
	if err != nil {
		return 0, err
	}
	finished := false
	defer func() {
		if !finished {
			err = errors.Join(err, w.end())
		}
	}()
	free, err := w.get(&w.last, `select last_event from fold for update skip locked`)
	switch {
	case err != nil:
		return 0, err
	case !free:
		return 0, errOthersFold
	}
	w.ordered = true
	before := w.last
	if err := w.foldAll(); err != nil {
		return 0, err
	}
	if _, err := w.run(forgetCommits, commitsKept.Seconds()); err != nil {
		return 0, err
	}
	finished = true
	return w.last - before, w.commit()
}
