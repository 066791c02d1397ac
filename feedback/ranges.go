package feedback

import (
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// widening collects in which numbers the insights of mistakes differ.
type widening struct {
	tx      store.Writer
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
		ranges, stored, err := rangesOf(w.tx, row)
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
func rangesOf(rx store.Reader, item store.Item) (ranges playbook.Ranges, stored bool, err error) {
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
	theirs, _, err := rangesOf(r.tx, item)
	if err != nil {
		return err
	}
	ranges, _, err := rangesOf(r.tx, into)
	if err != nil {
		return err
	}
	return setRanges(r.tx, into.No, ranges.Join(theirs))
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
		if err := setRanges(w.tx, item, w.ranges[item]); err != nil {
			return err
		}
	}
	return nil
}

func setRanges(tx store.Writer, item int64, ranges playbook.Ranges) error {
	for place, n := range ranges {
		if err := tx.SetItemNumber(store.ItemNumber{Item: item, Place: place, Low: n.Low, High: n.High}); err != nil {
			return err
		}
	}
	return nil
}
