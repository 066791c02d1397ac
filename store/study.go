package store

import "time"

// Study is one optimization campaign, with its statistics since the last reset.
type Study struct {
	ID        int64  `db:"study_id"`
	Name      string `db:"name"`
	Direction string `db:"direction"`
	Given     bool   `db:"direction_given"` // somebody gave the direction
	CreatedUS int64  `db:"created_us"`
	Trials    int64  `db:"trials"`
	Successes int64  `db:"successes"`
	Pending   int64  `db:"pending"`
}

// Study finds the number of a study by its name.
func (r *Rx) Study(name string) (id int64, found bool, err error) {
	found, err = r.get(&id, `select study_id from studies where name = ?`, name)
	return id, found, err
}

// Studies lists all studies in order of creation.
func (r *Rx) Studies() ([]Study, error) {
	studies := []Study{}
	err := r.list(&studies, `
		select study_id, name, direction, direction_given, created_us, trials, successes, pending
		from studies
		order by study_id`)
	return studies, err
}

// StudyByID finds a study by its number.
func (r *Rx) StudyByID(id int64) (study Study, found bool, err error) {
	found, err = r.get(&study, `
		select study_id, name, direction, created_us, trials, successes, pending
		from studies
		where study_id = ?`, id)
	return study, found, err
}

// EnsureStudy finds a study by its name, or creates it with the given time.
func (t *Tx) EnsureStudy(name string, at time.Time) (id int64, created bool, err error) {
	if id, known := t.cache.studies[name]; known {
		return id, false, nil
	}
	id, found, err := t.Study(name)
	if err != nil {
		return 0, false, err
	}
	if !found {
		if id, err = t.insert(`insert into studies (name, created_us) values (?, ?)`, name, at.UnixMicro()); err != nil {
			return 0, false, err
		}
	}
	t.cache.studies[name] = id
	return id, !found, nil
}

// ResetStudy sets the study's statistics and usage to zero and drops its pending
// insights, for the event reset. The recorded rows stay.
func (t *Tx) ResetStudy(study, reset int64) error {
	if _, err := t.exec(`
		update scores set trials_used_in = scores.trials_used_in - u.trials_used_in
		from study_items u
		where u.study_id = ? and u.item_no = scores.item_no`, study); err != nil {
		return err
	}
	if _, err := t.exec(`
		update studies set reset_event = ?, trials = 0, successes = 0, pending = 0
		where study_id = ?`, reset, study); err != nil {
		return err
	}
	if _, err := t.exec(`delete from study_items where study_id = ?`, study); err != nil {
		return err
	}
	_, err := t.exec(`update insights set settled_by = ? where study_id = ? and settled_by is null`, reset, study)
	return err
}

// RenameStudy gives a study another name. If another study has that name, nothing
// changes and taken is true.
func (t *Tx) RenameStudy(study int64, name string) (taken bool, err error) {
	other, found, err := t.Study(name)
	if err != nil || (found && other != study) {
		return found, err
	}
	clear(t.cache.studies)
	if _, err = t.exec(`
		update or replace inputs set study = ?
		where study = (select name from studies where study_id = ?)`, name, study); err != nil {
		return false, err
	}
	_, err = t.exec(`update studies set name = ? where study_id = ?`, name, study)
	return false, err
}

// SetDirection stores which objectives are better: minimize or maximize.
func (t *Tx) SetDirection(study int64, direction string) error {
	t.cache.given[study] = direction
	_, err := t.exec(`update studies set direction = ?, direction_given = 1 where study_id = ?`, direction, study)
	return err
}

// GivenDirection returns the direction that somebody gave a study, "" if nobody did.
func (t *Tx) GivenDirection(study int64) (direction string, err error) {
	if direction, known := t.cache.given[study]; known {
		return direction, nil
	}
	if _, err = t.get(&direction, `select iif(direction_given, direction, '') from studies where study_id = ?`, study); err == nil {
		t.cache.given[study] = direction
	}
	return direction, err
}
