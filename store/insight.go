package store

// Insight is advice that the reflector drew from a trial or a study.
type Insight struct {
	ID          int64  `db:"insight_id"`
	Category    string `db:"category"`
	Content     string `db:"content"`
	Helpful     bool   `db:"helpful"`
	TrialNumber *int64 `db:"trial_number"` // nil: drawn from the study as a whole
}

// AddInsights adds pending insights, in their order, drawn from an event.
func (t *Tx) AddInsights(event, study int64, insights []Insight) error {
	for _, i := range insights {
		if err := t.add(insightRows, integer(event), integer(study), text(i.Category), text(i.Content), boolean(i.Helpful),
			orNull(integer, i.TrialNumber)); err != nil {
			return err
		}
	}
	t.memory.counts.addStudy(study, studyCount{pending: int64(len(insights))})
	return nil
}

// PendingInsights lists a study's insights that await a finalize, oldest first,
// at most limit of them; a negative limit is none.
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

// ClearPending says that the study has no pending insights left, those of the
// newest event included.
func (t *Tx) ClearPending(study int64) error {
	c := t.memory.counts.studies[study]
	t.memory.counts.addStudy(study, studyCount{pending: -c.pending})
	_, err := t.exec(`update studies set pending = 0 where study_id = ?`, study)
	return err
}
