package postgres

import (
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"atomizer-db/store"
)

func (w *writer) Record(entries []store.Entry) ([]store.Receipt, error) {
	items, err := w.lookUp(entries)
	if err != nil {
		return nil, err
	}
	receipts := make([]store.Receipt, len(entries))
	var deltas [][]any
	for i := range entries {
		e := &entries[i]
		named := mentions(e.Items, items)
		receipts[i] = receipt(named)
		if e.Type == store.TrialEvent || e.Type == store.ErrorEvent {
			deltas = append(deltas, w.delta(e, named, mentions(e.Shown, items), receipts[i].Counted))
			continue
		}
		if receipts[i].Event, err = w.addEvent(e); err != nil {
			return nil, err
		}
	}
	if len(deltas) == 0 {
		return receipts, nil
	}
	w.deltas, w.appended = append(w.deltas, deltas...), true
	if w.ordered {
		first := w.last + 1
		if err := w.foldAll(); err != nil {
			return nil, err
		}
		for i := range receipts {
			receipts[i].Event = first + int64(i)
		}
	}
	return receipts, nil
}

// deltaColumns are the columns of the table unfolded that recording fills, in the order of
// a delta.
var deltaColumns = []string{
	"arrived_us", "study_id", "type", "trial_number", "time_us", "success", "objective_value", "design_variables", "extractor_used",
	"duration_seconds", "items_updated", "insights_extracted", "details", "key", "digest", "holdout", "item_nos", "named", "counted", "shown",
	"error_kinds", "error_classes", "error_messages", "insight_categories", "insight_contents", "insight_helpful", "insight_trial_numbers",
}

// addDelta adds a row to the table unfolded.
const addDelta = `
	insert into unfolded (arrived_us, study_id, type, trial_number, time_us, success, objective_value, design_variables, extractor_used,
		duration_seconds, items_updated, insights_extracted, details, key, digest, holdout, item_nos, named, counted, shown,
		error_kinds, error_classes, error_messages, insight_categories, insight_contents, insight_helpful, insight_trial_numbers)
	values ($1::bigint, $2::bigint, $3::text, $4::bigint, $5::bigint, $6::boolean, $7::double precision, $8::json, $9::text,
		$10::double precision, $11::integer, $12::integer, $13::json, $14::text, $15::bytea, $16::boolean, $17::bigint[], $18::integer[], $19::integer[], $20::bigint[],
		$21::text[], $22::text[], $23::text[], $24::text[], $25::text[], $26::boolean[], $27::bigint[])`

// delta returns the values of a row of the table unfolded: all that an event adds.
func (w *writer) delta(e *store.Entry, named, shown []mention, counted int) []any {
	var key, digest any
	if e.Key != "" {
		key, digest = e.Key, e.Digest
	}
	values := []any{w.arrived, e.Study, string(e.Type), *e.TrialNumber, e.Time.UnixMicro()}
	if o := e.Outcome; o != nil {
		values = append(values, o.Success, o.Objective, o.DesignVariables, o.Extractor, o.DurationSeconds, counted, len(e.Insights), o.Details, key, digest, o.Holdout)
	} else {
		values = append(values, nil, nil, nil, nil, nil, nil, nil, nil, key, digest, false)
	}
	itemNos, times, counts, shownNos := make([]int64, len(named)), make([]int64, len(named)), make([]int64, len(named)), make([]int64, len(shown))
	for i, m := range named {
		itemNos[i], times[i], counts[i] = m.item.no, m.named, m.counted()
	}
	for i, m := range shown {
		shownNos[i] = m.item.no
	}
	kinds, classes, messages := make([]string, len(e.Errors)), make([]string, len(e.Errors)), make([]string, len(e.Errors))
	for i, m := range e.Errors {
		kinds[i], classes[i], messages[i] = string(m.Kind), m.Class, m.Message
	}
	categories, contents, helpful, numbers := make([]string, len(e.Insights)), make([]string, len(e.Insights)), make([]bool, len(e.Insights)), make([]*int64, len(e.Insights))
	for i, n := range e.Insights {
		categories[i], contents[i], helpful[i], numbers[i] = n.Category, n.Content, n.Helpful, n.TrialNumber
	}
	return append(values, itemNos, times, counts, shownNos, kinds, classes, messages, categories, contents, helpful, numbers)
}

// fewDeltas is the number up to which single statements are quicker than COPY.
const fewDeltas = 8

// sendDeltas adds the events that are not sent yet to the table unfolded.
func (w *writer) sendDeltas() error {
	deltas := w.deltas
	if len(deltas) == 0 {
		return nil
	}
	if len(deltas) > fewDeltas {
		w.deltas = nil
		return w.copy(deltas)
	}
	batch := &pgx.Batch{}
	w.queueDeltas(batch)
	return send(w.ctx, w.conn, batch)
}

// queueDeltas adds the events that are not sent yet to a batch.
func (w *writer) queueDeltas(batch *pgx.Batch) {
	for _, values := range w.deltas {
		batch.Queue(addDelta, values...)
	}
	w.deltas = nil
}

func (w *writer) copy(deltas [][]any) error {
	return w.conn.Raw(func(driver any) error {
		_, err := driver.(*stdlib.Conn).Conn().CopyFrom(w.ctx, pgx.Identifier{"unfolded"}, deltaColumns, pgx.CopyFromRows(deltas))
		return err
	})
}

// addEvent adds an event that is neither a trial nor an error at the end of the ledger, with
// its pending insights, and returns its place.
func (w *writer) addEvent(e *store.Entry) (int64, error) {
	if err := w.order(); err != nil {
		return 0, err
	}
	var key, digest any
	if e.Key != "" {
		key, digest = e.Key, e.Digest
	}
	event := w.last + 1
	if _, err := w.run(`
		insert into folded_ledger (event_id, study_id, type, trial_number, time_us, key, digest)
		values ($1::bigint, $2::bigint, $3::text, $4::bigint, $5::bigint, $6::text, $7::bytea)`,
		event, e.Study, string(e.Type), e.TrialNumber, e.Time.UnixMicro(), key, digest); err != nil {
		return 0, err
	}
	w.last = event
	if _, err := w.run(`update fold set last_event = $1::bigint`, event); err != nil {
		return 0, err
	}
	for _, i := range e.Insights {
		if _, err := w.run(`
			insert into folded_insights (insight_id, event_id, study_id, category, content, helpful, trial_number)
			values ((select coalesce(max(insight_id), 0) + 1 from folded_insights), $1::bigint, $2::bigint, $3::text, $4::text, $5::boolean, $6::bigint)`,
			event, e.Study, i.Category, i.Content, i.Helpful, i.TrialNumber); err != nil {
			return 0, err
		}
	}
	if len(e.Insights) == 0 {
		return event, nil
	}
	return event, w.addToStudy(e.Study, studyCount{pending: int64(len(e.Insights))})
}
