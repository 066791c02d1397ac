package sqlite

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
	err := r.list(&items, selectItems+`where i.retirement_id is null or ? order by i.arrival`, all)
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

// complete compares the number of live items found with the number in an index.
// SQLite does not notice if a page has lost its rows, and an export would write only
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
	found, err = r.get(&item, selectItems+`where d.id = ?`, id)
	return item, found, err
}

func (r *reader) LiveItemLike(category string, fingerprint []byte) (item int64, found bool, err error) {
	found, err = r.get(&item, `
		select item_no
		from items
		where category = ? and fingerprint = ? and retirement_id is null
		order by arrival
		limit 1`, category, fingerprint)
	return item, found, err
}

func (t *writer) AddItem(i store.Item) (int64, error) {
	no, err := t.itemNumber(i.ID)
	if err != nil {
		return 0, err
	}
	if _, err := t.exec(`
		insert into items (item_no, arrival, category, content, fingerprint, created_at, last_used_at, tags, extra)
		values (?, (select ifnull(max(arrival), 0) + 1 from items), ?, ?, ?, ?, ?, ?, ?)`,
		no, i.Category, i.Content, i.Fingerprint, i.CreatedAt, i.LastUsedAt, i.Tags, i.Extra); err != nil {
		return 0, err
	}
	if _, err = t.exec(`
		insert into scores (item_no, trials_used_in)
		select ?1, ifnull(sum(u.trials_used_in), 0)
		from studies
		cross join study_items u using (study_id)
		where u.item_no = ?1`, no); err != nil {
		return 0, err
	}
	t.itemsChanged()
	return no, nil
}

// itemNumber returns the item_no of an id. A new id gets the next item_no.
func (t *writer) itemNumber(id string) (no int64, err error) {
	found, err := t.get(&no, `select item_no from item_ids where id = ?`, id)
	if err != nil || found {
		return no, err
	}
	return t.insert(`insert into item_ids (id) values (?)`, id)
}

func (t *writer) UpdateItem(i store.Item, resetUse bool) error {
	if _, err := t.exec(`
		update items set category = ?, content = ?, fingerprint = ?, created_at = ?, last_used_at = ?, tags = ?, extra = ?
		where item_no = ?`,
		i.Category, i.Content, i.Fingerprint, i.CreatedAt, i.LastUsedAt, i.Tags, i.Extra, i.No); err != nil {
		return err
	}
	if !resetUse {
		return nil
	}
	_, err := t.exec(`update scores set last_used_us = null where item_no = ?`, i.No)
	return err
}

func (t *writer) Retire(r store.Retirement) error {
	id, err := t.insert(`
		insert into retirements (item_no, reason, event_id, import_id, retired_us)
		values (?, ?, ?, ?, ?)`, r.Item, r.Reason, r.Event, r.Import, r.RetiredUS)
	if err != nil {
		return err
	}
	t.itemsChanged()
	_, err = t.exec(`update items set retirement_id = ? where item_no = ?`, id, r.Item)
	return err
}

func (t *writer) Restore(item int64, event *int64, at time.Time) error {
	if _, err := t.exec(`
		update retirements set restored_us = ?, restored_by = ?
		where retirement_id = (select retirement_id from items where item_no = ?)`, at.UnixMicro(), event, item); err != nil {
		return err
	}
	t.itemsChanged()
	_, err := t.exec(`update items set retirement_id = null where item_no = ?`, item)
	return err
}

func (r *reader) Retirements(item int64) ([]store.Retirement, error) {
	retirements := []store.Retirement{}
	err := r.list(&retirements, `
		select retirement_id, item_no, reason, event_id, import_id, retired_us, restored_us
		from retirements
		where item_no = ?
		order by retirement_id desc`, item)
	return retirements, err
}

func (r *reader) LiveItemsAtOrBelow(threshold int64) ([]store.Item, error) {
	items := []store.Item{}
	err := r.list(&items, selectItems+`
		where i.retirement_id is null and c.helpful - c.harmful <= ?
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
		where r.event_id = ?
		order by i.arrival`, event)
	return ids, err
}

func (r *reader) CountItems() (n int64, err error) {
	_, err = r.get(&n, `select count(*) from items where retirement_id is null`)
	return n, err
}

func (r *reader) ItemByNumber(no int64) (item store.Item, err error) {
	_, err = r.get(&item, selectItems+`where i.item_no = ?`, no)
	return item, err
}
