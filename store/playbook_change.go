package store

import "time"

// PlaybookChange is a change of the playbook that no event of a study made.
type PlaybookChange struct {
	AfterEvent int64  `db:"after_event"` // the last event before it
	TimeUS     int64  `db:"time_us"`
	Content    string `db:"content"` // a JSON object
}

// AddPlaybookChange stores a change of the playbook after the newest event.
func (t *Tx) AddPlaybookChange(content string, at time.Time) error {
	after, err := t.LastEvent()
	if err != nil {
		return err
	}
	_, err = t.exec(`insert into playbook_changes (after_event, time_us, content) values (?, ?, ?)`, after, at.UnixMicro(), content)
	return err
}

// PlaybookChanges lists the changes of the playbook that no event of a study made, in
// order.
func (r *Rx) PlaybookChanges() ([]PlaybookChange, error) {
	changes := []PlaybookChange{}
	err := r.list(&changes, `select after_event, time_us, content from playbook_changes order by change_id`)
	return changes, err
}

// LastPlaybookChange returns the newest change of the playbook that no event of a study made.
func (r *Rx) LastPlaybookChange() (change PlaybookChange, found bool, err error) {
	found, err = r.get(&change, `select after_event, time_us, content from playbook_changes order by change_id desc limit 1`)
	return change, found, err
}

// SourceTrial is a trial that an item was learned from.
type SourceTrial struct {
	ID     int64  `db:"source_id"`
	Item   int64  `db:"item_no"`
	Number int64  `db:"trial_number"`
	Study  *int64 `db:"study_id"` // nil: it came from a playbook.json
	Merge  *int64 `db:"event_id"` // the merge that brought it, nil: none
}

// AllSources lists the source trials of all items, in order of arrival.
func (r *Rx) AllSources() ([]SourceTrial, error) {
	sources := []SourceTrial{}
	err := r.list(&sources, `select source_id, item_no, trial_number, study_id, event_id from source_trials order by source_id`)
	return sources, err
}

// AdjustmentsAfter lists the adjustments after the one with the given id, in order.
func (r *Rx) AdjustmentsAfter(id int64) ([]Adjustment, error) {
	adjustments := []Adjustment{}
	err := r.list(&adjustments, selectAdjustments+`where adjustment_id > ? order by adjustment_id`, id)
	return adjustments, err
}

// LastAdjustment returns the id of the newest adjustment, 0 before the first.
func (r *Rx) LastAdjustment() (id int64, err error) {
	_, err = r.get(&id, `select ifnull(max(adjustment_id), 0) from adjustments`)
	return id, err
}

// IsPlaybookUntouched reports whether the playbook is empty, and no event was recorded since
// it began.
func (r *Rx) IsPlaybookUntouched() (untouched bool, err error) {
	_, err = r.get(&untouched, `
		select not exists (select 1 from ledger) and not exists (select 1 from items) and (select count(*) from playbook_changes) <= 1`)
	return untouched, err
}

// ForgetPlaybook removes what an untouched playbook started from, so that it can start from
// something else.
func (t *Tx) ForgetPlaybook() error {
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

// UnrecordedItem is an item that no event added, with what the ledger tells of when it came.
type UnrecordedItem struct {
	Item
	FirstContent *string `db:"first_content"` // what it said before an event edited it; nil: none did
	FirstTags    *string `db:"first_tags"`    // its tags before an event changed them; nil: none did
	Before       int64   `db:"before"`        // the last event that added an item that arrived earlier, 0: none
	InVain       int64   `db:"in_vain"`       // the last event that named it in vain, or would have pruned it, before there is a sign of it, 0: none
}

// UnrecordedItems lists the items that no event added, in order of arrival.
func (r *Rx) UnrecordedItems() ([]UnrecordedItem, error) {
	items := []UnrecordedItem{}
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

// RemovedItem is an item that an import retired.
type RemovedItem struct {
	ID   string `db:"id"`
	Seen int64  `db:"seen"` // the last event before that shows that it was live, 0: none
}

// RemovedItems lists the items that imports before a time retired, unless imports restored
// them.
func (r *Rx) RemovedItems(beforeUS int64) ([]RemovedItem, error) {
	items := []RemovedItem{}
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

// RestoredItem is an item that was restored, but not by an event.
type RestoredItem struct {
	ID    string `db:"id"`
	After int64  `db:"after"` // the last event before, as far as can be told
}

// RestoredItems lists the items that an event had retired and that were restored before a
// time, but not by an event.
func (r *Rx) RestoredItems(beforeUS int64) ([]RestoredItem, error) {
	items := []RestoredItem{}
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

// VersionsByEvents counts by how much events up to one have raised the version of the
// playbook.
func (r *Rx) VersionsByEvents(last int64) (versions int64, err error) {
	_, err = r.get(&versions, `
		select (select count(*) from insights where added and settled_by <= ?1) + (select count(*) from item_changes where event_id <= ?1)
			+ (select count(*) from finalizations where items_pruned > 0 and event_id <= ?1)`, last)
	return versions, err
}
