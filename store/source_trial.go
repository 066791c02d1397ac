package store

// AddSourceTrial stores that an item was learned from a trial. study is nil for a
// number that came from a playbook.json. added is false if it was already stored, unless a
// merge brought it: then it becomes the item's own.
func (t *Tx) AddSourceTrial(item, number int64, study *int64) (added bool, err error) {
	result, err := t.exec(`
		insert into source_trials (item_no, trial_number, study_id) values (?, ?, ?)
		on conflict do update set event_id = null where event_id is not null`, item, number, study)
	if err != nil {
		return false, err
	}
	rows, err := result.RowsAffected()
	return rows > 0, err
}

// CopySourceTrials adds the source trials of an item to those of another that lacks them,
// for a merge.
func (t *Tx) CopySourceTrials(from, to, merge int64) error {
	_, err := t.exec(`
		insert into source_trials (item_no, trial_number, study_id, event_id)
		select ?2, trial_number, study_id, ?3
		from source_trials
		where item_no = ?1
		order by source_id
		on conflict do nothing`, from, to, merge)
	return err
}

// RemoveCopiedSourceTrials takes back what a merge added to the source trials of an item.
func (t *Tx) RemoveCopiedSourceTrials(merge int64) error {
	_, err := t.exec(`delete from source_trials where event_id = ?`, merge)
	return err
}

// CountSourceTrials counts the trials that each item was learned from, by item_no.
func (r *Rx) CountSourceTrials() (map[int64]int64, error) {
	var rows []struct {
		Item   int64 `db:"item_no"`
		Trials int64 `db:"trials"`
	}
	err := r.list(&rows, `select item_no, count(*) as trials from source_trials group by item_no`)
	counts := make(map[int64]int64, len(rows))
	for _, row := range rows {
		counts[row.Item] = row.Trials
	}
	return counts, err
}

// RemoveSourceTrial removes a trial number from the source trials of an item, for all
// studies.
func (t *Tx) RemoveSourceTrial(item, number int64) error {
	_, err := t.exec(`delete from source_trials where item_no = ? and trial_number = ?`, item, number)
	return err
}

// SourceTrials returns the numbers of the trials that an item was learned from, each
// once, in order of arrival.
func (r *Rx) SourceTrials(item int64) ([]int64, error) {
	numbers := []int64{}
	err := r.list(&numbers, `
		select trial_number
		from source_trials
		where item_no = ?
		group by trial_number
		order by min(source_id)`, item)
	return numbers, err
}

// AllSourceTrials returns the trial numbers of every item, as SourceTrials does, by
// item_no.
func (r *Rx) AllSourceTrials() (map[int64][]int64, error) {
	var rows []struct {
		Item   int64 `db:"item_no"`
		Number int64 `db:"trial_number"`
	}
	err := r.list(&rows, `
		select item_no, trial_number
		from source_trials
		group by item_no, trial_number
		order by item_no, min(source_id)`)
	numbers := map[int64][]int64{}
	for _, row := range rows {
		numbers[row.Item] = append(numbers[row.Item], row.Number)
	}
	return numbers, err
}
