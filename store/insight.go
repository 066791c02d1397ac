package store

// Insight is advice that the reflector drew from a trial or a study.
type Insight struct {
	ID          int64  `db:"insight_id"`
	Category    string `db:"category"`
	Content     string `db:"content"`
	Helpful     bool   `db:"helpful"`
	TrialNumber *int64 `db:"trial_number"` // nil: drawn from the study as a whole

	DrawnContent *string `db:"drawn_content"` // what it said before it was edited; nil: it was not
}

// PendingInsights lists a study's pending insights with ids above after, oldest first, at
// most limit of them, or all if limit is negative.
func (r *Rx) PendingInsights(study, after int64, limit int) ([]Insight, error) {
	insights := []Insight{}
	err := r.list(&insights, `
		select insight_id, category, content, helpful, trial_number, drawn_content
		from insights
		where study_id = ? and settled_by is null and insight_id > ?
		order by insight_id
		limit ?`, study, after, limit)
	return insights, err
}

// PendingInsight finds a pending insight of a study by its id.
func (r *Rx) PendingInsight(study, id int64) (insight Insight, found bool, err error) {
	found, err = r.get(&insight, `
		select insight_id, category, content, helpful, trial_number, drawn_content
		from insights
		where study_id = ? and settled_by is null and insight_id = ?`, study, id)
	return insight, found, err
}

// SettleInsight marks a pending insight as committed into an item by an event.
func (t *Tx) SettleInsight(insight, event, item int64, added bool) error {
	_, err := t.exec(`update insights set settled_by = ?, item_no = ?, added = ? where insight_id = ?`, event, item, added, insight)
	return err
}

// RejectInsight marks a pending insight as dropped by an event.
func (t *Tx) RejectInsight(insight, event int64) error {
	_, err := t.exec(`update insights set settled_by = ? where insight_id = ?`, event, insight)
	return err
}

// EditInsight changes what a pending insight says, and keeps what it said when it was
// drawn.
func (t *Tx) EditInsight(insight int64, content string) error {
	_, err := t.exec(`
		update insights set drawn_content = ifnull(drawn_content, content), content = ?
		where insight_id = ?`, content, insight)
	return err
}

// Settled counts the insights that an event settled.
type Settled struct {
	Insights int64 `db:"insights"`
	Added    int64 `db:"added"`  // became new items
	Merged   int64 `db:"merged"` // into existing items
}

// SettledBy counts the insights that an event settled. It reads all insights of its study.
func (r *Rx) SettledBy(event int64) (s Settled, err error) {
	_, err = r.get(&s, `
		select count(*) as insights, ifnull(sum(added), 0) as added, ifnull(sum(1 - added), 0) as merged
		from insights
		where settled_by = ?`, event)
	return s, err
}

// CountSettled subtracts settled insights from the pending ones of the study.
func (t *Tx) CountSettled(study, settled int64) error {
	return t.addToStudy(study, studyCount{pending: -settled})
}
