package store

// ItemChange is the content of an event that changes an item. Which fields it has depends
// on the type of the event.
type ItemChange struct {
	Event  int64   `db:"event_id"`
	Item   int64   `db:"item_no"`
	Before *string `db:"before"` // the content, or the tags as a JSON array
	After  *string `db:"after"`
	Into   *int64  `db:"into_item"` // the item that it was merged into

	Added   *string `db:"added"` // the tags that the event adds and removes, as JSON arrays
	Removed *string `db:"removed"`
}

// AddItemChange stores the content of an event that changes an item.
func (t *Tx) AddItemChange(c ItemChange) error {
	_, err := t.exec(`insert into item_changes (event_id, item_no, before, after, into_item, added, removed) values (?, ?, ?, ?, ?, ?, ?)`,
		c.Event, c.Item, c.Before, c.After, c.Into, c.Added, c.Removed)
	return err
}

// NamedChange is a change with the ids of its items.
type NamedChange struct {
	ItemChange
	ID     string  `db:"id"`
	IntoID *string `db:"into_id"`
	Type   string  `db:"type"`
	Reason string  `db:"reason"` // "" for none
	TimeUS int64   `db:"time_us"`
}

const selectChanges = `
	select c.event_id, c.item_no, c.before, c.after, c.into_item, c.added, c.removed, d.id, o.id as into_id, l.type, ifnull(r.reason, '') as reason, l.time_us
	from item_changes c
	join item_ids d using (item_no)
	join ledger l using (event_id)
	left join item_ids o on o.item_no = c.into_item
	left join reasons r using (event_id) `

// ItemChangeOf finds the change of an event.
func (r *Rx) ItemChangeOf(event int64) (change NamedChange, found bool, err error) {
	found, err = r.get(&change, selectChanges+`where c.event_id = ?`, event)
	return change, found, err
}

// ItemChanges lists the changes of an item and the merges into it, newest first.
func (r *Rx) ItemChanges(item int64) ([]NamedChange, error) {
	changes := []NamedChange{}
	err := r.list(&changes, selectChanges+`where c.item_no = ?1 or c.into_item = ?1 order by c.event_id desc`, item)
	return changes, err
}

// MergeOf finds the merge by which an item is retired; found is false if it is live, or
// retired otherwise.
func (r *Rx) MergeOf(item int64) (merge NamedChange, found bool, err error) {
	found, err = r.get(&merge, selectChanges+`
		join retirements t on t.event_id = c.event_id
		join items i on i.retirement_id = t.retirement_id
		where i.item_no = ? and t.reason = 'merged'`, item)
	return merge, found, err
}

// MergedInto lists the merges of the items that are merged into an item, in order.
func (r *Rx) MergedInto(item int64) ([]NamedChange, error) {
	merges := []NamedChange{}
	err := r.list(&merges, selectChanges+`
		join retirements t on t.event_id = c.event_id
		join items i on i.retirement_id = t.retirement_id
		where c.into_item = ? and t.reason = 'merged'
		order by c.event_id`, item)
	return merges, err
}

// MergedUsage is a usage that counts for the item that its own was merged into.
type MergedUsage struct {
	Item    int64 `db:"item_no"`
	Counted int64 `db:"counted"`
}

// MergedUsages lists the usages of a trial that count for items that are merged by now.
func (r *Rx) MergedUsages(trial int64) ([]MergedUsage, error) {
	usages := []MergedUsage{}
	err := r.list(&usages, `
		select u.item_no, u.counted
		from usages u
		join items i using (item_no)
		join retirements t using (retirement_id)
		where u.event_id = ? and u.counted > 0 and t.reason = 'merged'`, trial)
	return usages, err
}

// InsightChoice is a pending insight that an event names, by what it says.
type InsightChoice struct {
	Category   string  `db:"category"`
	Content    string  `db:"content"`
	NewContent *string `db:"new_content"` // what an edit made of it
}

// AddInsightChoices stores which pending insights an event names.
func (t *Tx) AddInsightChoices(event int64, choices []InsightChoice) error {
	for i, c := range choices {
		if _, err := t.exec(`insert into insight_choices (event_id, position, category, content, new_content) values (?, ?, ?, ?, ?)`,
			event, i, c.Category, c.Content, c.NewContent); err != nil {
			return err
		}
	}
	return nil
}

// InsightChoices lists the insights that an event names, in its order.
func (r *Rx) InsightChoices(event int64) ([]InsightChoice, error) {
	choices := []InsightChoice{}
	err := r.list(&choices, `select category, content, new_content from insight_choices where event_id = ? order by position`, event)
	return choices, err
}

// AddReason stores why an event happened, unless the reason is "".
func (t *Tx) AddReason(event int64, reason string) error {
	if reason == "" {
		return nil
	}
	_, err := t.exec(`insert into reasons (event_id, reason) values (?, ?)`, event, reason)
	return err
}

// Reason returns why an event happened, "" if nobody said so.
func (r *Rx) Reason(event int64) (reason string, err error) {
	_, err = r.get(&reason, `select reason from reasons where event_id = ?`, event)
	return reason, err
}
