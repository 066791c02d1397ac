package postgres

import (
	"time"

	"atomizer-db/store"
)

const selectItems = `
	select i.item_no, d.id, i.arrival, i.category, i.content, i.fingerprint, i.created_at, i.last_used_at,
		c.last_used_us, i.tags, i.extra, c.helpful, c.harmful, i.retirement_id
	from items i
	join item_ids d using (item_no)
	join scores c using (item_no) `

func (r *reader) Items(all bool) ([]store.Item, error) {
	items := []store.Item{}
	err := r.list(&items, selectItems+`where i.retirement_id is null or $1::boolean order by i.arrival`, all)
	if err != nil {
		return nil, err
	}
	live := 0
	for _, i := range items {
		if i.Retirement == nil {
			live++
		}
	}
	want, err := r.CountItems()
	if err != nil {
		return nil, err
	}
	return items, complete(live, int(want))
}

// complete compares the number of live items found with the number in the table items. Joins
// find fewer if a damaged database has lost rows of other tables, and an export would write only
// the rest.
func complete(found, want int) error {
	if found != want {
		return store.Inconsistent("items are missing: only %d of %d were found", found, want)
	}
	return nil
}

func (r *reader) ItemIDs() (ids []string, err error) {
	err = r.list(&ids, `select d.id from items i join item_ids d using (item_no) order by i.arrival`)
	return ids, err
}

func (r *reader) Item(id string) (item store.Item, found bool, err error) {
	found, err = r.get(&item, selectItems+`where d.id = $1`, id)
	return item, found, err
}

func (r *reader) LiveItemLike(category string, fingerprint []byte) (item int64, found bool, err error) {
	found, err = r.get(&item, `
		select item_no
		from items
		where category = $1 and fingerprint = $2::bytea and retirement_id is null
		order by arrival
		limit 1`, category, fingerprint)
	return item, found, err
}

func (w *writer) AddItem(i store.Item) (int64, error) {
	if err := w.changeItems(); err != nil {
		return 0, err
	}
	no, err := w.itemNumber(i.ID)
	if err != nil {
		return 0, err
	}
	if _, err := w.exec(`
		insert into items (item_no, arrival, category, content, fingerprint, created_at, last_used_at, tags, extra)
		values ($1, (select coalesce(max(arrival), 0) + 1 from items), $2, $3, $4::bytea, $5, $6::text, $7::json, $8::json)`,
		no, i.Category, i.Content, i.Fingerprint, i.CreatedAt, i.LastUsedAt, i.Tags, i.Extra); err != nil {
		return 0, err
	}
	// The table folded_study_items has no index by item: this searches it once per study.
	_, err = w.exec(`
		insert into folded_scores (item_no, trials_used_in)
		select $1::bigint, coalesce(sum((
			select u.trials_used_in
			from folded_study_items u
			where u.study_id = s.study_id and u.item_no = $1::bigint)), 0)::bigint
		from folded_studies s`, no)
	return no, err
}

// changeItems begins a new epoch, because the set of live items changes, and forgets what this
// transaction knows of items.
func (w *writer) changeItems() error {
	clear(w.learned.items)
	return w.change()
}

// itemNumber returns the item_no of an id. A new id gets one. If another transaction adds the
// same id meanwhile, the server refuses this one.
func (w *writer) itemNumber(id string) (no int64, err error) {
	found, err := w.get(&no, `select item_no from item_ids where id = $1`, id)
	if err != nil || found {
		return no, err
	}
	return w.insert(`insert into item_ids (id) values ($1) on conflict do nothing returning item_no`, id)
}

func (w *writer) UpdateItem(i store.Item, resetUse bool) error {
	if _, err := w.exec(`
		update items
		set category = $1, content = $2, fingerprint = $3::bytea, created_at = $4, last_used_at = $5::text, tags = $6::json, extra = $7::json
		where item_no = $8`,
		i.Category, i.Content, i.Fingerprint, i.CreatedAt, i.LastUsedAt, i.Tags, i.Extra, i.No); err != nil {
		return err
	}
	if !resetUse {
		return nil
	}
	_, err := w.exec(`update folded_scores set last_used_us = null where item_no = $1`, i.No)
	return err
}

func (w *writer) Retire(r store.Retirement) error {
	if err := w.changeItems(); err != nil {
		return err
	}
	id, err := w.insert(`
		insert into retirements (retirement_id, item_no, reason, event_id, import_id, retired_us)
		values ((select coalesce(max(retirement_id), 0) + 1 from retirements), $1, $2, $3::bigint, $4::bigint, $5)
		returning retirement_id`, r.Item, r.Reason, r.Event, r.Import, r.RetiredUS)
	if err != nil {
		return err
	}
	_, err = w.exec(`update items set retirement_id = $1 where item_no = $2`, id, r.Item)
	return err
}

func (w *writer) Restore(item int64, event *int64, at time.Time) error {
	if err := w.changeItems(); err != nil {
		return err
	}
	if _, err := w.exec(`
		update retirements set restored_us = $1, restored_by = $2::bigint
		where retirement_id = (select retirement_id from items where item_no = $3)`, at.UnixMicro(), event, item); err != nil {
		return err
	}
	_, err := w.exec(`update items set retirement_id = null where item_no = $1`, item)
	return err
}

func (r *reader) Retirements(item int64) ([]store.Retirement, error) {
	retirements := []store.Retirement{}
	err := r.list(&retirements, `
		select retirement_id, item_no, reason, event_id, import_id, retired_us, restored_us
		from retirements
		where item_no = $1
		order by retirement_id desc`, item)
	return retirements, err
}

func (r *reader) LiveItemsAtOrBelow(threshold int64) ([]store.Item, error) {
	items := []store.Item{}
	err := r.list(&items, selectItems+`
		where i.retirement_id is null and c.helpful - c.harmful <= $1
		order by i.arrival`, threshold)
	return items, err
}

func (r *reader) PrunedItems(event int64) ([]string, error) {
	ids := []string{}
	err := r.list(&ids, `
		select d.id
		from retirements r
		join items i using (item_no)
		join item_ids d using (item_no)
		where r.event_id = $1
		order by i.arrival`, event)
	return ids, err
}

func (r *reader) CountItems() (n int64, err error) {
	_, err = r.get(&n, `select count(*) from items where retirement_id is null`)
	return n, err
}

func (r *reader) ItemByNumber(no int64) (item store.Item, err error) {
	_, err = r.get(&item, selectItems+`where i.item_no = $1`, no)
	return item, err
}
