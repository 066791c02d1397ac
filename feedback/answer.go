package feedback

import (
	"atomizer-db/feedback/attribution"
	"atomizer-db/feedback/report"
)

// Answer is the result of recording an event: a [TrialAnswer], a [FinalizeAnswer],
// or an [Acknowledgement] where the legacy call returns nothing. Encoded as JSON
// it is the legacy call's answer.
type Answer interface{ Duplicated() bool }

// Acknowledgement reports that an event was recorded.
type Acknowledgement struct {
	// Duplicate is true if an event with the same key was already recorded, so that
	// this one was not.
	Duplicate bool `json:"duplicate,omitempty"`
}

// Duplicated reports whether an event with the same key was already recorded. The
// answer is then the one that it got.
func (a Acknowledgement) Duplicated() bool { return a.Duplicate }

// TrialAnswer is the result of recording a trial.
type TrialAnswer struct {
	TrialNumber       int64 `json:"trial_number"`
	Success           bool  `json:"success"`
	ItemsUpdated      int   `json:"items_updated"`      // how often the trial named items that the playbook has
	InsightsExtracted int   `json:"insights_extracted"` // now pending

	// Committed is the commit that followed by [CommitEvery], nil for none.
	Committed *InsightsAnswer `json:"committed,omitempty"`
	Named
	Acknowledgement
}

// ErrorAnswer is the result of recording an error.
type ErrorAnswer struct {
	Named
	Acknowledgement
}

// Named says which ids an event named in vain.
type Named struct {
	UnknownItems []string          `json:"unknown_items,omitempty"` // the playbook does not have them: they counted for nothing
	MergedItems  map[string]string `json:"merged_items,omitempty"`  // those of them that were merged, and into which item
}

// InsightsAnswer is the result of an event that commits, rejects or edits pending insights.
type InsightsAnswer struct {
	Insights int64 `json:"insights"` // pending insights that it concerned
	Added    int64 `json:"insights_added"`
	Merged   int64 `json:"insights_merged"`
	Pending  int64 `json:"pending"` // insights of the study that are left
	Acknowledgement
}

// ItemAnswer is the result of an event that changes an item.
type ItemAnswer struct {
	Item
	Acknowledgement
}

// FinalizeAnswer is the result of a finalize.
type FinalizeAnswer struct {
	LegacyFinalizeAnswer
	InsightsMerged int64 `json:"insights_merged"` // pending insights that were merged into an item

	// NotExported says why playbook.json was not written although it was to be, "" if it was.
	NotExported string `json:"not_exported,omitempty"`

	// What only [Loop.Finalize] tells, and not of a duplicate: the items that were pruned, in
	// order of arrival, and the best objective of the study.
	Pruned []PrunedItem `json:"pruned,omitempty"`
	*report.BestObjective
}

// PrunedItem is an item that a finalize pruned, or would, and what attribution over all
// studies said of it.
type PrunedItem struct {
	ItemNote
	Lift    *float64            `json:"lift"` // nil: there is nothing to compare
	Verdict attribution.Verdict `json:"verdict"`

	Warnings []string `json:"warnings"` // what may fool the comparison
}

// ItemNote describes an item briefly.
type ItemNote struct {
	ID       string `json:"id"`
	Category string `json:"category"`
	Content  string `json:"content"`
	NetScore int64  `json:"net_score"`
}

// LegacyFinalizeAnswer is the legacy call's answer to a finalize. The
// statistics are the study's, since its last reset.
type LegacyFinalizeAnswer struct {
	InsightsAdded        int64   `json:"insights_added"` // new items
	ItemsPruned          int64   `json:"items_pruned"`
	PlaybookSize         int64   `json:"playbook_size"`
	PlaybookVersion      int64   `json:"playbook_version"`
	TotalTrialsProcessed int64   `json:"total_trials_processed"`
	SuccessfulTrials     int64   `json:"successful_trials"`
	FailedTrials         int64   `json:"failed_trials"`
	SuccessRate          float64 `json:"success_rate"` // 0 before the first trial
	Acknowledgement
}
