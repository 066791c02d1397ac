package sqlite

import "atomizer-db/store"

func (r *reader) Uses(item int64, limit int) ([]store.Use, error) {
	uses := []store.Use{}
	err := r.list(&uses, `
		select l.event_id, l.type, s.name as study, l.trial_number, ifnull(l.success, 0) as success, m.named, m.counted,
			l.voided_by is not null as void, l.time_us
		from (
			-- Both tables are in the order of events: the search ends at the latest few.
			select * from (select event_id, named, counted from usages where item_no = ?1 order by event_id desc limit ?2)
			union all
			select * from (select event_id, named, counted from blames where item_no = ?1 order by event_id desc limit ?2)
		) m
		join ledger l using (event_id)
		join studies s using (study_id)
		order by l.event_id desc
		limit ?2`, item, limit)
	return uses, err
}

func (r *reader) Origins(item int64, limit int) ([]store.Origin, error) {
	origins := []store.Origin{}
	err := r.list(&origins, `
		select i.insight_id, s.name as study, i.trial_number, i.settled_by, i.added, l.time_us
		from insights i
		join studies s using (study_id)
		join ledger l on l.event_id = i.settled_by
		where i.item_no = ?
		order by i.settled_by desc, i.insight_id desc
		limit ?`, item, limit)
	return origins, err
}
