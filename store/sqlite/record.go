package sqlite

import "atomizer-db/store"

// The tables that recording adds rows to.
var (
	ledgerTable = newTable(16, `insert into ledger (event_id, study_id, type, trial_number, time_us, key, digest, success, objective_value,
		design_variables, extractor_used, duration_seconds, details, items_updated, insights_extracted, holdout)`, ``)
	usagesTable   = newTable(4, `insert into usages (event_id, item_no, named, counted)`, ``)
	blamesTable   = newTable(4, `insert into blames (event_id, item_no, named, counted)`, ``)
	shownTable    = newTable(2, `insert into shown (event_id, item_no)`, ``)
	errorsTable   = newTable(5, `insert into errors (event_id, position, kind, class, message)`, ``)
	insightsTable = newTable(6, `insert into insights (event_id, study_id, category, content, helpful, trial_number)`, ``)
)

func (t *writer) Record(entries []store.Entry) ([]store.Receipt, error) {
	items, err := t.lookUp(entries)
	if err != nil {
		return nil, err
	}
	last, err := t.lastEvent()
	if err != nil {
		return nil, err
	}
	r := recording{tx: t, items: items, counts: newCounts(), latest: map[trialKey][]mention{}}
	receipts := make([]store.Receipt, len(entries))
	for i := range entries {
		last++
		if receipts[i], err = r.add(last, &entries[i]); err != nil {
			return nil, err
		}
	}
	if err := r.write(); err != nil {
		return nil, err
	}
	t.cache.lastEvent = last
	return receipts, nil
}

// recording collects the rows and counts of one call of Record. Each table is then
// written once, parents before children.
type recording struct {
	tx     *writer
	items  map[string]item
	counts counts
	latest map[trialKey][]mention // the items that the trials of this call used

	ledger, usages, blames, shown, errors, insights []any // values of rows
}

// trialKey is a trial number of a study.
type trialKey struct{ study, number int64 }

// add collects the rows and counts of an event.
func (r *recording) add(event int64, e *store.Entry) (store.Receipt, error) {
	used := mentions(e.Items, r.items)
	receipt := store.Receipt{Event: event, Counted: counted(used), Uncounted: uncounted(used)}
	switch e.Type {
	case store.TrialEvent:
		if err := r.supersede(trialKey{e.Study, *e.TrialNumber}, used); err != nil {
			return receipt, err
		}
		r.counts.addTrial(e, used)
		r.usages = appendMentions(r.usages, event, used)
	case store.ErrorEvent:
		r.counts.addBlame(e, used)
		r.blames = appendMentions(r.blames, event, used)
	}
	r.counts.addPending(e.Study, len(e.Insights))
	r.addEvent(event, e, receipt.Counted)
	for _, m := range mentions(e.Shown, r.items) {
		r.shown = append(r.shown, event, m.item.no)
	}
	for i, m := range e.Errors {
		r.errors = append(r.errors, event, i, string(m.Kind), m.Class, m.Message)
	}
	for _, i := range e.Insights {
		r.insights = append(r.insights, event, e.Study, i.Category, i.Content, i.Helpful, i.TrialNumber)
	}
	return receipt, nil
}

func (r *recording) addEvent(event int64, e *store.Entry, counted int) {
	var key, digest any
	if e.Key != "" {
		key, digest = e.Key, e.Digest
	}
	r.ledger = append(r.ledger, event, e.Study, string(e.Type), e.TrialNumber, e.Time.UnixMicro(), key, digest)
	if o := e.Outcome; o != nil {
		r.ledger = append(r.ledger, o.Success, o.Objective, o.DesignVariables, o.Extractor, o.DurationSeconds, o.Details, counted, len(e.Insights), o.Holdout)
	} else {
		r.ledger = append(r.ledger, nil, nil, nil, nil, nil, nil, nil, nil, false)
	}
}

// supersede removes an earlier attempt at the trial number, if there is one, from
// trials_used_in.
func (r *recording) supersede(key trialKey, used []mention) error {
	isNew, err := r.tx.isNewTrial(key.study, key.number)
	if err != nil {
		return err
	}
	if !isNew {
		before, here := r.latest[key]
		if !here {
			if before, err = r.tx.latestUsed(key.study, key.number); err != nil {
				return err
			}
		}
		for _, m := range before {
			r.counts.addUse(key.study, m.item, -1)
		}
	}
	r.latest[key] = used
	return nil
}

// latestUsed lists the items that the latest attempt at a trial number used, none if
// no attempt counts.
func (t *writer) latestUsed(study, number int64) (used []mention, err error) {
	event, found, err := t.LatestAttempt(study, number)
	if err != nil || !found {
		return nil, err
	}
	var items []struct {
		No      int64 `db:"item_no"`
		Arrived bool  `db:"arrived"`
	}
	err = t.list(&items, `
		select u.item_no, i.item_no is not null as arrived
		from usages u
		left join items i using (item_no)
		where u.event_id = ?`, event)
	for _, i := range items {
		used = append(used, mention{item: item{no: i.No, arrived: i.Arrived}})
	}
	return used, err
}

// write writes the rows and counts that were collected.
func (r *recording) write() error {
	for _, rows := range []struct {
		table  *table
		values []any
	}{
		{&ledgerTable, r.ledger},
		{&usagesTable, r.usages},
		{&blamesTable, r.blames},
		{&shownTable, r.shown},
		{&errorsTable, r.errors},
		{&insightsTable, r.insights},
	} {
		if err := r.tx.insertRows(rows.table, rows.values); err != nil {
			return err
		}
	}
	return r.counts.write(r.tx)
}
