package postgres

import (
	"slices"

	"atomizer-db/store"
)

// mention is an item that an event names.
type mention struct {
	id    string
	item  item
	named int64 // how often
}

// counted returns how often the mention counts: named, or 0 if the playbook does not
// have the item.
func (m mention) counted() int64 {
	if m.item.live {
		return m.named
	}
	return 0
}

// mentions counts how often a list names each item, in order of first naming.
func mentions(ids []string, items map[string]item) []mention {
	list := make([]mention, 0, len(ids))
	places := make(map[int64]int, len(ids)) // by item
	for _, id := range ids {
		named := items[id]
		if at, found := places[named.no]; found {
			list[at].named++
			continue
		}
		places[named.no] = len(list)
		list = append(list, mention{id, named, 1})
	}
	return list
}

// receipt is the answer to an event that names items.
func receipt(list []mention) (r store.Receipt) {
	for _, m := range list {
		r.Counted += int(m.counted())
		if !m.item.live {
			r.Uncounted = append(r.Uncounted, m.id)
		}
	}
	slices.Sort(r.Uncounted)
	return r
}

// lookUp finds the items that events name, and gives a number to each new id.
func (w *writer) lookUp(entries []store.Entry) (map[string]item, error) {
	items := map[string]item{}
	var unknown []string
	for i := range entries {
		for _, ids := range [...][]string{entries[i].Items, entries[i].Shown} {
			for _, id := range ids {
				if _, seen := items[id]; seen {
					continue
				}
				found, known := w.cachedItem(id)
				if !known {
					unknown = append(unknown, id)
				}
				items[id] = found
			}
		}
	}
	if len(unknown) == 0 {
		return items, nil
	}
	if err := w.lookUpIDs(unknown); err != nil {
		return nil, err
	}
	for _, id := range unknown {
		items[id] = w.learned.items[id]
	}
	return items, nil
}

// lookUpIDs learns the items of distinct ids.
func (w *writer) lookUpIDs(ids []string) error {
	if err := w.readIDs(ids); err != nil {
		return err
	}
	isNew := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return w.learned.items[id].no != 0 })
	if len(isNew) == 0 {
		return nil
	}
	// Numbered in order of naming, as in SQLite. Added in order of their text, so that two
	// transactions that add the same ids wait for each other in one direction.
	if _, err := w.run(`
		insert into item_ids (item_no, id)
		select item_no, id
		from (
			select nextval(pg_get_serial_sequence('item_ids', 'item_no')) as item_no, id
			from unnest($1::text[]) with ordinality n (id, nth)
			order by nth
		) n
		order by id
		on conflict do nothing`, isNew); err != nil {
		return err
	}
	return w.readIDs(isNew)
}

// readIDs learns the items of those ids that have a number.
func (w *writer) readIDs(ids []string) error {
	var found []struct {
		ID   string `db:"id"`
		No   int64  `db:"item_no"`
		Live bool   `db:"live"`
	}
	if err := w.list(&found, `
		select d.id, d.item_no, i.item_no is not null and i.retirement_id is null as live
		from item_ids d
		left join items i using (item_no)
		where d.id = any($1::text[])`, ids); err != nil {
		return err
	}
	for _, i := range found {
		w.learned.items[i.ID] = item{i.No, i.Live}
	}
	return nil
}
