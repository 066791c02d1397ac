package postgres

import "atomizer-db/store"

func (r *reader) Finalizations(study *int64, limit int) ([]store.RecordedFinalization, error) {
	finalizations := []store.RecordedFinalization{}
	// From folded_ledger, because only trials and errors are ever unfolded.
	err := r.list(&finalizations, `
		select f.*, s.name as study, l.time_us
		from finalizations f
		join folded_ledger l using (event_id)
		join studies s using (study_id)
		where s.study_id = $1::bigint or $1::bigint is null
		order by event_id desc
		limit nullif(greatest($2::bigint, -1), -1)`, study, limit)
	return finalizations, err
}

func (r *reader) GoneItems(limit int) ([]store.GoneItem, error) {
	items := []store.GoneItem{}
	err := r.list(&items, `
		select d.id, i.category, i.content, c.helpful, c.harmful, r.reason, w.reason as why, r.retired_us
		from items i
		join retirements r using (retirement_id)
		join item_ids d on d.item_no = i.item_no
		join scores c on c.item_no = i.item_no
		left join reasons w on w.event_id = r.event_id
		order by r.retirement_id desc
		limit nullif(greatest($1::bigint, -1), -1)`, limit)
	return items, err
}

func (r *reader) CountGoneItems() (n int64, err error) {
	_, err = r.get(&n, `select count(*) from items where retirement_id is not null`)
	return n, err
}
