package store

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// buffer holds what a transaction is about to write: a statement that writes 64
// rows costs little more than one that writes a single row, and an item that is
// named by each of a thousand trials needs one update. It is written before any
// other statement of the transaction runs, and before the commit.
type buffer struct {
	rows   [len(tables)][]any
	values int // in rows
	trials map[trialNumber]struct{}
	keys   map[eventKey]struct{}

	scores  map[int64]score
	used    map[studyItem]int64
	studies map[int64]studyCount
}

type (
	trialNumber struct{ study, number int64 }
	eventKey    struct {
		study int64
		key   string
	}
	studyItem struct{ study, item int64 }
	score     struct {
		helpful, harmful int
		lastUsed         int64 // microseconds
	}
	studyCount struct{ trials, successes, pending int }
)

// The tables that events only add rows to, in the order of their foreign keys.
const (
	ledgerRows = iota
	outcomeRows
	usageRows
	shownRows
	blameRows
	errorRows
	insightRows
)

var tables = [...]bulk{
	ledgerRows: newBulk(7, `insert into ledger (event_id, study_id, type, trial_number, time_us, key, digest) values `, ``),
	outcomeRows: newBulk(9, `insert into outcomes (event_id, success, objective_value, design_variables,
		extractor_used, duration_seconds, details, items_updated, insights_extracted) values `, ``),
	usageRows:   newBulk(4, `insert into usages (event_id, item_no, named, counted) values `, ``),
	shownRows:   newBulk(2, `insert into shown (event_id, item_no) values `, ``),
	blameRows:   newBulk(4, `insert into blames (event_id, item_no, named, counted) values `, ``),
	errorRows:   newBulk(5, `insert into errors (event_id, position, kind, class, message) values `, ``),
	insightRows: newBulk(6, `insert into insights (event_id, study_id, category, content, helpful, trial_number) values `, ``),
}

// The counts that are moved. A last use never goes back, not even when a clock does.
var (
	addScores = newBulk(4, `insert into scores (item_no, helpful, harmful, last_used_us) values `, `
		on conflict do update set helpful = helpful + excluded.helpful, harmful = harmful + excluded.harmful,
			last_used_us = max(ifnull(last_used_us, excluded.last_used_us), excluded.last_used_us)`)
	addUsed = newBulk(3, `insert into study_items (study_id, item_no, trials_used_in) values `, `
		on conflict do update set trials_used_in = trials_used_in + excluded.trials_used_in`)
)

// bufferedValues is how many values wait at most.
const bufferedValues = 1 << 13

func newBuffer() buffer {
	return buffer{
		trials: map[trialNumber]struct{}{}, keys: map[eventKey]struct{}{},
		scores: map[int64]score{}, used: map[studyItem]int64{}, studies: map[int64]studyCount{},
	}
}

func (b *buffer) clear() {
	b.clearRows()
	b.clearCounts()
}

func (b *buffer) clearRows() {
	for i, values := range b.rows {
		clear(values)
		b.rows[i] = values[:0]
	}
	b.values = 0
	clear(b.trials)
	clear(b.keys)
}

func (b *buffer) clearCounts() {
	clear(b.scores)
	clear(b.used)
	clear(b.studies)
}

// moveTo appends all that waits to another buffer.
func (b *buffer) moveTo(to *buffer) {
	for i, values := range b.rows {
		to.rows[i] = append(to.rows[i], values...)
	}
	to.values += b.values
	maps.Copy(to.trials, b.trials)
	maps.Copy(to.keys, b.keys)
	for item, s := range b.scores {
		to.addScore(item, s)
	}
	for used, n := range b.used {
		to.used[used] += n
	}
	for study, c := range b.studies {
		to.addStudy(study, c)
	}
	b.clear()
}

func (b *buffer) addScore(item int64, more score) {
	s, counted := b.scores[item]
	if !counted {
		s.lastUsed = more.lastUsed
	}
	b.scores[item] = score{s.helpful + more.helpful, s.harmful + more.harmful, max(s.lastUsed, more.lastUsed)}
}

