package postgres

import (
	"time"

	"atomizer-db/store"
)

func (w *writer) AddPlaybookChange(content string, at time.Time) error {
	// The events of an ordered transaction are all folded.
	_, err := w.exec(`
		insert into playbook_changes (change_id, after_event, time_us, content)
		select coalesce(max(change_id), 0) + 1, (select coalesce(max(event_id), 0) from folded_ledger), $1::bigint, $2::json
		from playbook_changes`, at.UnixMicro(), content)
	return err
}

func (r *reader) PlaybookChanges() ([]store.PlaybookChange, error) {
	changes := []store.PlaybookChange{}
	err := r.list(&changes, `select after_event, time_us, content from playbook_changes order by change_id`)
	return changes, err
}

func (r *reader) LastPlaybookChange() (change store.PlaybookChange, found bool, err error) {
	found, err = r.get(&change, `select after_event, time_us, content from playbook_changes order by change_id desc limit 1`)
	return change, found, err
}

func (r *reader) AllSources() ([]store.SourceTrial, error) {
	sources := []store.SourceTrial{}
	err := r.list(&sources, `select source_id, item_no, trial_number, study_id, event_id from source_trials order by source_id`)
	return sources, err
}

func (r *reader) AdjustmentsAfter(id int64) ([]store.Adjustment, error) {
	adjustments := []store.Adjustment{}
	err := r.list(&adjustments, selectAdjustments+`where adjustment_id > $1::bigint order by adjustment_id`, id)
	return adjustments, err
}

func (r *reader) LastAdjustment() (id int64, err error) {
	_, err = r.get(&id, `select coalesce(max(adjustment_id), 0) from adjustments`)
	return id, err
}

func (r *reader) IsPlaybookUntouched() (untouched bool, err error) {
	_, err = r.get(&untouched, `
		select not exists (select 1 from ledger) and not exists (select 1 from items) and (select count(*) from playbook_changes) <= 1`)
	return untouched, err
}

func (w *writer) ForgetPlaybook() error {
	if err := w.change(); err != nil {
		return err
	}
	for _, statement := range []string{`delete from playbook_changes`, `delete from prefixes`, `delete from playbook`} {
		if _, err := w.exec(statement); err != nil {
			return err
		}
	}
	return nil
}

// signsOfLife are the events that an item counted for, that changed or pruned it, or by which
// insights went into it.
const signsOfLife = `
		with signs as (
			select item_no, event_id from usages where counted > 0
			union all select item_no, event_id from blames where counted > 0
			union all select item_no, event_id from item_changes
			union all select into_item, event_id from item_changes where into_item is not null
			union all select item_no, settled_by from insights where item_no is not null
			union all select item_no, event_id from retirements where event_id is not null
		)`

// UnrecordedItems computes each column for all items at once: the engine would search what a
// subquery reads once for each item.
func (r *reader) UnrecordedItems() ([]store.UnrecordedItem, error) {
	items := []store.UnrecordedItem{}
	err := r.list(&items, signsOfLife+`,
		first_signs as (select item_no, min(event_id) as event_id from signs group by item_no),
		vain as (
			select item_no, event_id from usages where counted = 0
			union all select item_no, event_id from blames where counted = 0
			-- This would have pruned an item without counts.
			union all select item_no, event_id from finalizations cross join items where prune_by = 'net-score' and prune_below >= 0
		),
		in_vain as (
			select item_no, max(v.event_id) as event_id
			from vain v
			left join first_signs s using (item_no)
			where s.event_id is null or v.event_id < s.event_id
			group by item_no
		),
		first_changes as (
			select distinct on (c.item_no, l.type) c.item_no, l.type, c.before
			from item_changes c
			join ledger l using (event_id)
			order by c.item_no, l.type, event_id
		),
		added as (select item_no, max(settled_by) as event_id from insights where added group by item_no),
		arrivals as (
			select item_no, a.event_id as added_by,
				max(a.event_id) over (order by i.arrival rows between unbounded preceding and 1 preceding) as before
			from items i
			left join added a using (item_no)
		)
		select u.*, e.before as first_content, t.before as first_tags, coalesce(a.before, 0) as before, coalesce(v.event_id, 0) as in_vain
		from (`+selectItems+`) u
		join arrivals a using (item_no)
		left join in_vain v using (item_no)
		left join first_changes e on e.item_no = u.item_no and e.type = 'edit_item'
		left join first_changes t on t.item_no = u.item_no and t.type = 'tag_item'
		where a.added_by is null
		order by u.arrival`)
	return items, err
}

func (r *reader) RemovedItems(beforeUS int64) ([]store.RemovedItem, error) {
	items := []store.RemovedItem{}
	err := r.list(&items, signsOfLife+`
		select d.id, coalesce(max(s.event_id), 0) as seen
		from retirements t
		join item_ids d using (item_no)
		left join signs s on s.item_no = t.item_no and (t.restored_by is null or s.event_id < t.restored_by)
		where t.reason = 'removed' and t.retired_us < $1::bigint and (t.restored_us is null or t.restored_by is not null)
		group by t.retirement_id, d.id
		order by t.retirement_id`, beforeUS)
	return items, err
}

func (r *reader) RestoredItems(beforeUS int64) ([]store.RestoredItem, error) {
	items := []store.RestoredItem{}
	err := r.list(&items, signsOfLife+`
		select d.id, coalesce(
			(select max(a.after_event) from adjustments a where a.item_no = t.item_no and a.event_id is null and a.time_us = t.restored_us),
			min(s.event_id) - 1,
			(select last_event from fold) + (select count(*) from unfolded)) as after
		from retirements t
		join item_ids d using (item_no)
		left join signs s on s.item_no = t.item_no and s.event_id > t.event_id
		where t.event_id is not null and t.restored_us < $1::bigint and t.restored_by is null
		group by t.retirement_id, d.id
		order by t.retirement_id`, beforeUS)
	return items, err
}

func (r *reader) VersionsByEvents(last int64) (versions int64, err error) {
	_, err = r.get(&versions, `
		select (select count(*) from insights where added and settled_by <= $1::bigint)
			+ (select count(*) from item_changes where event_id <= $1::bigint)
			+ (select count(*) from finalizations where items_pruned > 0 and event_id <= $1::bigint)`, last)
	return versions, err
}
