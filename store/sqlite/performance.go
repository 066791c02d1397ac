package sqlite

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
	trials, join, args := `c.trials_used_in`, ``, []any{limit}
	if study != nil {
		trials, join = `ifnull(u.trials_used_in, 0)`, `left join study_items u on u.study_id = ?2 and u.item_no = f.item_no`
		args = append(args, *study)
	}
	performances := make([]store.Performance, 0, want)
	err = r.each(`
		select d.id, i.category, i.content, c.helpful, c.harmful, `+trials+`
		from ( -- for items that are not listed, only the counts are read
			select item_no
			from items
			join scores using (item_no)
			where retirement_id is null
			order by `+by+`
			limit ?1
		) f
		join items i using (item_no)
		join item_ids d using (item_no)
		join scores c using (item_no)
		`+join+`
		order by `+by, args, func(rows *sqlx.Rows) error {
		var p store.Performance
		err := rows.Scan(&p.ID, &p.Category, &p.Content, &p.Helpful, &p.Harmful, &p.TrialsUsedIn)
		performances = append(performances, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	return performances, complete(len(performances), int(want))
}

func (r *reader) TrialsUsedIn(study *int64, item int64) (n int64, err error) {
	if study == nil {
		_, err = r.get(&n, `select trials_used_in from scores where item_no = ?`, item)
		return n, err
	}
	_, err = r.get(&n, `select trials_used_in from study_items where study_id = ? and item_no = ?`, *study, item)
	return n, err
}
