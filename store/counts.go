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
// reset) or sums up (a finalize, an import) folds all in first.

// foldAfter is after how many events counts are folded in: what a question adds
// up at most.
const foldAfter = 64

// foldEvery is how long a count waits for that while events come.
const foldEvery = time.Second

// counts are what events add, kept so that folding them in need not read them
// again. They are good as long as the writer's memory is.
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

// What a count that is there is moved by.
const (
	addScore = `
		on conflict do update set helpful = helpful + excluded.helpful, harmful = harmful + excluded.harmful,
			last_used_us = max(ifnull(last_used_us, excluded.last_used_us), excluded.last_used_us)`
	addStudyItem = `
		on conflict do update set trials_used_in = trials_used_in + excluded.trials_used_in`
	addToStudy = `
		update studies set trials = trials + ?2, successes = successes + ?3, pending = pending + ?4
		where study_id = ?1`
)

// What folds in counts that were added up.
var (
	addScores     = newBulk(4, `insert into scores (item_no, helpful, harmful, last_used_us) values `, addScore)
	addStudyItems = newBulk(3, `insert into study_items (study_id, item_no, trials_used_in) values `, addStudyItem)
)

// What does the same from the rows of the events.
const (
	foldScores = `
		insert into scores (item_no, helpful, harmful, last_used_us)
		select item_no, helpful, harmful, last_used_us from unfolded_items where true` + addScore
	foldStudyItems = `
		insert into study_items (study_id, item_no, trials_used_in)
		select study_id, item_no, trials_used_in from unfolded_study_items where true` + addStudyItem
	foldStudies = `
		update studies set trials = studies.trials + u.trials, successes = studies.successes + u.successes,
			pending = studies.pending + u.pending
		from (select * from unfolded_studies) u
		where u.study_id = studies.study_id`
)

// fold brings the counts up to the newest event.
func (t *Tx) fold() error {
	m := t.memory
	if err := t.write(); err != nil {
		return err
	}
	if err := t.findLedgerEnd(); err != nil || m.lastEvent == m.folded {
		return err
	}
	write := t.foldRows
	if m.countedFrom == m.folded {
		write = t.foldCounts
	}
	if err := write(); err != nil {
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

// foldRows folds in what the rows of the events say.
func (t *Tx) foldRows() error {
	for _, statement := range []string{foldScores, foldStudyItems, foldStudies} {
		if err := t.direct.run(statement); err != nil {
			return err
		}
	}
	return nil
}

// foldCounts folds in what memory has added up.
func (t *Tx) foldCounts() error {
	var scores, studyItems []value
	items := t.memory.counts.items
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
