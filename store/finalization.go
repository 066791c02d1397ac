package store

// Finalization is a finalize: its parameters and its answer.
type Finalization struct {
	Event           int64   `db:"event_id"`
	Name            string  `db:"name"`
	TotalTrials     int64   `db:"total_trials"`
	BestValue       float64 `db:"best_value"`
	ConvergenceRate float64 `db:"convergence_rate"`
	Method          string  `db:"method"`
	SavePlaybook    bool    `db:"save_playbook"`
	PruneBy         string  `db:"prune_by"`
	PruneBelow      *int64  `db:"prune_below"` // nil: the rule has no threshold
	Added           int64   `db:"insights_added"`
	Merged          int64   `db:"insights_merged"`
	Pruned          int64   `db:"items_pruned"`
	Size            int64   `db:"playbook_size"`
	Version         int64   `db:"playbook_version"`
	Trials          int64   `db:"total_trials_processed"`
	Successes       int64   `db:"successful_trials"`
}

// AddFinalization stores the parameters and the answer of a finalize.
func (t *Tx) AddFinalization(f Finalization) error {
	_, err := t.exec(`
		insert into finalizations (event_id, name, total_trials, best_value, convergence_rate, method, save_playbook, prune_by, prune_below,
			insights_added, insights_merged, items_pruned, playbook_size, playbook_version, total_trials_processed, successful_trials)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		f.Event, f.Name, f.TotalTrials, f.BestValue, f.ConvergenceRate, f.Method, f.SavePlaybook, f.PruneBy, f.PruneBelow,
		f.Added, f.Merged, f.Pruned, f.Size, f.Version, f.Trials, f.Successes)
	return err
}

// Finalization finds the finalization of an event.
func (r *Rx) Finalization(event int64) (f Finalization, found bool, err error) {
	found, err = r.get(&f, `
		select event_id, name, total_trials, best_value, convergence_rate, method, save_playbook, prune_by, prune_below,
			insights_added, insights_merged, items_pruned, playbook_size, playbook_version, total_trials_processed, successful_trials
		from finalizations
		where event_id = ?`, event)
	return f, found, err
}
