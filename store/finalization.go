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
