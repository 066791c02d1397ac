package postgres

import "atomizer-db/store"

func (r *reader) PendingInsights(study, after int64, limit int) ([]store.Insight, error) {
	insights := []store.Insight{}
	err := r.list(&insights, `
		select insight_id, category, content, helpful, trial_number, drawn_content
		from insights
		where study_id = $1 and settled_by is null and insight_id > $2
		order by insight_id
		limit case when $3::bigint >= 0 then $3::bigint end`, study, after, limit)
	return insights, err
}

func (r *reader) PendingInsight(study, id int64) (insight store.Insight, found bool, err error) {
	found, err = r.get(&insight, `
		select insight_id, category, content, helpful, trial_number, drawn_content
		from insights
		where study_id = $1 and settled_by is null and insight_id = $2`, study, id)
	return insight, found, err
}

func (w *writer) SettleInsight(insight, event, item int64, added bool) error {
	_, err := w.exec(`update folded_insights set settled_by = $1, item_no = $2, added = $3 where insight_id = $4`, event, item, added, insight)
	return err
}

func (w *writer) RejectInsight(insight, event int64) error {
	_, err := w.exec(`update folded_insights set settled_by = $1 where insight_id = $2`, event, insight)
	return err
}

func (w *writer) EditInsight(insight int64, content string) error {
	_, err := w.exec(`
		update folded_insights set drawn_content = coalesce(drawn_content, content), content = $1
		where insight_id = $2`, content, insight)
	return err
}

func (r *reader) SettledBy(event int64) (s store.Settled, err error) {
	_, err = r.get(&s, `
		select count(*) as insights, count(*) filter (where added) as added, count(*) filter (where not added) as merged
		from insights
		where settled_by = $1`, event)
	return s, err
}

func (w *writer) CountSettled(study, settled int64) error {
	_, err := w.exec(`update study_counts set pending = pending - $1 where study_id = $2`, settled, study)
	return err
}
