package feedback

import "atomizer-db/store"

// merge moves the counts of an item to another by two adjustments, copies its source
// trials, and retires it.
func (r *recorder) merge(row store.Entry, change *store.ItemChange, item store.Item, into string) error {
	other, err := findItem(r.tx, into)
	if err == nil && other.Retirement != nil {
		err = store.Fail(ErrConflict, "item %q is retired: restore it first", into)
	}
	if err != nil {
		return err
	}
	change.Into = &other.No
	if err := r.move(row, change.Event, item.No, other.No, item.Helpful, item.Harmful); err != nil {
		return err
	}
	if err := r.tx.CopySourceTrials(item.No, other.No, change.Event); err != nil {
		return err
	}
	if err := r.tx.CopyItemTexts(item.No, other.No, change.Event); err != nil {
		return err
	}
	if err := r.joinRanges(item, other); err != nil {
		return err
	}
	return r.retire(row, change.Event, item.No, store.Merged, "")
}

// takeBack undoes what a merge moved.
func (r *recorder) takeBack(row store.Entry, item store.Item, merge, at int64) error {
	change, found, err := r.tx.ItemChangeOf(merge)
	if err == nil && (!found || change.Into == nil) {
		err = store.Inconsistent("event %d merged item %q, but not into an item", merge, item.ID)
	}
	if err != nil {
		return err
	}
	if other, err := r.mergedInto(*change.Into); err != nil {
		return err
	} else if other != nil {
		return store.Fail(ErrConflict, "item %q was merged into %q, which was merged into %q: restore %q first",
			item.ID, *change.IntoID, *other, *change.IntoID)
	}
	if err := r.moveBack(row, item, *change.Into, merge, at); err != nil {
		return err
	}
	if err := r.tx.RemoveCopiedSourceTrials(merge); err != nil {
		return err
	}
	if err := r.tx.RemoveItemTexts(merge); err != nil {
		return err
	}
	// Another item that is still merged may have brought the same.
	others, err := r.tx.MergedInto(*change.Into)
	if err != nil {
		return err
	}
	for _, other := range others {
		if other.Event == merge {
			continue
		}
		if err := r.tx.CopySourceTrials(other.Item, *change.Into, other.Event); err != nil {
			return err
		}
		if err := r.tx.CopyItemTexts(other.Item, *change.Into, other.Event); err != nil {
			return err
		}
	}
	return nil
}

// moveBack moves the counts back that a merge moved. If a restore has lowered those of the
// other item since, it only loses what it has.
func (r *recorder) moveBack(row store.Entry, item store.Item, into, merge, at int64) error {
	moved, err := r.tx.AdjustmentsBy(merge)
	if err != nil {
		return err
	}
	back := store.Adjustment{Item: item.No, Reason: store.ByRestore, Event: &at, TimeUS: row.Time.UnixMicro()}
	for _, a := range moved {
		if a.Item == item.No {
			back.Helpful, back.Harmful = back.Helpful-a.Helpful, back.Harmful-a.Harmful
		}
	}
	other, err := r.tx.ItemByNumber(into)
	if err != nil {
		return err
	}
	lost := back
	lost.Item = into
	lost.Helpful, lost.Harmful = -min(back.Helpful, max(other.Helpful, 0)), -min(back.Harmful, max(other.Harmful, 0))
	if err := r.adjust(back); err != nil {
		return err
	}
	return r.adjust(lost)
}

// moveOn moves what a void or its undo changed in the counts of merged items on to the items
// that they were merged into.
func (r *recorder) moveOn(row store.Entry, trial store.Attempt, sign int64) error {
	used, err := r.tx.MergedUsages(trial.Event)
	if err != nil {
		return err
	}
	for _, u := range used {
		helpful, harmful := int64(0), sign*u.Counted
		if trial.Success {
			helpful, harmful = harmful, 0
		}
		for item := u.Item; ; {
			merge, found, err := r.tx.MergeOf(item)
			if err != nil {
				return err
			}
			if !found {
				break
			}
			if err := r.move(row, merge.Event, item, *merge.Into, helpful, harmful); err != nil {
				return err
			}
			item = *merge.Into
		}
	}
	return nil
}

// move moves counts from an item to another by adjustments that belong to a merge.
func (r *recorder) move(row store.Entry, merge, from, to, helpful, harmful int64) error {
	moved := store.Adjustment{Item: from, Helpful: -helpful, Harmful: -harmful, Reason: store.ByMerge, Event: &merge, TimeUS: row.Time.UnixMicro()}
	if err := r.adjust(moved); err != nil {
		return err
	}
	moved.Item, moved.Helpful, moved.Harmful = to, helpful, harmful
	return r.adjust(moved)
}

// mergedInto returns the id of the item that an item was merged into, nil if it was not
// or if it came back.
func (r *recorder) mergedInto(no int64) (*string, error) {
	merge, found, err := r.tx.MergeOf(no)
	if err != nil || !found {
		return nil, err
	}
	return merge.IntoID, nil
}
