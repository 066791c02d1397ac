package postgres

import "atomizer-db/store"

func (w *writer) AddItemChange(c store.ItemChange) error {
	_, err := w.exec(`
		insert into item_changes (event_id, item_no, before, after, into_item, added, removed)
		values ($1, $2, $3::text, $4::text, $5::bigint, $6::json, $7::json)`,
		c.Event, c.Item, c.Before, c.After, c.Into, c.Added, c.Removed)
	return err
}

// selectChanges reads folded_ledger, because events that change items are never unfolded.
const selectChanges = `
	select c.event_id, c.item_no, c.before, c.after, c.into_item, c.added, c.removed, d.id, o.id as into_id, l.type,
		coalesce(r.reason, '') as reason, l.time_us
	from item_changes c
	join item_ids d using (item_no)
	join folded_ledger l using (event_id)
	left join item_ids o on o.item_no = c.into_item
	left join reasons r using (event_id) `

func (r *reader) ItemChangeOf(event int64) (change store.NamedChange, found bool, err error) {
	found, err = r.get(&change, selectChanges+`where c.event_id = $1`, event)
	return change, found, err
}

func (r *reader) ItemChanges(item int64) ([]store.NamedChange, error) {
	changes := []store.NamedChange{}
	err := r.list(&changes, selectChanges+`where c.item_no = $1 or c.into_item = $1 order by c.event_id desc`, item)
	return changes, err
}

func (r *reader) MergeOf(item int64) (merge store.NamedChange, found bool, err error) {
	found, err = r.get(&merge, selectChanges+`
		join retirements t on t.event_id = c.event_id
		join items i on i.retirement_id = t.retirement_id
		where i.item_no = $1 and t.reason = 'merged'`, item)
	return merge, found, err
}

func (r *reader) MergedInto(item int64) ([]store.NamedChange, error) {
	merges := []store.NamedChange{}
	err := r.list(&merges, selectChanges+`
		join retirements t on t.event_id = c.event_id
		join items i on i.retirement_id = t.retirement_id
		where c.into_item = $1 and t.reason = 'merged'
		order by c.event_id`, item)
	return merges, err
}

func (r *reader) MergedUsages(trial int64) ([]store.MergedUsage, error) {
	usages := []store.MergedUsage{}
	err := r.list(&usages, `
		select u.item_no, u.counted
		from usages u
		join items i using (item_no)
		join retirements t using (retirement_id)
		where u.event_id = $1 and u.counted > 0 and t.reason = 'merged'
		order by u.item_no`, trial)
	return usages, err
}

func (w *writer) AddInsightChoices(event int64, choices []store.InsightChoice) error {
	for i, c := range choices {
		if _, err := w.exec(`insert into insight_choices (event_id, position, category, content, new_content) values ($1, $2, $3, $4, $5::text)`,
			event, i, c.Category, c.Content, c.NewContent); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) InsightChoices(event int64) ([]store.InsightChoice, error) {
	choices := []store.InsightChoice{}
	err := r.list(&choices, `select category, content, new_content from insight_choices where event_id = $1 order by position`, event)
	return choices, err
}

func (w *writer) AddReason(event int64, reason string) error {
	if reason == "" {
		return nil
	}
	_, err := w.exec(`insert into reasons (event_id, reason) values ($1, $2)`, event, reason)
	return err
}

func (r *reader) Reason(event int64) (reason string, err error) {
	_, err = r.get(&reason, `select reason from reasons where event_id = $1`, event)
	return reason, err
}
