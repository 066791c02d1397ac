package store

import (
	"strings"
	"sync"
)

// bulk has statements that insert some numbers of rows into a table: to run one
// takes longer than what a row adds to it.
type bulk struct {
	columns int
	inserts func() [len(chunks)]string
}

// chunks are how many rows the statements insert.
var chunks = [...]int{64, 16, 8, 7, 6, 5, 4, 3, 2, 1}

// newBulk makes the statements of an INSERT up to its VALUES, and what follows
// the rows.
func newBulk(columns int, insert, conflict string) bulk {
	return bulk{columns, sync.OnceValue(func() (inserts [len(chunks)]string) {
		row := "(" + strings.Repeat("?, ", columns-1) + "?)"
		for i, n := range chunks {
			inserts[i] = insert + strings.Repeat(row+", ", n-1) + row + conflict
		}
		return inserts
	})}
}

// insert inserts rows, whose values stand one after the other. They are made from
// events that have been validated, so that the CHECK constraints of their tables
// are not looked at again, which would be a tenth of ingest: those are for whoever
// else writes, and for [Store.Check].
func (d *direct) insert(b *bulk, values []value) error {
	inserts := b.inserts()
	for i, n := range chunks {
		for size := n * b.columns; len(values) >= size; values = values[size:] {
			s, err := d.prepareUnchecked(inserts[i])
			if err == nil {
				err = s.each(values[:size], func(row) error { return nil })
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// The tables that events only add rows to. Within a transaction their rows wait,
// so that those of several events go in together.
const (
	ledgerRows = iota
	usageRows
	blameRows
	shownRows
	errorRows
	insightRows
)

var tables = [...]bulk{
	ledgerRows: newBulk(15, `insert into ledger (event_id, study_id, type, trial_number, time_us, key, digest, success, objective_value,
		design_variables, extractor_used, duration_seconds, details, items_updated, insights_extracted) values `, ``),
	usageRows:   newBulk(4, `insert into usages (event_id, item_no, named, counted) values `, ``),
	blameRows:   newBulk(4, `insert into blames (event_id, item_no, named, counted) values `, ``),
	shownRows:   newBulk(2, `insert into shown (event_id, item_no) values `, ``),
	errorRows:   newBulk(5, `insert into errors (event_id, position, kind, class, message) values `, ``),
	insightRows: newBulk(6, `insert into insights (event_id, study_id, category, content, helpful, trial_number) values `, ``),
}

// waiting are rows that wait, by table.
type waiting struct {
	rows   [len(tables)][]value
	values int // in rows
}

// mostWaiting is how many values wait at most.
const mostWaiting = 1 << 12

// add lets a row wait.
func (t *Tx) add(table int, values ...value) error {
	t.waiting.rows[table] = append(t.waiting.rows[table], values...)
	if t.waiting.values += len(values); t.waiting.values < mostWaiting {
		return nil
	}
	return t.write()
}

// write writes the rows that wait. Whatever might look at them does so first.
func (t *Tx) write() error {
	if t.waiting.values == 0 {
		return nil
	}
	for table, values := range t.waiting.rows {
		if err := t.direct.insert(&tables[table], values); err != nil {
			return err
		}
	}
	t.waiting.clear()
	return nil
}

func (w *waiting) clear() {
	for table, values := range w.rows {
		clear(values) // of their texts
		w.rows[table] = values[:0]
	}
	w.values = 0
}
