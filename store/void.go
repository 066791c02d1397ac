package store

// Attempt is one recording of a trial number.
type Attempt struct {
	Event    int64  `db:"event_id"`
	Attempt  int64  `db:"attempt"` // 1 is the first in the study
	Success  bool   `db:"success"`
	VoidedBy *int64 `db:"voided_by"` // nil: not void
	Current  bool   `db:"current"`   // recorded since the study's last reset

	Objective *float64 `db:"objective_value"`
	TimeUS    int64    `db:"time_us"`
}

// Attempts lists the recordings of a trial number, oldest first.
func (r *Rx) Attempts(study, number int64) ([]Attempt, error) {
	attempts := []Attempt{}
	err := r.list(&attempts, `
		select l.event_id, row_number() over (order by l.event_id) as attempt, l.success, l.voided_by,
			l.event_id > (select ifnull(reset_event, 0) from studies where study_id = ?1) as current,
			l.objective_value, l.time_us
		from ledger l
		where l.study_id = ?1 and l.trial_number = ?2 and l.type = 'trial'
		order by l.event_id`, study, number)
	return attempts, err
}

// LatestAttempt finds the latest attempt at a trial number that counts: since the
// last reset, and not void.
func (t *Tx) LatestAttempt(study, number int64) (event int64, found bool, err error) {
	found, err = t.get(&event, `
		select event_id
		from ledger
		where study_id = ?1 and trial_number = ?2 and type = 'trial' and voided_by is null
			and event_id > (select ifnull(reset_event, 0) from studies where study_id = ?1)
		order by event_id desc
		limit 1`, study, number)
	return event, found, err
}

// AddVoid stores which trial an event voids or, if undo is true, unvoids.
func (t *Tx) AddVoid(event, trial int64, undo bool) error {
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

// VoidedAttempt is the attempt that an event voided or unvoided.
type VoidedAttempt struct {
	Attempt int64 `db:"attempt"` // of its trial number, from 1
	Undo    bool  `db:"undo"`
}

// VoidedAttempt finds the attempt of a void event.
func (r *Rx) VoidedAttempt(event int64) (v VoidedAttempt, err error) {
	_, err = r.get(&v, `
		select v.undo, (
			select count(*) from ledger a
			where a.study_id = t.study_id and a.trial_number = t.trial_number and a.type = 'trial' and a.event_id <= t.event_id) as attempt
		from voids v
		join ledger t on t.event_id = v.trial_event
		where v.event_id = ?`, event)
	return v, err
}

// Voided finds the trial of a void event.
func (r *Rx) Voided(event int64) (trial int64, err error) {
	_, err = r.get(&trial, `select trial_event from voids where event_id = ?`, event)
	return trial, err
}

// CountUsages adds a trial's usages to the counts of its items if sign is 1, and
// subtracts them if it is -1.
func (t *Tx) CountUsages(trial Attempt, sign int64) error {
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

// CountUsedIn adds sign, 1 or -1, to trials_used_in of a trial's items.
func (t *Tx) CountUsedIn(study, trial int64, sign int) error {
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

// CountTrial adds a trial to the study's statistics if sign is 1, and subtracts it if
// it is -1.
func (t *Tx) CountTrial(study int64, success bool, sign int64) error {
	n := studyCount{trials: sign}
	if success {
		n.successes = sign
	}
	return t.addToStudy(study, n)
}

// DropInsights drops the pending insights of a trial, for a void event.
func (t *Tx) DropInsights(study, trial, void int64) error {
	return t.settle(study, -1, `
		update insights set settled_by = ?1
		where event_id = ?2 and settled_by is null`, void, trial)
}

// ReviveInsights makes the insights of a trial pending again that a void event dropped.
func (t *Tx) ReviveInsights(study, trial, void int64) error {
	return t.settle(study, 1, `
		update insights set settled_by = null
		where event_id = ? and settled_by = ?`, trial, void)
}

func (t *Tx) settle(study int64, sign int64, query string, args ...any) error {
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
