package sqlite

import (
	"time"

	"atomizer-db/store"
)

func (t *writer) AddPlaybookChange(content string, at time.Time) error {
	after, err := t.LastEvent()
	if err != nil {
		return err
	}
	_, err = t.exec(`insert into playbook_changes (after_event, time_us, content) values (?, ?, ?)`, after, at.UnixMicro(), content)
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
	err := r.list(&adjustments, selectAdjustments+`where adjustment_id > ? order by adjustment_id`, id)
	return adjustments, err
}

func (r *reader) LastAdjustment() (id int64, err error) {
	_, err = r.get(&id, `select ifnull(max(adjustment_id), 0) from adjustments`)
	return id, err
}

func (r *reader) IsPlaybookUntouched() (untouched bool, err error) {
	_, err = r.get(&untouched, `
		select not exists (select 1 from ledger) and not exists (select 1 from items) and (select count(*) from playbook_changes) <= 1`)
	return untouched, err
}

func (t *writer) ForgetPlaybook() error {
	for _, statement := range []string{`delete from playbook_changes`, `delete from prefixes`, `delete from playbook`} {
		if _, err := t.exec(statement); err != nil {
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

func (r *reader) UnrecordedItems() ([]store.UnrecordedItem, error) {
	items := []store.UnrecordedItem{}
	err := r.list(&items, signsOfLife+`,
		vain as (
			select item_no, event_id from usages where counted = 0
			union all select item_no, event_id from blames where counted = 0
			-- This would have pruned an item without counts.
			union all select item_no, event_id from finalizations cross join items where prune_by = 'net-score' and prune_below >= 0
		)
		select u.*,
			(select c.before from item_changes c join ledger using (event_id) where c.item_no = u.item_no and type = 'edit_item' order by event_id limit 1) as first_content,
			(select c.before from item_changes c join ledger using (event_id) where c.item_no = u.item_no and type = 'tag_item' order by event_id limit 1) as first_tags,
			ifnull((select max(x.settled_by) from insights x join items j on j.item_no = x.item_no where x.added and j.arrival < u.arrival), 0) as before,
			ifnull((
				select max(v.event_id) from vain v
				where v.item_no = u.item_no and v.event_id < ifnull((select min(event_id) from signs s where s.item_no = u.item_no), v.event_id + 1)), 0) as in_vain
		from (`+selectItems+`) u
		where not exists (select 1 from insights x where x.item_no = u.item_no and x.added)
		order by u.arrival`)
	return items, err
}

func (r *reader) RemovedItems(beforeUS int64) ([]store.RemovedItem, error) {
	items := []store.RemovedItem{}
	err := r.list(&items, signsOfLife+`
		select d.id, ifnull((
			select max(event_id) from signs s
			where s.item_no = t.item_no and s.event_id < ifnull(t.restored_by, s.event_id + 1)), 0) as seen
		from retirements t
		join item_ids d using (item_no)
		where t.reason = 'removed' and t.retired_us < ? and (t.restored_us is null or t.restored_by is not null)
		order by t.retirement_id`, beforeUS)
	return items, err
}

func (r *reader) RestoredItems(beforeUS int64) ([]store.RestoredItem, error) {
	items := []store.RestoredItem{}
	err := r.list(&items, signsOfLife+`
		select d.id, coalesce(
			(select max(a.after_event) from adjustments a where a.item_no = t.item_no and a.event_id is null and a.time_us = t.restored_us),
			(select min(s.event_id) - 1 from signs s where s.item_no = t.item_no and s.event_id > t.event_id),
			(select max(event_id) from ledger)) as after
		from retirements t
		join item_ids d using (item_no)
		where t.event_id is not null and t.restored_us < ? and t.restored_by is null
		order by t.retirement_id`, beforeUS)
	return items, err
}

func (r *reader) VersionsByEvents(last int64) (versions int64, err error) {
	_, err = r.get(&versions, `
		select (select count(*) from insights where added and settled_by <= ?1) + (select count(*) from item_changes where event_id <= ?1)
			+ (select count(*) from finalizations where items_pruned > 0 and event_id <= ?1)`, last)
	return versions, err
}
