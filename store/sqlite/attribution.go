package sqlite

import (
	"strconv"
	"strings"

	"github.com/jmoiron/sqlx"

	"atomizer-db/store"
)

// credited are the trials that items are credited with: the latest attempt at each trial
// number since the last reset that is not void.
func credited(study *int64) string {
	of := `` // "or ?1 is null" would keep SQLite from using the index
	if study != nil {
		of = ` and l.study_id = ?1`
	}
	return `
		select study_id, max(event_id) as event_id, success, objective_value, holdout -- of the row with the largest event_id
		from (` + countingTrials + of + `)
		group by study_id, trial_number`
}

func (r *reader) CreditedTrials(study *int64, each func(store.CreditedTrial) error) error {
	return r.each(`
		select c.study_id, c.success, c.objective_value, s.direction = 'maximize', c.holdout,
			(select group_concat(item_no) from usages u where u.event_id = c.event_id and u.counted > 0)
		from (`+credited(study)+`) c
		join studies s using (study_id)
		order by c.study_id, c.event_id`, []any{study}, func(rows *sqlx.Rows) error {
		var t store.CreditedTrial
		var used *string
		if err := rows.Scan(&t.Study, &t.Success, &t.Objective, &t.Maximize, &t.Holdout, &used); err != nil {
			return err
		}
		if used != nil {
			for number := range strings.SplitSeq(*used, ",") {
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
			where retirement_id is null and helpful + harmful < ?)
		group by item_no`, counts)
	for _, row := range rows {
		times[row.ID] = row.Trials
	}
	return times, err
}

func (r *reader) ShownTrials(study *int64) (trials []store.ShownCount, err error) {
	err = r.list(&trials, `
		with credited as materialized (`+credited(study)+`)
		select item_no, count(*) as trials, sum(success) as successes
		from credited
		join shown using (event_id)
		join items using (item_no)
		where retirement_id is null
			and not exists (select 1 from usages u where u.event_id = shown.event_id and u.item_no = shown.item_no and u.counted > 0)
		group by item_no`, study)
	return trials, err
}
