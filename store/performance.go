package store

import "fmt"

// Performance is how an item has done.
type Performance struct {
	ID           string  `json:"id"`
	Helpful      int64   `json:"helpful_count"`
	Harmful      int64   `json:"harmful_count"`
	NetScore     int64   `json:"net_score"`
	Confidence   float64 `json:"confidence"` // share of counts that are helpful, 0.5 before the first
	TrialsUsedIn int64   `json:"trials_used_in"`
	Category     string  `json:"category"`
	Preview      string  `json:"content_preview"` // the first 100 code points of the content
}

// Order is how performances are listed. Ties keep the order of arrival.
type Order string

// The orders.
const (
	ByArrival  Order = `arrival`
	BestFirst  Order = `net_score desc, arrival`
	WorstFirst Order = `net_score, arrival`
)

// Whose trials trials_used_in counts: what is folded in, and what is not yet.
const (
	usedInStudy = `
		left join study_items t on t.study_id = ?2 and t.item_no = f.item_no
		left join unfolded_study_items u on u.study_id = ?2 and u.item_no = f.item_no`
	usedInAll = `
		left join (select item_no, sum(trials_used_in) as trials_used_in from study_items group by item_no) t using (item_no)
		left join (select item_no, sum(trials_used_in) as trials_used_in from unfolded_study_items group by item_no) u using (item_no)`
)

// Which items are listed: all, or the first, in which case only counts are read
// of the others.
const (
	allItems = `
		from items i
		join item_ids d using (item_no)
		join item_counts f using (item_no)`
	firstItems = `
		from (
			select item_no, c.helpful, c.harmful, c.helpful - c.harmful as net_score
			from items
			join item_counts c using (item_no)
			where retirement_id is null
			order by %s
			limit ?1
		) f
		join items i using (item_no)
		join item_ids d using (item_no)`
)

// Performance lists how live items have done, in the order given, at most limit
// of them; a negative limit is none. Counts are the playbook's; trials_used_in
// counts one study's trials, or those of all studies where study is nil.
func (r *Rx) Performance(study *int64, order Order, limit int) ([]Performance, error) {
	used, args := usedInAll, []value{integer(limit)}
	if study != nil {
		used, args = usedInStudy, append(args, integer(*study))
	}
	from, performances := allItems, []Performance{}
	if limit >= 0 {
		from = fmt.Sprintf(firstItems, order)
	}
	err := r.direct.each(`
		select d.id, f.helpful, f.harmful, i.category, substr(i.content, 1, 100),
			ifnull(t.trials_used_in, 0) + ifnull(u.trials_used_in, 0), f.helpful - f.harmful as net_score`+from+used+`
		where i.retirement_id is null
		order by `+string(order)+`
		limit ?1`, args, func(r row) error {
		p := Performance{
			ID: r.text(0), Helpful: r.integer(1), Harmful: r.integer(2), Category: r.text(3), Preview: r.text(4),
			TrialsUsedIn: r.integer(5), Confidence: 0.5,
		}
		p.NetScore = p.Helpful - p.Harmful
		if counts := p.Helpful + p.Harmful; counts != 0 {
			p.Confidence = float64(p.Helpful) / float64(counts)
		}
		performances = append(performances, p)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return performances, r.complete(len(performances), limit)
}
