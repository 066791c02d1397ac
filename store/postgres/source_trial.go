package postgres

func (w *writer) AddSourceTrial(item, number int64, study *int64) (added bool, err error) {
	result, err := w.exec(`
		insert into source_trials (source_id, item_no, trial_number, study_id)
		values ((select coalesce(max(source_id), 0) + 1 from source_trials), $1, $2, $3::bigint)
		on conflict (item_no, trial_number, coalesce(study_id, 0)) do update set event_id = null
			where source_trials.event_id is not null`, item, number, study)
	if err != nil {
		return false, err
	}
	rows, err := result.RowsAffected()
	return rows > 0, err
}

func (w *writer) CopySourceTrials(from, to, merge int64) error {
	_, err := w.exec(`
		insert into source_trials (source_id, item_no, trial_number, study_id, event_id)
		select (select coalesce(max(source_id), 0) from source_trials) + row_number() over (order by s.source_id),
			$2::bigint, s.trial_number, s.study_id, $3::bigint
		from source_trials s
		where s.item_no = $1::bigint and not exists (
			select 1 from source_trials o
			where o.item_no = $2::bigint and o.trial_number = s.trial_number and coalesce(o.study_id, 0) = coalesce(s.study_id, 0))`,
		from, to, merge)
	return err
}

func (w *writer) RemoveCopiedSourceTrials(merge int64) error {
	_, err := w.exec(`delete from source_trials where event_id = $1`, merge)
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

func (w *writer) RemoveSourceTrial(item, number int64) error {
	_, err := w.exec(`delete from source_trials where item_no = $1 and trial_number = $2`, item, number)
	return err
}

func (r *reader) SourceTrials(item int64) ([]int64, error) {
	numbers := []int64{}
	err := r.list(&numbers, `
		select trial_number
		from source_trials
		where item_no = $1
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
