package postgres

import "atomizer-db/store"

func (r *reader) StudyStatistics(study int64) (s store.Statistics, err error) {
	_, err = r.get(&s, `select trials, successes, pending from studies where study_id = $1`, study)
	return s, err
}

func (r *reader) AllStatistics() (s store.Statistics, err error) {
	_, err = r.get(&s, `
		select coalesce(sum(trials), 0)::bigint as trials, coalesce(sum(successes), 0)::bigint as successes,
			coalesce(sum(pending), 0)::bigint as pending
		from studies`)
	return s, err
}

func (r *reader) PlaybookStatistics() (s store.PlaybookStatistics, err error) {
	_, err = r.get(&s, `
		select count(*) as items, coalesce(sum(helpful - harmful)::double precision / nullif(count(*), 0), 0) as avg_score,
			coalesce(max(helpful - harmful), 0) as max_score, coalesce(min(helpful - harmful), 0) as min_score
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
