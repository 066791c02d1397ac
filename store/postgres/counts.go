package postgres

// studyCount is what changes in the statistics of a study.
type studyCount struct{ trials, successes, pending int64 }

// addToStudy adds to the statistics of a study.
func (w *writer) addToStudy(study int64, n studyCount) error {
	_, err := w.exec(`
		update study_counts set trials = trials + $1, successes = successes + $2, pending = pending + $3
		where study_id = $4`, n.trials, n.successes, n.pending, study)
	return err
}
