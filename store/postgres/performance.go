package postgres

import (
	"github.com/jmoiron/sqlx"

	"atomizer-db/store"
)

func (r *reader) Performance(study *int64, order store.Order, limit int) ([]store.Performance, error) {
	want, err := r.CountItems()
	if err != nil {
		return nil, err
	}
	if limit >= 0 {
		want = min(want, int64(limit))
	}
	by := map[store.Order]string{
		store.ByArrival:  `arrival`,
		store.BestFirst:  `helpful - harmful desc, arrival`,
		store.WorstFirst: `helpful - harmful, arrival`,
	}[order]
	performances, items := make([]store.Performance, 0, want), make([]int64, 0, want)
	err = r.each(`
		select i.item_no, d.id, i.category, i.content, f.helpful, f.harmful, f.trials_used_in
		from ( -- for items that are not listed, only the counts are read
			select item_no, helpful, harmful, trials_used_in
			from items
			join scores using (item_no)
			where retirement_id is null
			order by `+by+`
			limit case when $1::bigint >= 0 then $1::bigint end
		) f
		join items i using (item_no)
		join item_ids d using (item_no)
		order by `+by, []any{limit}, func(rows *sqlx.Rows) error {
		var p store.Performance
		var item int64
		err := rows.Scan(&item, &p.ID, &p.Category, &p.Content, &p.Helpful, &p.Harmful, &p.TrialsUsedIn)
		performances, items = append(performances, p), append(items, item)
		return err
	})
	if err == nil && study != nil {
		err = r.countUses(*study, items, performances)
	}
	if err != nil {
		return nil, err
	}
	return performances, complete(len(performances), int(want))
}

// countUses replaces the trials that used the items by those of one study. They are read apart from the
// items: as long as the server knows little of the tables, it would join them row by row.
func (r *reader) countUses(study int64, items []int64, performances []store.Performance) error {
	used := make(map[int64]int64, len(items))
	err := r.each(`select item_no, trials_used_in from study_items where study_id = $1 and item_no = any($2::bigint[])`,
		[]any{study, items}, func(rows *sqlx.Rows) error {
			var item, trials int64
			err := rows.Scan(&item, &trials)
			used[item] = trials
			return err
		})
	for i, item := range items {
		performances[i].TrialsUsedIn = used[item]
	}
	return err
}

func (r *reader) TrialsUsedIn(study *int64, item int64) (n int64, err error) {
	if study == nil {
		_, err = r.get(&n, `select trials_used_in from scores where item_no = $1`, item)
		return n, err
	}
	_, err = r.get(&n, `select trials_used_in from study_items where study_id = $1 and item_no = $2`, *study, item)
	return n, err
}
