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

// Whose trials trials_used_in counts, in a table or view that has counts.
const (
	usedInStudy = `
		left join %[1]s %[2]s on %[2]s.study_id = ?2 and %[2]s.item_no = f.item_no`
	usedInAll = `
		left join (select item_no, sum(trials_used_in) as trials_used_in from %[1]s group by item_no) %[2]s using (item_no)`
)

// Which items are listed: all, or the first, in which case only counts are read
// of the others. The counts are those of a table or view.
const (
	allItems = `
		from items i
		join item_ids d using (item_no)
		join %[1]s f using (item_no)`
	firstItems = `
		from (
			select item_no, c.helpful, c.harmful, c.helpful - c.harmful as net_score
			from items
			join %[1]s c using (item_no)
			where retirement_id is null
			order by %[2]s
			limit ?1
		) f
		join items i using (item_no)
		join item_ids d using (item_no)`
)

// Performance lists how live items have done, in the order given, at most limit
// of them; a negative limit is none. Counts are the playbook's; trials_used_in
// counts one study's trials, or those of all studies where study is nil.
func (r *Rx) Performance(study *int64, order Order, limit int) ([]Performance, error) {
	unfolded, err := r.unfolded()
	if err != nil {
		return nil, err
	}
	want, err := r.CountItems()
	if err != nil {
		return nil, err
	}
	from, join, args := allItems, usedInAll, []value{integer(limit)}
	if limit >= 0 {
		from, want = firstItems, min(want, int64(limit))
	}
	if study != nil {
		join, args = usedInStudy, append(args, integer(*study))
	}
	counts, trials, used := `scores`, `ifnull(t.trials_used_in, 0)`, fmt.Sprintf(join, `study_items`, `t`)
	if unfolded {
		counts, trials = `item_counts`, trials+` + ifnull(u.trials_used_in, 0)`
		used += fmt.Sprintf(join, `unfolded_study_items`, `u`)
	}
	performances := make([]Performance, 0, want)
	err = r.each(`
		select d.id, f.helpful, f.harmful, i.category, substr(i.content, 1, 100), `+trials+`, f.helpful - f.harmful as net_score`+
		fmt.Sprintf(from, counts, order)+used+`
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
	return performances, complete(len(performances), int(want))
}
