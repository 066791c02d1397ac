package store

import "time"

// PlaybookChange is a change of the playbook that no event of a study made.
type PlaybookChange struct {
	AfterEvent int64   `db:"after_event"` // the last event before it
	TimeUS     int64   `db:"time_us"`     //
	Content    *string `db:"content"`     // a JSON object; nil: it stands for all changes before an earlier schema was migrated
}

// AddPlaybookChange stores a change of the playbook after the newest event.
func (t *Tx) AddPlaybookChange(content string, at time.Time) error {
	after, err := t.LastEvent()
	if err != nil {
		return err
	}
	_, err = t.exec(`insert into playbook_changes (after_event, time_us, content) values (?, ?, ?)`, after, at.UnixMicro(), content)
	return err
}

// PlaybookChanges lists the changes of the playbook that no event of a study made, in
// order.
func (r *Rx) PlaybookChanges() ([]PlaybookChange, error) {
	changes := []PlaybookChange{}
	err := r.list(&changes, `select after_event, time_us, content from playbook_changes order by change_id`)
	return changes, err
}

// SourceTrial is a trial that an item was learned from.
type SourceTrial struct {
	ID     int64  `db:"source_id"`
	Item   int64  `db:"item_no"`
	Number int64  `db:"trial_number"`
	Study  *int64 `db:"study_id"` // nil: it came from a playbook.json
	Merge  *int64 `db:"event_id"` // the merge that brought it, nil: none
}

// AllSources lists the source trials of all items, in order of arrival.
func (r *Rx) AllSources() ([]SourceTrial, error) {
	sources := []SourceTrial{}
	err := r.list(&sources, `select source_id, item_no, trial_number, study_id, event_id from source_trials order by source_id`)
	return sources, err
}

// AdjustmentsAfter lists the adjustments after the one with the given id, in order.
func (r *Rx) AdjustmentsAfter(id int64) ([]Adjustment, error) {
	adjustments := []Adjustment{}
	err := r.list(&adjustments, selectAdjustments+`where adjustment_id > ? order by adjustment_id`, id)
	return adjustments, err
}

// LastAdjustment returns the id of the newest adjustment, 0 before the first.
func (r *Rx) LastAdjustment() (id int64, err error) {
	_, err = r.get(&id, `select ifnull(max(adjustment_id), 0) from adjustments`)
	return id, err
}

// IsPlaybookUntouched reports whether the playbook is empty, and no event was recorded since
// it began.
func (r *Rx) IsPlaybookUntouched() (untouched bool, err error) {
	_, err = r.get(&untouched, `
		select not exists (select 1 from ledger) and not exists (select 1 from items) and (select count(*) from playbook_changes) <= 1`)
	return untouched, err
}

// ForgetPlaybook removes what an untouched playbook started from, so that it can start from
// something else.
func (t *Tx) ForgetPlaybook() error {
	for _, statement := range []string{`delete from playbook_changes`, `delete from prefixes`, `delete from playbook`, `delete from playbook_file`} {
		if _, err := t.exec(statement); err != nil {
			return err
		}
	}
	return nil
}
