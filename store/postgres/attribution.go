package postgres

import (
	"strconv"
	"strings"

	"github.com/jmoiron/sqlx"

	"atomizer-db/store"
)

// credited selects the trials that items are credited with: the latest attempt at each trial
// number since the last reset that is not void.
func credited(study *int64) (query string, args []any) {
	of := `` // "or $1 is null" would keep the server from using the index
	if study != nil {
		of, args = ` and l.study_id = $1::bigint`, []any{*study}
	}
	return `
		select distinct on (l.study_id, l.trial_number) l.study_id, l.event_id, l.success, l.objective_value, l.holdout
		from ledger l
		join studies s using (study_id)
		where l.type = 'trial' and l.voided_by is null and l.event_id > coalesce(s.reset_event, 0)` + of + `
		order by l.study_id, l.trial_number, l.event_id desc`, args
}

func (r *reader) CreditedTrials(study *int64, each func(store.CreditedTrial) error) error {
	trials, args := credited(study)
	// The usages of unfolded trials are apart, so that no trial searches unfolded.
	return r.each(`
		select c.study_id, c.success, c.objective_value, s.direction = 'maximize', c.holdout,
			array_to_string(case when e.event_id is null
				then array(select u.item_no from folded_usages u where u.event_id = c.event_id and u.counted > 0 order by u.item_no)
				else array(select u.item_no from unnest(e.item_nos, e.counted) u (item_no, counted) where u.counted > 0 order by u.item_no) end, ',')
		from (`+trials+`) c
		join studies s using (study_id)
		left join unfolded_events e using (event_id)
		order by c.study_id, c.event_id`, args, func(rows *sqlx.Rows) error {
		var t store.CreditedTrial
		var used string
		if err := rows.Scan(&t.Study, &t.Success, &t.Objective, &t.Maximize, &t.Holdout, &used); err != nil {
			return err
		}
		if used != "" {
			for number := range strings.SplitSeq(used, ",") {
				item, err := strconv.ParseInt(number, 10, 64)
				if err != nil {
					return store.Inconsistent("a trial used the item %q", number)
				}
				t.Used = append(t.Used, item)
			}
		}
		return each(t)
	})
}

func (r *reader) TimesShown(counts int64) (map[string]int64, error) {
	times := map[string]int64{}
	var rows []struct {
		ID     string `db:"id"`
		Trials int64  `db:"trials"`
	}
	err := r.list(&rows, `
		select id, count(*) as trials
		from shown
		join item_ids using (item_no)
		where item_no in (
			select item_no
			from items
			join scores using (item_no)
			where retirement_id is null and helpful + harmful < $1)
		group by id`, counts)
	for _, row := range rows {
		times[row.ID] = row.Trials
	}
	return times, err
}

func (r *reader) ShownTrials(study *int64) (trials []store.ShownCount, err error) {
	credited, args := credited(study)
	// Folded and unfolded trials are apart, so that no trial searches unfolded.
	err = r.list(&trials, `
		with credited as materialized (`+credited+`)
		select item_no, count(*) as trials, count(*) filter (where success) as successes
		from (
			select w.item_no, c.success
			from credited c
			join folded_shown w using (event_id)
			where not exists (select 1 from folded_usages u where u.event_id = w.event_id and u.item_no = w.item_no and u.counted > 0)
			union all
			select w.item_no, c.success
			from credited c
			join unfolded_events e using (event_id)
			cross join unnest(e.shown) w (item_no)
			where not exists (select 1 from unnest(e.item_nos, e.counted) u (item_no, counted) where u.item_no = w.item_no and u.counted > 0)
		) x
		join items using (item_no)
		where retirement_id is null
		group by item_no
		order by item_no`, args...)
	return trials, err
}
