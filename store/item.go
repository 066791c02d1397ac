package store

import "time"

// Item is one piece of advice, live or retired.
type Item struct {
	No          int64   `db:"item_no"`
	ID          string  `db:"id"`
	Arrival     int64   `db:"arrival"` // order of arrival
	Category    string  `db:"category"`
	Content     string  `db:"content"`
	Fingerprint []byte  `db:"fingerprint"` // what makes two insights of a category the same
	CreatedAt   string  `db:"created_at"`
	LastUsedAt  *string `db:"last_used_at"` // as playbook.json had it
	LastUsedUS  *int64  `db:"last_used_us"` // replaces LastUsedAt; nil: not used since
	Tags        string  `db:"tags"`         // a JSON array
	Extra       *string `db:"extra"`        // a JSON object: unknown fields of playbook.json
	Helpful     int64   `db:"helpful"`
	Harmful     int64   `db:"harmful"`
	Retirement  *int64  `db:"retirement_id"` // nil: live
}

const selectItems = `
	select i.item_no, d.id, i.arrival, i.category, i.content, i.fingerprint, i.created_at, i.last_used_at,
		c.last_used_us, i.tags, i.extra, c.helpful, c.harmful, i.retirement_id
	from items i
	join item_ids d using (item_no)
	join scores c using (item_no) `

// Items lists the live items in order of arrival; if all is true, also the retired
// ones.
func (r *Rx) Items(all bool) ([]Item, error) {
	items := []Item{}
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
		return Inconsistent("items are missing: only %d of %d were found", found, want)
	}
	return nil
}

// ItemIDs lists the ids of all items, live or retired, in order of arrival.
func (r *Rx) ItemIDs() (ids []string, err error) {
	err = r.list(&ids, `select d.id from items i join item_ids d using (item_no) order by i.arrival`)
	return ids, err
}

// Item finds an item, live or retired, by its id.
func (r *Rx) Item(id string) (item Item, found bool, err error) {
	found, err = r.get(&item, selectItems+`where d.id = ?`, id)
	return item, found, err
}

// LiveItemLike finds the live item with the category and fingerprint of an insight.
// If there are several, it returns the first that arrived.
func (r *Rx) LiveItemLike(category string, fingerprint []byte) (item int64, found bool, err error) {
	found, err = r.get(&item, `
		select item_no
		from items
		where category = ? and fingerprint = ? and retirement_id is null
		order by arrival
		limit 1`, category, fingerprint)
	return item, found, err
}

// AddItem puts a new item at the end of the playbook, with counts of zero, and
// returns its item_no. Earlier trials may have used its id: they count in
// trials_used_in.
func (t *Tx) AddItem(i Item) (int64, error) {
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
func (t *Tx) itemNumber(id string) (no int64, err error) {
	found, err := t.get(&no, `select item_no from item_ids where id = ?`, id)
	if err != nil || found {
		return no, err
	}
	return t.insert(`insert into item_ids (id) values (?)`, id)
}

// UpdateItem stores the fields of an item that another tool may change: category,
// content, times, tags and unknown fields. If resetUse is true, LastUsedAt also
// replaces LastUsedUS.
func (t *Tx) UpdateItem(i Item, resetUse bool) error {
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

// Retirement says when and why an item left the playbook.
type Retirement struct {
	ID         int64  `db:"retirement_id"`
	Item       int64  `db:"item_no"`
	Reason     string `db:"reason"`   // Pruned, Retired, Merged or Removed
	Event      *int64 `db:"event_id"` // what retired it; nil: an import
	Import     *int64 `db:"import_id"`
	RetiredUS  int64  `db:"retired_us"`
	RestoredUS *int64 `db:"restored_us"` // nil: it is still retired
}

// The reasons of retirement.
const (
	Pruned  = "pruned"  // by a finalize
	Retired = "retired" // by hand
	Merged  = "merged"  // into another item
	Removed = "removed" // missing in an imported playbook.json
)

// Retire removes an item from the playbook. Its row and its place in the order of
// arrival stay.
func (t *Tx) Retire(r Retirement) error {
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

// Restore returns a retired item to its old place in the playbook. event is nil for an
// import.
func (t *Tx) Restore(item int64, event *int64, at time.Time) error {
	if _, err := t.exec(`
		update retirements set restored_us = ?, restored_by = ?
		where retirement_id = (select retirement_id from items where item_no = ?)`, at.UnixMicro(), event, item); err != nil {
		return err
	}
	t.itemsChanged()
	_, err := t.exec(`update items set retirement_id = null where item_no = ?`, item)
	return err
}

// Retirements lists the retirements of an item, newest first.
func (r *Rx) Retirements(item int64) ([]Retirement, error) {
	retirements := []Retirement{}
	err := r.list(&retirements, `
		select retirement_id, item_no, reason, event_id, import_id, retired_us, restored_us
		from retirements
		where item_no = ?
		order by retirement_id desc`, item)
	return retirements, err
}

// LiveItemsAtOrBelow lists the live items with a net score of at most
// threshold, in order of arrival.
func (r *Rx) LiveItemsAtOrBelow(threshold int64) ([]Item, error) {
	items := []Item{}
	err := r.list(&items, selectItems+`
		where i.retirement_id is null and c.helpful - c.harmful <= ?
		order by i.arrival`, threshold)
	return items, err
}

// PrunedItems lists the ids of the items that a finalize pruned, in order of arrival.
func (r *Rx) PrunedItems(event int64) ([]string, error) {
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

// CountItems returns the number of live items.
func (r *Rx) CountItems() (n int64, err error) {
	_, err = r.get(&n, `select count(*) from items where retirement_id is null`)
	return n, err
}

// ItemByNumber finds an item by its item_no.
func (r *Rx) ItemByNumber(no int64) (item Item, err error) {
	_, err = r.get(&item, selectItems+`where i.item_no = ?`, no)
	return item, err
}
