package sqlite

import "atomizer-db/store"

// latestTrials are the latest ?3 trials of study ?1 that count, and whether they named item ?2, counted or not.
const latestTrials = `
		with latest as materialized (
			select event_id, success,
				exists (select 1 from usages u where u.event_id = l.event_id and u.item_no = ?2) as used
			from ledger l
			join studies s using (study_id)
			where l.success is not null and l.voided_by is null and +l.study_id = ?1 and l.event_id > ifnull(s.reset_event, 0)
			order by l.event_id desc
			limit ?3
		)`

func (r *reader) ItemTrials(study, item int64, limit int) (t store.ItemTrials, err error) {
	var rows []struct {
		Used bool `db:"used"`
		store.Trials
	}
	if err := r.list(&rows, latestTrials+`
		select used, count(*) as trials, sum(success) as successes from latest group by used`, study, item, limit); err != nil {
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
		select kind, class, sum(used) as with_item, sum(1 - used) as without_item
		from (select distinct event_id, kind, class, used from latest join errors using (event_id))
		group by kind, class
		order by count(*) desc, kind, class
		limit 20`, study, item, limit)
	return t, err
}
