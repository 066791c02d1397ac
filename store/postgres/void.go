package postgres

import "atomizer-db/store"

func (r *reader) Attempts(study, number int64) ([]store.Attempt, error) {
	attempts := []store.Attempt{}
	err := r.list(&attempts, `
		select l.event_id, row_number() over (order by l.event_id) as attempt, l.success, l.voided_by,
			l.event_id > (select coalesce(reset_event, 0) from studies where study_id = $1) as current,
			l.objective_value, l.time_us
		from ledger l
		where l.study_id = $1 and l.trial_number = $2 and l.type = 'trial'
		order by l.event_id`, study, number)
	return attempts, err
}

func (w *writer) LatestAttempt(study, number int64) (event int64, found bool, err error) {
	if err := w.order(); err != nil {
		return 0, false, err
	}
	found, err = w.get(&event, `
		select event_id
		from folded_ledger
		where study_id = $1 and trial_number = $2 and type = 'trial' and voided_by is null
			and event_id > (select coalesce(reset_event, 0) from folded_studies where study_id = $1)
		order by event_id desc
		limit 1`, study, number)
	return event, found, err
}

func (w *writer) AddVoid(event, trial int64, undo bool) error {
	if _, err := w.exec(`insert into voids (event_id, trial_event, undo) values ($1, $2, $3)`, event, trial, undo); err != nil {
		return err
	}
	holds := &event
	if undo {
		holds = nil
	}
	_, err := w.exec(`update folded_ledger set voided_by = $1::bigint where event_id = $2`, holds, trial)
	return err
}

func (r *reader) VoidedAttempt(event int64) (v store.VoidedAttempt, err error) {
	// From folded_ledger, because a trial is folded before it can be void.
	_, err = r.get(&v, `
		select v.undo, (
			select count(*) from folded_ledger a
			where a.study_id = t.study_id and a.trial_number = t.trial_number and a.type = 'trial' and a.event_id <= t.event_id) as attempt
		from voids v
		join folded_ledger t on t.event_id = v.trial_event
		where v.event_id = $1`, event)
	return v, err
}

func (r *reader) Voided(event int64) (trial int64, err error) {
	_, err = r.get(&trial, `select trial_event from voids where event_id = $1`, event)
	return trial, err
}

func (w *writer) CountUsages(trial store.Attempt, sign int64) error {
	column := `harmful`
	if trial.Success {
		column = `helpful`
	}
	_, err := w.exec(`
		update folded_scores set `+column+` = folded_scores.`+column+` + $1::bigint * u.counted
		from folded_usages u
		where u.event_id = $2 and u.item_no = folded_scores.item_no and u.counted > 0`, sign, trial.Event)
	return err
}

func (w *writer) CountUsedIn(study, trial int64, sign int) error {
	if _, err := w.exec(`
		update folded_scores set trials_used_in = trials_used_in + $1::bigint
		where item_no in (select item_no from folded_usages where event_id = $2)`, sign, trial); err != nil {
		return err
	}
	_, err := w.exec(`
		insert into folded_study_items (study_id, item_no, trials_used_in)
		select $1::bigint, item_no, greatest($2::bigint, 0) from folded_usages where event_id = $3
		on conflict (study_id, item_no) do update set trials_used_in = folded_study_items.trials_used_in + $2::bigint`, study, sign, trial)
	return err
}

func (w *writer) CountTrial(study int64, success bool, sign int64) error {
	n := studyCount{trials: sign}
	if success {
		n.successes = sign
	}
	return w.addToStudy(study, n)
}

func (w *writer) DropInsights(study, trial, void int64) error {
	return w.settle(study, -1, `
		update folded_insights set settled_by = $1
		where event_id = $2 and settled_by is null`, void, trial)
}

func (w *writer) ReviveInsights(study, trial, void int64) error {
	return w.settle(study, 1, `
		update folded_insights set settled_by = null
		where event_id = $1 and settled_by = $2`, trial, void)
}

func (w *writer) settle(study int64, sign int64, query string, args ...any) error {
	result, err := w.exec(query, args...)
	if err != nil {
		return err
	}
	rows, err := result.RowsAffected()
	if err != nil {
		return err
	}
	return w.addToStudy(study, studyCount{pending: sign * rows})
}
