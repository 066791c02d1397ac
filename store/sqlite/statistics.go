package sqlite

import "atomizer-db/store"

func (r *reader) StudyStatistics(study int64) (s store.Statistics, err error) {
	_, err = r.get(&s, `select trials, successes, pending from studies where study_id = ?`, study)
	return s, err
}

func (r *reader) AllStatistics() (s store.Statistics, err error) {
	_, err = r.get(&s, `
		select ifnull(sum(trials), 0) as trials, ifnull(sum(successes), 0) as successes, ifnull(sum(pending), 0) as pending
		from studies`)
	return s, err
}

func (r *reader) PlaybookStatistics() (s store.PlaybookStatistics, err error) {
	_, err = r.get(&s, `
		select count(*) as items, ifnull(total(helpful - harmful) / count(*), 0) as avg_score,
			ifnull(max(helpful - harmful), 0) as max_score, ifnull(min(helpful - harmful), 0) as min_score
		from items
		join scores using (item_no)
		where retirement_id is null`)
	return s, err
}

func (r *reader) ItemsByCategory() ([]store.CategoryCount, error) {
	counts := []store.CategoryCount{}
	err := r.list(&counts, `
		select category, count(*) as items
		from items
		where retirement_id is null
		group by category
		order by min(arrival)`)
	return counts, err
}
