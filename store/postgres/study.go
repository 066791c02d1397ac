package postgres

import (
	"time"

	"atomizer-db/store"
)

func (r *reader) Study(name string) (id int64, found bool, err error) {
	// Not the view, because recording must not read what is not folded.
	found, err = r.get(&id, `select study_id from folded_studies where name = $1`, name)
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
		where study_id = $1`, id)
	return study, found, err
}

func (w *writer) EnsureStudy(name string, at time.Time) (id int64, created bool, err error) {
	if id, known := w.cachedStudy(name); known {
		return id, false, nil
	}
	id, found, err := w.Study(name)
	if err != nil {
		return 0, false, err
	}
	if !found {
		if id, err = w.addStudy(name, at); err != nil {
			return 0, false, err
		}
	}
	w.learned.studies[name] = id
	return id, !found, nil
}

// addStudy adds a study in a transaction that need not be ordered.
func (w *writer) addStudy(name string, at time.Time) (id int64, err error) {
	// If another transaction adds a study at the same time, "on conflict do nothing" makes this
	// one fail in a way after which it is tried again. A unique violation is not tried again.
	found, err := w.get(&id, `
		insert into folded_studies (study_id, name, created_us)
		select coalesce(max(study_id), 0) + 1, $1::text, $2::bigint from folded_studies
		on conflict do nothing
		returning study_id`, name, at.UnixMicro())
	switch {
	case err != nil:
		return 0, err
	case !found:
		return 0, store.Inconsistent("the study %q is there and is not", name)
	}
	_, err = w.run(`insert into study_counts (study_id) values ($1)`, id)
	return id, err
}

func (w *writer) ResetStudy(study, reset int64) error {
	if _, err := w.exec(`
		update folded_scores set trials_used_in = folded_scores.trials_used_in - u.trials_used_in
		from folded_study_items u
		where u.study_id = $1 and u.item_no = folded_scores.item_no`, study); err != nil {
		return err
	}
	if _, err := w.exec(`update folded_studies set reset_event = $1 where study_id = $2`, reset, study); err != nil {
		return err
	}
	if _, err := w.exec(`update study_counts set trials = 0, successes = 0, pending = 0 where study_id = $1`, study); err != nil {
		return err
	}
	if _, err := w.exec(`delete from folded_study_items where study_id = $1`, study); err != nil {
		return err
	}
	_, err := w.exec(`update folded_insights set settled_by = $1 where study_id = $2 and settled_by is null`, reset, study)
	return err
}

func (w *writer) RenameStudy(study int64, name string) (taken bool, err error) {
	if err := w.order(); err != nil {
		return false, err
	}
	other, found, err := w.Study(name)
	if err != nil || (found && other != study) {
		return found, err
	}
	if err := w.change(); err != nil {
		return false, err
	}
	clear(w.learned.studies)
	// The inputs take the place of those that were read for the name before it was a study's.
	if _, err = w.exec(`
		delete from inputs
		using folded_studies s, inputs i
		where s.study_id = $2 and s.name <> $1 and i.study = s.name and inputs.study = $1 and inputs.name = i.name`, name, study); err != nil {
		return false, err
	}
	if _, err = w.exec(`
		update inputs set study = $1
		where study = (select name from folded_studies where study_id = $2)`, name, study); err != nil {
		return false, err
	}
	_, err = w.exec(`update folded_studies set name = $1 where study_id = $2`, name, study)
	return false, err
}

func (w *writer) SetDirection(study int64, direction string) error {
	if err := w.change(); err != nil {
		return err
	}
	w.learned.given[study] = direction
	_, err := w.exec(`update folded_studies set direction = $1, direction_given = true where study_id = $2`, direction, study)
	return err
}

func (w *writer) GivenDirection(study int64) (direction string, err error) {
	// The transaction is not ordered for it, because recording asks for the direction of each
	// event that has one.
	if direction, known := w.cachedDirection(study); known {
		return direction, nil
	}
	if _, err = w.get(&direction, `
		select case when direction_given then direction else '' end
		from folded_studies
		where study_id = $1`, study); err == nil {
		w.learned.given[study] = direction
	}
	return direction, err
}
