package postgres

import "atomizer-db/store"

func (r *reader) Best(study int64, maximize bool) (best store.Best, found bool, err error) {
	order := `asc`
	if maximize {
		order = `desc`
	}
	found, err = r.get(&best, `
		select trial_number, objective_value
		from ledger
		where study_id = $1 and type = 'trial' and voided_by is null and success and objective_value is not null
			and event_id > (select coalesce(reset_event, 0) from studies where study_id = $1)
		order by objective_value `+order+`, event_id
		limit 1`, study)
	return best, found, err
}
