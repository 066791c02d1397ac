package store

import (
	"strconv"
	"strings"

	"github.com/jmoiron/sqlx"
)

// Trials is a number of trials and how many of them succeeded.
type Trials struct {
	Trials    int64 `db:"trials"`
	Successes int64 `db:"successes"`
}

// CreditedTrial is a trial that items are credited with.
type CreditedTrial struct {
	Study     int64
	Success   bool
	Objective *float64 // nil: none
	Maximize  bool     // the study's direction
	Holdout   bool
	Used      []int64 // numbers of the items whose counts it moved, each once
}

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

// CreditedTrials calls each with the credited trials of a study, or of all studies if it
// is nil, study by study in the order in which they were recorded. It reads them in one
// pass. Items that a trial named when the playbook lacked them are not among those that it
// used, whatever gets their ids later.
func (r *Rx) CreditedTrials(study *int64, each func(CreditedTrial) error) error {
	return r.each(`
		select c.study_id, c.success, c.objective_value, s.direction = 'maximize', c.holdout,
			(select group_concat(item_no) from usages u where u.event_id = c.event_id and u.counted > 0)
		from (`+credited(study)+`) c
		join studies s using (study_id)
		order by c.study_id, c.event_id`, []any{study}, func(rows *sqlx.Rows) error {
		var t CreditedTrial
		var used *string
		if err := rows.Scan(&t.Study, &t.Success, &t.Objective, &t.Maximize, &t.Holdout, &used); err != nil {
			return err
		}
		if used != nil {
			for number := range strings.SplitSeq(*used, ",") {
				item, err := strconv.ParseInt(number, 10, 64)
				if err != nil {
					return Inconsistent("a trial used the item %q", number)
				}
				t.Used = append(t.Used, item)
			}
		}
		return each(t)
	})
}

// TimesShown counts, for each live item with less than the given number of counts, the trials of all studies for
// which it was shown but not used, by id. It reads all that was shown.
func (r *Rx) TimesShown(counts int64) (map[string]int64, error) {
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

// ShownCount counts the trials for which an item was shown.
type ShownCount struct {
	Item int64 `db:"item_no"`
	Trials
}

// ShownTrials counts, for each live item, the credited trials of a study, or of all studies
// if it is nil, for which it was shown but not used.
func (r *Rx) ShownTrials(study *int64) (trials []ShownCount, err error) {
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
