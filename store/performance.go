package store

// Performance is how an item has done.
type Performance struct {
	ID           string  `db:"id" json:"id"`
	Helpful      int64   `db:"helpful_count" json:"helpful_count"`
	Harmful      int64   `db:"harmful_count" json:"harmful_count"`
	NetScore     int64   `db:"net_score" json:"net_score"`
	Confidence   float64 `db:"confidence" json:"confidence"` // share of counts that are helpful, 0.5 before the first
	TrialsUsedIn int64   `db:"trials_used_in" json:"trials_used_in"`
	Category     string  `db:"category" json:"category"`
	Preview      string  `db:"content_preview" json:"content_preview"` // the first 100 code points of the content
}

// Order is how performances are listed. Ties keep the order of arrival.
type Order string

// The orders.
const (
	ByArrival  Order = `arrival`
	BestFirst  Order = `net_score desc, arrival`
	WorstFirst Order = `net_score, arrival`
)

// Whose trials trials_used_in counts.
const (
	usedInStudy = `select item_no, trials_used_in from study_items where study_id = ?`
	usedInAll   = `select item_no, sum(trials_used_in) as trials_used_in from study_items group by item_no`
)

// Performance lists how live items have done, in the order given, at most limit
// of them; a negative limit is none. Counts are the playbook's; trials_used_in
// counts one study's trials, or those of all studies where study is nil.
func (r *Rx) Performance(study *int64, order Order, limit int) ([]Performance, error) {
	used, args := usedInAll, []any{limit}
	if study != nil {
		used, args = usedInStudy, []any{limit, *study}
	}
	performances := []Performance{}
	err := r.list(&performances, `
		select d.id, c.helpful as helpful_count, c.harmful as harmful_count, c.helpful - c.harmful as net_score,
			case when c.helpful + c.harmful = 0 then 0.5
				else cast(c.helpful as real) / (c.helpful + c.harmful) end as confidence,
			ifnull(u.trials_used_in, 0) as trials_used_in, i.category, substr(i.content, 1, 100) as content_preview
		from ( -- of the others nothing more is read
			select item_no, helpful - harmful as net_score
			from items
			join scores using (item_no)
			where retirement_id is null
			order by `+string(order)+`
			limit ?
		) first
		join items i using (item_no)
		join item_ids d using (item_no)
		join scores c using (item_no)
		left join (`+used+`) u using (item_no)
		order by `+string(order), args...)
	if err != nil {
		return nil, err
	}
	return performances, r.complete(len(performances), limit)
}
