package postgres

import "atomizer-db/store"

func (r *reader) Uses(item int64, limit int) ([]store.Use, error) {
	uses := []store.Use{}
	err := r.list(&uses, `
		with m as materialized (
			-- Both tables are in the order of events: the search ends at the latest few.
			(select event_id, named, counted from usages where item_no = $1 order by event_id desc limit nullif(greatest($2::bigint, -1), -1))
			union all
			(select event_id, named, counted from blames where item_no = $1 order by event_id desc limit nullif(greatest($2::bigint, -1), -1))
		)
		select l.event_id, l.type, s.name as study, l.trial_number, coalesce(l.success, false) as success, m.named, m.counted,
			l.voided_by is not null as void, l.time_us
		from m
		join ledger l using (event_id)
		join studies s using (study_id)
		where l.event_id = any(array(select event_id from m)) -- or all events would be read
		order by l.event_id desc
		limit nullif(greatest($2::bigint, -1), -1)`, item, limit)
	return uses, err
}

func (r *reader) Origins(item int64, limit int) ([]store.Origin, error) {
	origins := []store.Origin{}
	// From the tables of what is folded, because an insight is folded before it is settled.
	err := r.list(&origins, `
		select i.insight_id, s.name as study, i.trial_number, i.settled_by, i.added, l.time_us
		from folded_insights i
		join studies s using (study_id)
		join folded_ledger l on l.event_id = i.settled_by
		where i.item_no = $1
		order by i.settled_by desc, i.insight_id desc
		limit nullif(greatest($2::bigint, -1), -1)`, item, limit)
	return origins, err
}
