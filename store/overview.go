package store

// RecordedFinalization is a finalization among those of its study.
type RecordedFinalization struct {
	Finalization
	Study  string `db:"study"`
	TimeUS int64  `db:"time_us"`
}

// Finalizations lists the latest finalizes of a study, or of all studies if it is
// nil, newest first, at most limit of them.
func (r *Rx) Finalizations(study *int64, limit int) ([]RecordedFinalization, error) {
	finalizations := []RecordedFinalization{}
	err := r.list(&finalizations, `
		select f.*, s.name as study, l.time_us
		from finalizations f
		join ledger l using (event_id)
		join studies s using (study_id)
		where s.study_id = ?1 or ?1 is null
		order by event_id desc
		limit ?2`, study, limit)
	return finalizations, err
}

// GoneItem is an item that left the playbook.
type GoneItem struct {
	ID        string  `db:"id"`
	Category  string  `db:"category"`
	Content   string  `db:"content"`
	Helpful   int64   `db:"helpful"`
	Harmful   int64   `db:"harmful"`
	Reason    string  `db:"reason"` // Pruned, Retired, Merged or Removed
	Why       *string `db:"why"`    // what somebody said; nil: nothing
	RetiredUS int64   `db:"retired_us"`
}

// GoneItems lists the items that left the playbook last, newest first, at most limit of
// them.
func (r *Rx) GoneItems(limit int) ([]GoneItem, error) {
	items := []GoneItem{}
	err := r.list(&items, `
		select d.id, i.category, i.content, c.helpful, c.harmful, r.reason, w.reason as why, r.retired_us
		from items i
		join retirements r using (retirement_id)
		join item_ids d on d.item_no = i.item_no
		join scores c on c.item_no = i.item_no
		left join reasons w on w.event_id = r.event_id
		order by r.retirement_id desc
		limit ?`, limit)
	return items, err
}

// CountGoneItems returns the number of items that left the playbook.
func (r *Rx) CountGoneItems() (n int64, err error) {
	_, err = r.get(&n, `select count(*) from items where retirement_id is not null`)
	return n, err
}
