package sqlite

import "atomizer-db/store"

func (r *reader) Attempts(study, number int64) ([]store.Attempt, error) {
	attempts := []store.Attempt{}
	err := r.list(&attempts, `
		select l.event_id, row_number() over (order by l.event_id) as attempt, l.success, l.voided_by,
			l.event_id > (select ifnull(reset_event, 0) from studies where study_id = ?1) as current,
			l.objective_value, l.time_us
		from ledger l
		where l.study_id = ?1 and l.trial_number = ?2 and l.type = 'trial'
		order by l.event_id`, study, number)
	return attempts, err
}

func (t *writer) LatestAttempt(study, number int64) (event int64, found bool, err error) {
	found, err = t.get(&event, `
		select event_id
		from ledger
		where study_id = ?1 and trial_number = ?2 and type = 'trial' and voided_by is null
			and event_id > (select ifnull(reset_event, 0) from studies where study_id = ?1)
		order by event_id desc
		limit 1`, study, number)
	return event, found, err
}

func (t *writer) AddVoid(event, trial int64, undo bool) error {
	if _, err := t.exec(`insert into voids (event_id, trial_event, undo) values (?, ?, ?)`, event, trial, undo); err != nil {
		return err
	}
	var holds any = event
	if undo {
		holds = nil
	}
	_, err := t.exec(`update ledger set voided_by = ? where event_id = ?`, holds, trial)
	return err
}

func (r *reader) VoidedAttempt(event int64) (v store.VoidedAttempt, err error) {
	_, err = r.get(&v, `
		select v.undo, (
			select count(*) from ledger a
			where a.study_id = t.study_id and a.trial_number = t.trial_number and a.type = 'trial' and a.event_id <= t.event_id) as attempt
		from voids v
		join ledger t on t.event_id = v.trial_event
		where v.event_id = ?`, event)
	return v, err
}

func (r *reader) Voided(event int64) (trial int64, err error) {
	_, err = r.get(&trial, `select trial_event from voids where event_id = ?`, event)
	return trial, err
}

func (t *writer) CountUsages(trial store.Attempt, sign int64) error {
	column := `harmful`
	if trial.Success {
		column = `helpful`
	}
	_, err := t.exec(`
		update scores set `+column+` = scores.`+column+` + ?1 * u.counted
		from usages u
		where u.event_id = ?2 and u.item_no = scores.item_no and u.counted > 0`, sign, trial.Event)
	return err
}

func (t *writer) CountUsedIn(study, trial int64, sign int) error {
	if _, err := t.exec(`
		update scores set trials_used_in = trials_used_in + ?
		where item_no in (select item_no from usages where event_id = ?)`, sign, trial); err != nil {
		return err
	}
	_, err := t.exec(`
		insert into study_items (study_id, item_no, trials_used_in)
		select ?1, item_no, max(?2, 0) from usages where event_id = ?3
		on conflict do update set trials_used_in = trials_used_in + ?2`, study, sign, trial)
	return err
}

func (t *writer) CountTrial(study int64, success bool, sign int64) error {
	n := studyCount{trials: sign}
	if success {
		n.successes = sign
	}
	return t.addToStudy(study, n)
}

func (t *writer) DropInsights(study, trial, void int64) error {
	return t.settle(study, -1, `
		update insights set settled_by = ?1
		where event_id = ?2 and settled_by is null`, void, trial)
}

func (t *writer) ReviveInsights(study, trial, void int64) error {
	return t.settle(study, 1, `
		update insights set settled_by = null
		where event_id = ? and settled_by = ?`, trial, void)
}

func (t *writer) settle(study int64, sign int64, query string, args ...any) error {
	result, err := t.exec(query, args...)
	if err != nil {
		return err
	}
	rows, err := result.RowsAffected()
	if err != nil {
		return err
	}
	return t.addToStudy(study, studyCount{pending: sign * rows})
}
