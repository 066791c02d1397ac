package sqlite

import "atomizer-db/store"

func (t *writer) AddFinalization(f store.Finalization) error {
	_, err := t.exec(`
		insert into finalizations (event_id, name, total_trials, best_value, convergence_rate, method, save_playbook, prune_by, prune_below,
			insights_added, insights_merged, items_pruned, playbook_size, playbook_version, total_trials_processed, successful_trials)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		f.Event, f.Name, f.TotalTrials, f.BestValue, f.ConvergenceRate, f.Method, f.SavePlaybook, f.PruneBy, f.PruneBelow,
		f.Added, f.Merged, f.Pruned, f.Size, f.Version, f.Trials, f.Successes)
	return err
}

func (r *reader) Finalization(event int64) (f store.Finalization, found bool, err error) {
	found, err = r.get(&f, `
		select event_id, name, total_trials, best_value, convergence_rate, method, save_playbook, prune_by, prune_below,
			insights_added, insights_merged, items_pruned, playbook_size, playbook_version, total_trials_processed, successful_trials
		from finalizations
		where event_id = ?`, event)
	return f, found, err
}
