package sqlite

import (
	"encoding/json"
	"slices"

	"atomizer-db/store"
)

// mention is an item that an event names.
type mention struct {
	id    string
	item  item
	named int // how often
}

// counted returns how often the mention counts: named, or 0 if the playbook does not
// have the item.
func (m mention) counted() int {
	if m.item.live {
		return m.named
	}
	return 0
}

func counted(list []mention) (n int) {
	for _, m := range list {
		n += m.counted()
	}
	return n
}

// uncounted lists the ids of those that count for nothing, in alphabetical order.
func uncounted(list []mention) (ids []string) {
	for _, m := range list {
		if !m.item.live {
			ids = append(ids, m.id)
		}
	}
	slices.Sort(ids)
	return ids
}

func (r *reader) UncountedItems(event int64) (ids []string, err error) {
	err = r.list(&ids, `
		select id
		from (
			select item_no from usages where event_id = ?1 and counted = 0
			union all
			select item_no from blames where event_id = ?1 and counted = 0
		)
		join item_ids using (item_no)`, event)
	slices.Sort(ids)
	return ids, err
}

// appendMentions appends the values of rows of usages or blames.
func appendMentions(rows []any, event int64, list []mention) []any {
	for _, m := range list {
		rows = append(rows, event, m.item.no, m.named, m.counted())
	}
	return rows
}

// shortList is the length up to which searching a list is faster than using a map.
const shortList = 16

// mentions counts how often a list names each item, in order of first naming.
func mentions(ids []string, items map[string]item) []mention {
	list := make([]mention, 0, len(ids))
	places := map[int64]int{} // by item, of a long list
	for _, id := range ids {
		named := items[id]
		at, found := places[named.no]
		if len(ids) <= shortList {
			at = slices.IndexFunc(list, func(m mention) bool { return m.item.no == named.no })
			found = at >= 0
		}
		if found {
			list[at].named++
			continue
		}
		if len(ids) > shortList {
			places[named.no] = len(list)
		}
		list = append(list, mention{id, named, 1})
	}
	return list
}

// lookUp finds the items that events name, and assigns a number to each new id.
func (t *writer) lookUp(entries []store.Entry) (map[string]item, error) {
	items := t.cache.items
	if len(items) > cachedItems {
		clear(items)
	}
	var unknown []string
	for i := range entries {
		for _, ids := range [...][]string{entries[i].Items, entries[i].Shown} {
			for _, id := range ids {
				if _, known := items[id]; !known {
					items[id] = item{}
					unknown = append(unknown, id)
				}
			}
		}
	}
	if len(unknown) == 0 {
		return items, nil
	}
	err := t.lookUpIDs(unknown)
	if err != nil {
		t.cache.forget()
	}
	return items, err
}

// lookUpIDs puts the items of distinct ids into the cache.
func (t *writer) lookUpIDs(ids []string) error {
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	var found []struct {
		ID      string `db:"id"`
		No      int64  `db:"item_no"`
		Arrived bool   `db:"arrived"`
		Live    bool   `db:"live"`
	}
	if err := t.list(&found, `
		select d.id, d.item_no, i.item_no is not null as arrived, i.item_no is not null and i.retirement_id is null as live
		from json_each(?) j
		cross join item_ids d on d.id = j.value
		left join items i using (item_no)`, string(list)); err != nil {
		return err
	}
	for _, i := range found {
		t.cache.items[i.ID] = item{i.No, i.Arrived, i.Live}
	}
	for _, id := range ids {
		if t.cache.items[id].no != 0 {
			continue
		}
		no, err := t.insert(`insert into item_ids (id) values (?)`, id)
		if err != nil {
			return err
		}
		t.cache.items[id] = item{no: no}
	}
	return nil
}
