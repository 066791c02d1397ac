package sqlite

import (
	"time"

	"atomizer-db/store"
)

func (r *reader) Study(name string) (id int64, found bool, err error) {
	found, err = r.get(&id, `select study_id from studies where name = ?`, name)
	return id, found, err
}

func (r *reader) Studies() ([]store.Study, error) {
	studies := []store.Study{}
	err := r.list(&studies, `
		select study_id, name, direction, direction_given, created_us, trials, successes, pending
		from studies
		order by study_id`)
	return studies, err
}

func (r *reader) StudyByID(id int64) (study store.Study, found bool, err error) {
	found, err = r.get(&study, `
		select study_id, name, direction, direction_given, created_us, trials, successes, pending
		from studies
		where study_id = ?`, id)
	return study, found, err
}

func (t *writer) EnsureStudy(name string, at time.Time) (id int64, created bool, err error) {
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

func (t *writer) ResetStudy(study, reset int64) error {
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

func (t *writer) RenameStudy(study int64, name string) (taken bool, err error) {
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

func (t *writer) SetDirection(study int64, direction string) error {
	t.cache.given[study] = direction
	_, err := t.exec(`update studies set direction = ?, direction_given = 1 where study_id = ?`, direction, study)
	return err
}

func (t *writer) GivenDirection(study int64) (direction string, err error) {
	if direction, known := t.cache.given[study]; known {
		return direction, nil
	}
	if _, err = t.get(&direction, `select iif(direction_given, direction, '') from studies where study_id = ?`, study); err == nil {
		t.cache.given[study] = direction
	}
	return direction, err
}
