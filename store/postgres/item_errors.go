package postgres

import "atomizer-db/store"

// latestTrials are the latest $3 trials of study $1 that count, and whether they named item $2, counted or not. The
// usages of unfolded trials are apart, so that no trial searches unfolded. Those of folded ones are counted, because the
// server would read the whole table for an exists.
const latestTrials = `
		with latest as materialized (
			select l.event_id, l.success,
				(select count(*) from folded_usages u where u.event_id = l.event_id and u.item_no = $2::bigint) > 0
					or l.event_id in (select e.event_id from unfolded_events e where $2::bigint = any (e.item_nos)) as used
			from ledger l
			where l.type = 'trial' and l.voided_by is null and l.study_id = $1::bigint
				and l.event_id > coalesce((select s.reset_event from studies s where s.study_id = $1::bigint), 0)
			order by l.event_id desc
			limit case when $3::bigint >= 0 then $3::bigint end
		)`

func (r *reader) ItemTrials(study, item int64, limit int) (t store.ItemTrials, err error) {
	var rows []struct {
		Used bool `db:"used"`
		store.Trials
	}
	if err := r.list(&rows, latestTrials+`
		select used, count(*) as trials, count(*) filter (where success) as successes
		from latest
		group by used`, study, item, limit); err != nil {
		return t, err
	}
	for _, row := range rows {
		if row.Used {
			t.With = row.Trials
		} else {
			t.Without = row.Trials
		}
	}
	t.Classes = []store.ItemErrors{}
	err = r.list(&t.Classes, latestTrials+`
		select kind, class, count(*) filter (where used) as with_item, count(*) filter (where not used) as without_item
		from (
			select event_id, kind, class, used
			from latest
			join folded_errors using (event_id)
			union
			select event_id, m.kind, m.class, used
			from latest
			join unfolded_events e using (event_id)
			cross join unnest(e.error_kinds, e.error_classes) m (kind, class)
		) x
		group by kind, class
		order by count(*) desc, kind, class
		limit 20`, study, item, limit)
	return t, err
}
