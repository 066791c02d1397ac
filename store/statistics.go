package store

// Statistics sums up a study, or all of them, since the last reset of each.
type Statistics struct {
	Trials    int64 `db:"trials"`
	Successes int64 `db:"successes"`
	Pending   int64 `db:"pending"` // insights that wait for a finalize
}

// StudyStatistics sums up one study.
func (r *Rx) StudyStatistics(study int64) (s Statistics, err error) {
	_, err = r.get(&s, `select trials, successes, pending from studies where study_id = ?`, study)
	return s, err
}

// AllStatistics sums up all studies.
func (r *Rx) AllStatistics() (s Statistics, err error) {
	_, err = r.get(&s, `
		select ifnull(sum(trials), 0) as trials, ifnull(sum(successes), 0) as successes, ifnull(sum(pending), 0) as pending
		from studies`)
	return s, err
}

// PlaybookStatistics sums up the live items.
type PlaybookStatistics struct {
	Items    int64   `db:"items"`
	AvgScore float64 `db:"avg_score"` // of net scores, 0 without items
	MaxScore int64   `db:"max_score"`
	MinScore int64   `db:"min_score"`
}

// PlaybookStatistics sums up the live items.
func (r *Rx) PlaybookStatistics() (s PlaybookStatistics, err error) {
	_, err = r.get(&s, `
		select count(*) as items, ifnull(total(helpful - harmful) / count(*), 0) as avg_score,
			ifnull(max(helpful - harmful), 0) as max_score, ifnull(min(helpful - harmful), 0) as min_score
		from items
		join scores using (item_no)
		where retirement_id is null`)
	return s, err
}

// CategoryCount is the number of live items of one category.
type CategoryCount struct {
	Category string `db:"category"`
	Items    int64  `db:"items"`
}

// ItemsByCategory counts the live items of each category that has any, in the order
// in which the categories first arrived.
func (r *Rx) ItemsByCategory() ([]CategoryCount, error) {
	counts := []CategoryCount{}
	err := r.list(&counts, `
		select category, count(*) as items
		from items
		where retirement_id is null
		group by category
		order by min(arrival)`)
	return counts, err
}
