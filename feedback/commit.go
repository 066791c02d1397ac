package feedback

import (
	"time"

	"atomizer-db/feedback/event"
	"atomizer-db/feedback/history"
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// committed is the result of committing insights.
type committed struct {
	added  []ItemNote
	merged int64
}

// pendingPage is how many pending insights are held in memory at once.
const pendingPage = 1000

// commit adds pending insights of the row's study to the playbook, oldest first: those that are
// chosen, or all if chosen is nil. The event with the given id settles them.
func (r *recorder) commit(id int64, row store.Entry, chosen *choice) (done committed, err error) {
	numbers := widening{tx: r.tx, ranges: map[int64]playbook.Ranges{}, says: map[int64]string{}, changed: map[int64]bool{}}
	settled := int64(0)
	err = r.eachPending(row.Study, chosen, func(insight store.Insight) error {
		item, added, err := r.addInsight(insight, &row.Study, row.Time)
		if err != nil {
			return err
		}
		if added != nil {
			done.added = append(done.added, *added)
		} else {
			done.merged++
			if err := numbers.add(item, insight); err != nil {
				return err
			}
		}
		if said := insight.DrawnContent; said != nil {
			print := playbook.Fingerprint(playbook.Category(insight.Category), *said)
			if err := r.tx.AddItemText(item, insight.Category, print, id); err != nil {
				return err
			}
		}
		settled++
		return r.tx.SettleInsight(insight.ID, id, item, added != nil)
	})
	if err != nil {
		return done, err
	}
	if err := numbers.write(); err != nil {
		return done, err
	}
	return done, r.tx.CountSettled(row.Study, settled)
}

// eachPending calls do with the chosen pending insights of a study, oldest first.
func (r *recorder) eachPending(study int64, chosen *choice, do func(store.Insight) error) error {
	after := int64(0)
	for {
		insights, err := r.tx.PendingInsights(study, after, pendingPage)
		if err != nil {
			return err
		}
		for _, insight := range insights {
			after = insight.ID
			if !chosen.take(insight) {
				continue
			}
			if err := do(insight); err != nil {
				return err
			}
		}
		if len(insights) < pendingPage {
			return nil
		}
	}
}

// addInsight merges an insight into the live item that says the same, or that stands for
// what says the same. If there is none, it adds a new item with counts of zero and the next
// number of its category. A merge only adds the trial to source_trials: counts, content and
// version stay, and added is nil.
func (r *recorder) addInsight(insight store.Insight, study *int64, at time.Time) (item int64, added *ItemNote, err error) {
	category := playbook.Category(insight.Category)
	print := playbook.Fingerprint(category, insight.Content)
	item, found, err := r.tx.LiveItemFor(insight.Category, print)
	if err != nil {
		return 0, nil, err
	}
	if !found {
		id, err := history.NextID(r.tx, category)
		if err != nil {
			return 0, nil, err
		}
		item, err = r.tx.AddItem(store.Item{
			ID: id, Category: insight.Category, Content: insight.Content, Fingerprint: print,
			CreatedAt: playbook.FormatTime(at), Tags: "[]",
		})
		if err != nil {
			return 0, nil, err
		}
		added = &ItemNote{ID: id, Category: insight.Category, Content: insight.Content}
		if err := r.tx.Touch(1, at); err != nil {
			return 0, nil, err
		}
	}
	if insight.TrialNumber == nil {
		return item, added, nil
	}
	taught, err := r.tx.AddSourceTrial(item, *insight.TrialNumber, study)
	if err == nil && taught && found {
		err = r.tx.Touch(0, at)
	}
	return item, added, err
}

// widening collects in which numbers the insights of mistakes differ.
type widening struct {
	tx      *store.Tx
	ranges  map[int64]playbook.Ranges // by item
	says    map[int64]string          // identity of what the item says
	changed map[int64]bool
}

// add widens the ranges of an item by an insight that was merged into it.
func (w *widening) add(item int64, insight store.Insight) error {
	if playbook.Category(insight.Category) != playbook.Mistake {
		return nil
	}
	if _, read := w.ranges[item]; !read {
		row, err := w.tx.ItemByNumber(item)
		if err != nil {
			return err
		}
		ranges, stored, err := rangesOf(&w.tx.Rx, row)
		if err != nil {
			return err
		}
		w.ranges[item], w.says[item], w.changed[item] = ranges, identity(row.Category, row.Content), !stored
	}
	// An insight that an earlier text brought here has other numbers.
	if w.says[item] == identity(insight.Category, insight.Content) && w.ranges[item].Widen(insight.Content) {
		w.changed[item] = true
	}
	return nil
}

// rangesOf returns the ranges of the numbers of an item: the stored ones or, before the first,
// those of what was committed into it and says the same.
func rangesOf(rx *store.Rx, item store.Item) (ranges playbook.Ranges, stored bool, err error) {
	numbers, err := rx.ItemNumbers(item.No)
	if err != nil || len(numbers) > 0 {
		return toRanges(numbers), true, err
	}
	ranges = playbook.NumbersOf(item.Content)
	if len(ranges) == 0 {
		return ranges, true, nil
	}
	contents, err := rx.CommittedContents(item.No)
	for _, content := range contents {
		if identity(item.Category, content) == identity(item.Category, item.Content) {
			ranges.Widen(content)
		}
	}
	return ranges, false, err
}

// joinRanges widens the ranges of an item by those of one that is merged into it, if they
// say the same.
func (r *recorder) joinRanges(item, into store.Item) error {
	if playbook.Category(into.Category) != playbook.Mistake || identity(item.Category, item.Content) != identity(into.Category, into.Content) {
		return nil
	}
	theirs, _, err := rangesOf(&r.tx.Rx, item)
	if err != nil {
		return err
	}
	ranges, _, err := rangesOf(&r.tx.Rx, into)
	if err != nil {
		return err
	}
	for place, n := range ranges.Join(theirs) {
		if err := r.tx.SetItemNumber(store.ItemNumber{Item: into.No, Place: place, Low: n.Low, High: n.High}); err != nil {
			return err
		}
	}
	return nil
}

func toRanges(stored []store.ItemNumber) playbook.Ranges {
	ranges := make(playbook.Ranges, len(stored))
	for i, n := range stored {
		ranges[i] = playbook.Range{Low: n.Low, High: n.High}
	}
	return ranges
}

func (w *widening) write() error {
	for item, changed := range w.changed {
		if !changed {
			continue
		}
		for place, n := range w.ranges[item] {
			if err := w.tx.SetItemNumber(store.ItemNumber{Item: item, Place: place, Low: n.Low, High: n.High}); err != nil {
				return err
			}
		}
	}
	return nil
}

// choice is a selection of pending insights by what they say. The nil choice selects all.
type choice struct {
	texts []event.InsightText
	taken []bool // which of the texts selected an insight
	index map[string]int
}

func newChoice(texts []event.InsightText) *choice {
	c := &choice{texts: texts, taken: make([]bool, len(texts)), index: map[string]int{}}
	for i, text := range texts {
		c.index[identity(text.Category, text.Content)] = i
	}
	return c
}

// identity is equal for insights that say the same.
func identity(category, content string) string {
	return category + string(playbook.Fingerprint(playbook.Category(category), content))
}

func (c *choice) take(insight store.Insight) bool {
	if c == nil {
		return true
	}
	i, chosen := c.index[identity(insight.Category, insight.Content)]
	if chosen {
		c.taken[i] = true
	}
	return chosen
}

// missing returns an [ErrNoInsight] if a text selected nothing.
func (c *choice) missing(study string) error {
	if c == nil {
		return nil
	}
	for _, text := range c.texts {
		if !c.taken[c.index[identity(text.Category, text.Content)]] {
			return store.Fail(ErrNoInsight, "the study %q has no pending insight %s %q", study, text.Category, text.Content)
		}
	}
	return nil
}
