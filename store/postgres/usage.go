package postgres

import "slices"

func (r *reader) UncountedItems(event int64) (ids []string, err error) {
	err = r.list(&ids, `
		select id
		from (
			select item_no from usages where event_id = $1 and counted = 0
			union all
			select item_no from blames where event_id = $1 and counted = 0
		) m
		join item_ids using (item_no)`, event)
	slices.Sort(ids)
	return ids, err
}