func (b *buffer) addStudy(study int64, more studyCount) {
	c := b.studies[study]
	b.studies[study] = studyCount{c.trials + more.trials, c.successes + more.successes, c.pending + more.pending}
}

// add puts a row into the buffer.
func (t *Tx) add(table int, values ...any) error {
	t.buffer.rows[table] = append(t.buffer.rows[table], values...)
	if t.buffer.values += len(values); t.buffer.values+t.shared.values > bufferedValues {
		return t.writeBoth(t.writeRows)
	}
	return nil
}

// isBuffered tells whether a trial of that number waits to be written.
func (t *Tx) isBuffered(number trialNumber) bool {
	_, own := t.buffer.trials[number]
	_, shared := t.shared.trials[number]
	return own || shared
}

// isKeyBuffered tells whether an event with that key waits to be written.
func (t *Tx) isKeyBuffered(key eventKey) bool {
	_, own := t.buffer.keys[key]
	_, shared := t.shared.keys[key]
	return own || shared
}

// writeBuffers writes all that waits.
func (t *Tx) writeBuffers() error {
	return t.writeBoth(func(b *buffer) error {
		if err := t.writeRows(b); err != nil {
			return err
		}
		return t.writeCounts(b)
	})
}

// writeBoth writes of both buffers: what is shared is safe before this update's
// savepoint, and what is its own goes with it.
func (t *Tx) writeBoth(write func(*buffer) error) error {
	if err := write(t.shared); err != nil {
		return err
	}
	if t.apart && !t.saved {
		if _, err := t.run(`savepoint apart`); err != nil {
			return err
		}
		t.saved = true
	}
	return write(t.buffer)
}

func (t *Tx) writeRows(b *buffer) error {
	for i := range tables {
		if err := t.write(&tables[i], b.rows[i]); err != nil {
			return err
		}
	}
	b.clearRows()
	return nil
}

func (t *Tx) writeCounts(b *buffer) error {
	var values []any
	for _, item := range slices.Sorted(maps.Keys(b.scores)) {
		s := b.scores[item]
		values = append(values, item, s.helpful, s.harmful, s.lastUsed)
	}
	if err := t.write(&addScores, values); err != nil {
		return err
	}
	values = values[:0]
	for _, used := range slices.SortedFunc(maps.Keys(b.used), func(a, b studyItem) int {
		return cmp.Or(cmp.Compare(a.study, b.study), cmp.Compare(a.item, b.item))
	}) {
		values = append(values, used.study, used.item, b.used[used])
	}
	if err := t.write(&addUsed, values); err != nil {
		return err
	}
	for study, c := range b.studies {
		if _, err := t.run(`
			update studies set trials = trials + ?, successes = successes + ?, pending = pending + ?
			where study_id = ?`, c.trials, c.successes, c.pending, study); err != nil {
			return err
		}
	}
	b.clearCounts()
	return nil
}

// write inserts rows, whose values stand one after the other.
func (t *Tx) write(b *bulk, values []any) error {
	for i, n := range chunks {
		for size := n * b.columns; len(values) >= size; values = values[size:] {
			if _, err := t.run(b.inserts[i], values[:size]...); err != nil {
				return err
			}
		}
	}
	return nil
}

// bulk has statements that insert some numbers of rows into a table: few to
// prepare, and few to run.
type bulk struct {
	columns int
	inserts [len(chunks)]string
}

var chunks = [...]int{64, 16, 8, 7, 6, 5, 4, 3, 2, 1}

func newBulk(columns int, insert, conflict string) bulk {
	b := bulk{columns: columns}
	row := "(" + strings.Repeat("?, ", columns-1) + "?)"
	for i, n := range chunks {
		b.inserts[i] = insert + strings.Repeat(row+", ", n-1) + row + conflict
	}
	return b
}

// count moves a live item's counts.
func (t *Tx) count(m Mention, helpful bool, at time.Time) {
	if !m.Live {
		return
	}
	counted := score{harmful: m.Named, lastUsed: at.UnixMicro()}
	if helpful {
		counted.helpful, counted.harmful = m.Named, 0
	}
	t.buffer.addScore(m.Item, counted)
}
