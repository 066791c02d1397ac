package sqlite

func (t *writer) AddSourceTrial(item, number int64, study *int64) (added bool, err error) {
	result, err := t.exec(`
		insert into source_trials (item_no, trial_number, study_id) values (?, ?, ?)
		on conflict do update set event_id = null where event_id is not null`, item, number, study)
	if err != nil {
		return false, err
	}
	rows, err := result.RowsAffected()
	return rows > 0, err
}

func (t *writer) CopySourceTrials(from, to, merge int64) error {
	_, err := t.exec(`
		insert into source_trials (item_no, trial_number, study_id, event_id)
		select ?2, trial_number, study_id, ?3
		from source_trials
		where item_no = ?1
		order by source_id
		on conflict do nothing`, from, to, merge)
	return err
}

func (t *writer) RemoveCopiedSourceTrials(merge int64) error {
	_, err := t.exec(`delete from source_trials where event_id = ?`, merge)
	return err
}

func (r *reader) CountSourceTrials() (map[int64]int64, error) {
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

func (t *writer) RemoveSourceTrial(item, number int64) error {
	_, err := t.exec(`delete from source_trials where item_no = ? and trial_number = ?`, item, number)
	return err
}

func (r *reader) SourceTrials(item int64) ([]int64, error) {
	numbers := []int64{}
	err := r.list(&numbers, `
		select trial_number
		from source_trials
		where item_no = ?
		group by trial_number
		order by min(source_id)`, item)
	return numbers, err
}

func (r *reader) AllSourceTrials() (map[int64][]int64, error) {
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
