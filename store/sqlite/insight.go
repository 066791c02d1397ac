package sqlite

import "atomizer-db/store"

func (r *reader) PendingInsights(study, after int64, limit int) ([]store.Insight, error) {
	insights := []store.Insight{}
	err := r.list(&insights, `
		select insight_id, category, content, helpful, trial_number, drawn_content
		from insights
		where study_id = ? and settled_by is null and insight_id > ?
		order by insight_id
		limit ?`, study, after, limit)
	return insights, err
}

func (r *reader) PendingInsight(study, id int64) (insight store.Insight, found bool, err error) {
	found, err = r.get(&insight, `
		select insight_id, category, content, helpful, trial_number, drawn_content
		from insights
		where study_id = ? and settled_by is null and insight_id = ?`, study, id)
	return insight, found, err
}

func (t *writer) SettleInsight(insight, event, item int64, added bool) error {
	_, err := t.exec(`update insights set settled_by = ?, item_no = ?, added = ? where insight_id = ?`, event, item, added, insight)
	return err
}

func (t *writer) RejectInsight(insight, event int64) error {
	_, err := t.exec(`update insights set settled_by = ? where insight_id = ?`, event, insight)
	return err
}

func (t *writer) EditInsight(insight int64, content string) error {
	_, err := t.exec(`
		update insights set drawn_content = ifnull(drawn_content, content), content = ?
		where insight_id = ?`, content, insight)
	return err
}

func (r *reader) SettledBy(event int64) (s store.Settled, err error) {
	_, err = r.get(&s, `
		select count(*) as insights, ifnull(sum(added), 0) as added, ifnull(sum(1 - added), 0) as merged
		from insights
		where settled_by = ?`, event)
	return s, err
}

func (t *writer) CountSettled(study, settled int64) error {
	return t.addToStudy(study, studyCount{pending: -settled})
}
