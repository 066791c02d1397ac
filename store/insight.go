package store

// Insight is advice that the reflector drew from a trial or a study.
type Insight struct {
	ID          int64  `db:"insight_id"`
	Category    string `db:"category"`
	Content     string `db:"content"`
	Helpful     bool   `db:"helpful"`
	TrialNumber *int64 `db:"trial_number"` // nil: drawn from the study as a whole
}

// PendingInsights lists a study's insights that wait for a finalize, oldest first,
// at most limit of them, or all if limit is negative.
func (r *Rx) PendingInsights(study int64, limit int) ([]Insight, error) {
	insights := []Insight{}
	err := r.list(&insights, `
		select insight_id, category, content, helpful, trial_number
		from insights
		where study_id = ? and settled_by is null
		order by insight_id
		limit ?`, study, limit)
	return insights, err
}

// SettleInsight marks a pending insight as committed into an item by an event.
func (t *Tx) SettleInsight(insight, event, item int64, added bool) error {
	_, err := t.exec(`update insights set settled_by = ?, item_no = ?, added = ? where insight_id = ?`, event, item, added, insight)
	return err
}

// ClearPending stores that the study has no pending insights left.
func (t *Tx) ClearPending(study int64) error {
	_, err := t.exec(`update studies set pending = 0 where study_id = ?`, study)
	return err
}
