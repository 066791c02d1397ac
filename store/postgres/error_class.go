package postgres

import "atomizer-db/store"

func (r *reader) ErrorClasses(study *int64) ([]store.ErrorClass, error) {
	classes := []store.ErrorClass{}
	err := r.list(&classes, `
		select e.class, e.kind, count(*) as messages, count(distinct event_id) as events,
			min(l.time_us) as first_us, max(l.time_us) as last_us
		from errors e
		join ledger l using (event_id)
		join studies s using (study_id)
		where (s.study_id = $1::bigint or $1::bigint is null) and event_id > coalesce(s.reset_event, 0) and l.voided_by is null
		group by e.class, e.kind
		order by messages desc, min(event_id), e.kind, e.class`, study)
	return classes, err
}
