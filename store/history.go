package store

// Use is one event that named an item.
type Use struct {
	Event       int64     `db:"event_id"`
	Type        EventType `db:"type"` // TrialEvent or ErrorEvent
	Study       string    `db:"study"`
	TrialNumber int64     `db:"trial_number"`
	Success     bool      `db:"success"`
	Named       int64     `db:"named"`
	Counted     int64     `db:"counted"`
	Void        bool      `db:"void"` // the trial does not count
	TimeUS      int64     `db:"time_us"`
}

// Uses lists the latest events that named an item, newest first, at most limit of
// them.
func (r *Rx) Uses(item int64, limit int) ([]Use, error) {
	uses := []Use{}
	err := r.list(&uses, `
		select l.event_id, l.type, s.name as study, l.trial_number, ifnull(l.success, 0) as success, m.named, m.counted,
			l.voided_by is not null as void, l.time_us
		from (
			-- Both tables are in the order of events: the search ends at the latest few.
			select * from (select event_id, named, counted from usages where item_no = ?1 order by event_id desc limit ?2)
			union all
			select * from (select event_id, named, counted from blames where item_no = ?1 order by event_id desc limit ?2)
		) m
		join ledger l using (event_id)
		join studies s using (study_id)
		order by l.event_id desc
		limit ?2`, item, limit)
	return uses, err
}

// Origin is an insight that was committed into an item.
type Origin struct {
	Insight     int64  `db:"insight_id"`
	Study       string `db:"study"`
	TrialNumber *int64 `db:"trial_number"`
	SettledBy   int64  `db:"settled_by"` // the finalize
	Added       bool   `db:"added"`      // the item was created from it
	TimeUS      int64  `db:"time_us"`    // of the finalize
}

// Origins lists the latest insights that were committed into an item, newest first,
// at most limit of them.
func (r *Rx) Origins(item int64, limit int) ([]Origin, error) {
	origins := []Origin{}
	err := r.list(&origins, `
		select i.insight_id, s.name as study, i.trial_number, i.settled_by, i.added, l.time_us
		from insights i
		join studies s using (study_id)
		join ledger l on l.event_id = i.settled_by
		where i.item_no = ?
		order by i.settled_by desc, i.insight_id desc
		limit ?`, item, limit)
	return origins, err
}
