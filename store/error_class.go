package store

// ErrorClass sums up the error messages of one class and kind.
type ErrorClass struct {
	Class    string    `db:"class"`
	Kind     ErrorKind `db:"kind"`
	Messages int64     `db:"messages"`
	Events   int64     `db:"events"` // that had them
	FirstUS  int64     `db:"first_us"`
	LastUS   int64     `db:"last_us"`
}

// ErrorClasses sums up the errors of a study, or of all studies if it is nil, since
// the last reset, the most frequent first. Errors of void trials are left out.
func (r *Rx) ErrorClasses(study *int64) ([]ErrorClass, error) {
	classes := []ErrorClass{}
	err := r.list(&classes, `
		select e.class, e.kind, count(*) as messages, count(distinct event_id) as events,
			min(l.time_us) as first_us, max(l.time_us) as last_us
		from errors e
		join ledger l using (event_id)
		join studies s using (study_id)
		where (s.study_id = ?1 or ?1 is null) and event_id > ifnull(s.reset_event, 0) and l.voided_by is null
		group by e.class, e.kind
		order by messages desc, min(event_id), e.kind, e.class`, study)
	return classes, err
}
