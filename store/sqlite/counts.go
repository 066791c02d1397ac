package sqlite

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"atomizer-db/store"
)

// counts adds up the changes of counts, so that each count is written once.
type counts struct {
	items   map[int64]itemCount
	used    map[studyItem]int64 // trials_used_in
	studies map[int64]studyCount
}

type (
	studyItem struct{ study, item int64 }
	itemCount struct {
		helpful, harmful, usedIn int64
		lastUsed                 *int64 // microseconds; nil: not used
	}
	studyCount struct{ trials, successes, pending int64 }
)

func newCounts() counts {
	return counts{items: map[int64]itemCount{}, used: map[studyItem]int64{}, studies: map[int64]studyCount{}}
}

// addTrial counts a trial and the items that it used.
func (c *counts) addTrial(e *store.Entry, used []mention) {
	n := c.studies[e.Study]
	n.trials++
	if e.Outcome.Success {
		n.successes++
	}
	c.studies[e.Study] = n
	for _, m := range used {
		c.addUse(e.Study, m.item, 1)
		c.addCounted(m, e.Outcome.Success, e.Time)
	}
}

// addBlame counts the items that an error blames.
func (c *counts) addBlame(e *store.Entry, blamed []mention) {
	for _, m := range blamed {
		c.addCounted(m, false, e.Time)
	}
}

// addPending adds pending insights.
func (c *counts) addPending(study int64, insights int) {
	if insights == 0 {
		return
	}
	n := c.studies[study]
	n.pending += int64(insights)
	c.studies[study] = n
}

// addUse adds to the number of trials that an item was used in.
func (c *counts) addUse(study int64, of item, trials int64) {
	c.used[studyItem{study, of.no}] += trials
	if of.arrived {
		n := c.items[of.no]
		n.usedIn += trials
		c.items[of.no] = n
	}
}

// addCounted adds to the helpful or harmful count of an item, once for each time
// that the event named it. The time of its last use never moves back, even if the
// clock does.
func (c *counts) addCounted(m mention, helpful bool, at time.Time) {
	if m.counted() == 0 {
		return
	}
	n := c.items[m.item.no]
	if helpful {
		n.helpful += int64(m.named)
	} else {
		n.harmful += int64(m.named)
	}
	if us := at.UnixMicro(); n.lastUsed == nil || us > *n.lastUsed {
		n.lastUsed = &us
	}
	c.items[m.item.no] = n
}

// The statements that add to counts.
var (
	addToScores = newTable(5, `insert into scores (item_no, helpful, harmful, trials_used_in, last_used_us)`, `
		on conflict do update set helpful = helpful + excluded.helpful, harmful = harmful + excluded.harmful,
			trials_used_in = trials_used_in + excluded.trials_used_in,
			last_used_us = max(ifnull(last_used_us, excluded.last_used_us), ifnull(excluded.last_used_us, last_used_us))`)
	addToStudyItems = newTable(3, `insert into study_items (study_id, item_no, trials_used_in)`, `
		on conflict do update set trials_used_in = trials_used_in + excluded.trials_used_in`)
)

// write adds the changes to the counts in the database, in order of their keys.
func (c *counts) write(t *writer) error {
	if err := c.writeScores(t); err != nil {
		return err
	}
	if err := c.writeUses(t); err != nil {
		return err
	}
	for _, study := range slices.Sorted(maps.Keys(c.studies)) {
		if err := t.addToStudy(study, c.studies[study]); err != nil {
			return err
		}
	}
	return nil
}

// addToStudy adds to the statistics of a study.
func (t *writer) addToStudy(study int64, n studyCount) error {
	_, err := t.exec(`
		update studies set trials = trials + ?, successes = successes + ?, pending = pending + ?
		where study_id = ?`, n.trials, n.successes, n.pending, study)
	return err
}

func (c *counts) writeScores(t *writer) error {
	var values []any
	for _, item := range slices.Sorted(maps.Keys(c.items)) {
		n := c.items[item]
		if n.usedIn < 0 { // an upsert would violate the CHECK constraint of the inserted row
			if _, err := t.exec(`update scores set trials_used_in = trials_used_in + ? where item_no = ?`, n.usedIn, item); err != nil {
				return err
			}
			n.usedIn = 0
		}
		values = append(values, item, n.helpful, n.harmful, n.usedIn, n.lastUsed)
	}
	return t.insertRows(&addToScores, values)
}

func (c *counts) writeUses(t *writer) error {
	var values []any
	for _, key := range slices.SortedFunc(maps.Keys(c.used), func(a, b studyItem) int {
		return cmp.Or(cmp.Compare(a.study, b.study), cmp.Compare(a.item, b.item))
	}) {
		switch n := c.used[key]; {
		case n > 0:
			values = append(values, key.study, key.item, n)
		case n < 0: // an upsert would violate the CHECK constraint of the inserted row
			if _, err := t.exec(`update study_items set trials_used_in = trials_used_in + ? where study_id = ? and item_no = ?`,
				n, key.study, key.item); err != nil {
				return err
			}
		}
	}
	return t.insertRows(&addToStudyItems, values)
}
