package store

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Counts follow the events at some distance. Recording an event adds rows and
// nothing more: the counts that it moves lie all over their tables, and writing
// those pages would cost more than all the rest. The tables scores, study_items
// and studies have the counts up to one event, which the table folded names; the
// views item_counts, study_item_counts and study_counts add what came later,
// from its rows. After foldAfter events, or when events are rare, those are folded
// in.
//
// What is not folded in are only trials of new numbers and errors, which add.
// Whatever takes something back (a number that is recorded again, a void, a
// reset) or sums up (a finalize) folds all in first.

// foldAfter is after how many events counts are folded in: what a question adds
// up at most.
const foldAfter = 128

// foldEvery is how long a count waits for that while events come.
const foldEvery = time.Second

// counts are what events add, kept so that folding them in need not read them
// again: good as long as the writer's memory is, and then added up anew.
type counts struct {
	items   map[studyItem]itemCount
	studies map[int64]studyCount
}

type (
	studyItem struct{ study, item int64 }
	itemCount struct {
		helpful, harmful, usedIn int64
		lastUsed                 int64 // microseconds, where it counted
	}
	studyCount struct{ trials, successes, pending int64 }
)

// trialCount is what a trial moves: sign is 1, or -1 to take it back.
func trialCount(success bool, sign int64) studyCount {
	c := studyCount{trials: sign}
	if success {
		c.successes = sign
	}
	return c
}

func newCounts() counts {
	return counts{items: map[studyItem]itemCount{}, studies: map[int64]studyCount{}}
}

func (c *counts) clear() {
	clear(c.items)
	clear(c.studies)
}

// add moves what a mention of an item counts.
func (c *counts) add(study int64, m Mention, helpful bool, usedIn int64, at time.Time) {
	key := studyItem{study, m.Item}
	n := c.items[key]
	n.usedIn += usedIn
	if m.Live {
		// A last use never goes back, not even when a clock does.
		if used := at.UnixMicro(); !n.counted() || used > n.lastUsed {
			n.lastUsed = used
		}
		if helpful {
			n.helpful += int64(m.Named)
		} else {
			n.harmful += int64(m.Named)
		}
	}
	c.items[key] = n
}

func (c *counts) addStudy(study int64, more studyCount) {
	n := c.studies[study]
	c.studies[study] = studyCount{n.trials + more.trials, n.successes + more.successes, n.pending + more.pending}
}

func (n itemCount) counted() bool { return n.helpful+n.harmful > 0 }

// unfolded tells whether events wait to be folded in. Where none does, the tables
// say what the views would, and cost a question less.
func (r *Rx) unfolded() (bool, error) {
	return r.look(`select 1 from ledger where event_id > (select event_id from folded) limit 1`, func(row) {})
}

// What folds counts in.
var (
	addScores = newBulk(4, `insert into scores (item_no, helpful, harmful, last_used_us) values `, `
		on conflict do update set helpful = helpful + excluded.helpful, harmful = harmful + excluded.harmful,
			last_used_us = max(ifnull(last_used_us, excluded.last_used_us), excluded.last_used_us)`)
	addStudyItems = newBulk(3, `insert into study_items (study_id, item_no, trials_used_in) values `, `
		on conflict do update set trials_used_in = trials_used_in + excluded.trials_used_in`)
)

const addToStudy = `
	update studies set trials = trials + ?2, successes = successes + ?3, pending = pending + ?4
	where study_id = ?1`

// fold brings the counts up to the newest event.
func (t *Tx) fold() error {
	m := t.memory
	if err := t.write(); err != nil {
		return err
	}
	if err := t.findLedgerEnd(); err != nil || m.lastEvent == m.folded {
		return err
	}
	if m.countedFrom != m.folded {
		if err := t.recount(); err != nil {
			return err
		}
	}
	if err := t.foldCounts(); err != nil {
		return err
	}
	if err := t.direct.run(`update folded set event_id = ?`, integer(m.lastEvent)); err != nil {
		return err
	}
	m.counts.clear()
	m.folded, m.countedFrom = m.lastEvent, m.lastEvent
	return nil
}

// foldInTime folds counts in where many events wait for it, or have waited long:
// of a study that is in no hurry the tables say what holds.
func (t *Tx) foldInTime(foldedAt *time.Time) error {
	m := t.memory
	if !m.ledger || m.lastEvent == m.folded || (m.lastEvent-m.folded < foldAfter && t.now.Sub(*foldedAt).Abs() < foldEvery) {
		return nil
	}
	*foldedAt = t.now
	return t.fold()
}

// recount adds up what is not folded in from the rows of the events: others have
// recorded some of them.
func (t *Tx) recount() error {
	c, after := &t.memory.counts, []value{integer(t.memory.folded)}
	c.clear()
	err := t.direct.each(`
		select l.study_id, u.item_no, u.counted, l.time_us, l.success
		from ledger l
		cross join usages u using (event_id)
		where l.event_id > ?`, after, func(r row) error {
		c.addRow(r, r.integer(4) != 0, 1)
		return nil
	})
	if err != nil {
		return err
	}
	err = t.direct.each(`
		select l.study_id, b.item_no, b.counted, l.time_us
		from blames b
		cross join ledger l using (event_id)
		where b.event_id > ?`, after, func(r row) error {
		c.addRow(r, false, 0)
		return nil
	})
	if err != nil {
		return err
	}
	return t.direct.each(`select study_id, trials, successes, pending from unfolded_studies`, nil, func(r row) error {
		c.addStudy(r.integer(0), studyCount{r.integer(1), r.integer(2), r.integer(3)})
		return nil
	})
}

// addRow adds what a row says of a study's item: how often it counted, and when.
func (c *counts) addRow(r row, helpful bool, usedIn int64) {
	m := Mention{Item: r.integer(1), Named: int(r.integer(2))}
	m.Live = m.Named > 0
	c.add(r.integer(0), m, helpful, usedIn, time.UnixMicro(r.integer(3)))
}

// foldCounts folds in what memory has added up.
func (t *Tx) foldCounts() error {
	items := t.memory.counts.items
	scores, studyItems := make([]value, 0, 4*len(items)), make([]value, 0, 3*len(items))
	for _, key := range slices.SortedFunc(maps.Keys(items), func(a, b studyItem) int {
		return cmp.Or(cmp.Compare(a.study, b.study), cmp.Compare(a.item, b.item))
	}) {
		n := items[key]
		if n.counted() {
			scores = append(scores, integer(key.item), integer(n.helpful), integer(n.harmful), integer(n.lastUsed))
		}
		if n.usedIn > 0 {
			studyItems = append(studyItems, integer(key.study), integer(key.item), integer(n.usedIn))
		}
	}
	if err := t.direct.insert(&addScores, scores); err != nil {
		return err
	}
	if err := t.direct.insert(&addStudyItems, studyItems); err != nil {
		return err
	}
	for study, n := range t.memory.counts.studies {
		if err := t.direct.run(addToStudy, integer(study), integer(n.trials), integer(n.successes), integer(n.pending)); err != nil {
			return err
		}
	}
	return nil
}
