package postgres

import "atomizer-db/store"

func (w *writer) AddFinalization(f store.Finalization) error {
	_, err := w.exec(`
		insert into finalizations (event_id, name, total_trials, best_value, convergence_rate, method, save_playbook, prune_by, prune_below,
			insights_added, insights_merged, items_pruned, playbook_size, playbook_version, total_trials_processed, successful_trials)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9::bigint, $10, $11, $12, $13, $14, $15, $16)`,
		f.Event, f.Name, f.TotalTrials, f.BestValue, f.ConvergenceRate, f.Method, f.SavePlaybook, f.PruneBy, f.PruneBelow,
		f.Added, f.Merged, f.Pruned, f.Size, f.Version, f.Trials, f.Successes)
	return err
}

func (r *reader) Finalization(event int64) (f store.Finalization, found bool, err error) {
	found, err = r.get(&f, `
		select event_id, name, total_trials, best_value, convergence_rate, method, save_playbook, prune_by, prune_below,
			insights_added, insights_merged, items_pruned, playbook_size, playbook_version, total_trials_processed, successful_trials
		from finalizations
		where event_id = $1`, event)
	return f, found, err
}
