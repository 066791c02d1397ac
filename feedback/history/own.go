package history

import (
	"slices"
	"strings"

	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// applyDifference imports what another tool has changed in the database's own
// playbook.json since it was last read or written. Changes made here in the meantime
// stay.
func (i *importer) applyDifference(last, book playbook.File, state *store.Playbook) error {
	ours, err := i.tx.Items(true)
	if err != nil {
		return err
	}
	m := match(ours, last, nil)
	before := map[string]counterpart{}
	for _, item := range last.Items {
		if same, _ := m.find(item); same != nil {
			before[item.ID] = counterpart{item, same}
		}
	}
	for _, item := range book.Items {
		was, known := before[item.ID]
		delete(before, item.ID)
		same := m.byID[item.ID]
		switch {
		case known:
			err = i.edit(was.old, item, was.same)
		case same == nil:
			i.note(Change{Action: Added, ID: item.ID})
			err = i.add(item, item.ID)
		case same.Category != string(item.Category) || same.Content != item.Content:
			_, err = i.addAs(item)
		case same.Retirement != nil:
			err = i.restore(item, same)
		default:
			// Both sides added the same advice under the same id.
			err = i.edit(playbook.Item{
				ID: item.ID, Category: item.Category, Content: item.Content, CreatedAt: item.CreatedAt,
				LastUsed: item.LastUsed, Tags: item.Tags, Extra: item.Extra,
			}, item, same)
		}
		if err != nil {
			return err
		}
	}
	if err := i.retireVanished(last, before); err != nil {
		return err
	}
	if book.CreatedAt != last.CreatedAt && book.CreatedAt != "" {
		i.changed = true
		state.CreatedAt = &book.CreatedAt
	}
	if !equalMembers(last.Extra, book.Extra) {
		i.changed = true
		if state.Extra, err = marshalExtra(book.Extra); err != nil {
			return err
		}
	}
	return nil
}

// counterpart is an item of the earlier file and the corresponding item here. Their ids
// differ if the item was imported with a new id.
type counterpart struct {
	old  playbook.Item
	same *store.Item
}

// edit imports the fields of an item that differ between old and item.
func (i *importer) edit(old, item playbook.Item, same *store.Item) error {
	theirs, err := toStore(item)
	if err != nil {
		return err
	}
	updated := *same
	var fields []string
	field := func(name string, changed bool, take func()) {
		if changed {
			fields = append(fields, name)
			take()
		}
	}
	field("category", old.Category != item.Category, func() { updated.Category = theirs.Category })
	field("content", old.Content != item.Content, func() { updated.Content = theirs.Content })
	field("created_at", old.CreatedAt != item.CreatedAt && item.CreatedAt != "", func() { updated.CreatedAt = theirs.CreatedAt })
	field("tags", !slices.Equal(old.Tags, item.Tags), func() { updated.Tags = theirs.Tags })
	field("other fields", !equalMembers(old.Extra, item.Extra), func() { updated.Extra = theirs.Extra })
	resetUse := !equalText(old.LastUsed, item.LastUsed)
	field("last_used", resetUse, func() { updated.LastUsedAt = theirs.LastUsedAt })
	updated.Fingerprint = playbook.Fingerprint(playbook.Category(updated.Category), updated.Content)
	if len(fields) > 0 {
		if err := i.tx.UpdateItem(updated, resetUse); err != nil {
			return err
		}
	}
	field("source_trials", !slices.Equal(old.SourceTrials, item.SourceTrials), func() {
		err = i.editSources(same.No, old.SourceTrials, item.SourceTrials)
	})
	if err != nil {
		return err
	}
	helpful, harmful := item.Helpful-old.Helpful, item.Harmful-old.Harmful
	if helpful != 0 || harmful != 0 {
		if err := i.adjust(same.No, helpful, harmful); err != nil {
			return err
		}
	}
	i.noteEdit(changeOf(item.ID, same), fields, helpful, harmful)
	return nil
}

func (i *importer) noteEdit(change Change, fields []string, helpful, harmful int64) {
	var details []string
	if helpful != 0 || harmful != 0 {
		change.Action, details = Adjusted, []string{countsDetail(helpful, harmful)}
	}
	if len(fields) > 0 {
		change.Action, details = Edited, append([]string{strings.Join(fields, ", ")}, details...)
	}
	if change.Action != "" {
		change.Detail = strings.Join(details, "; ")
		i.note(change)
	}
}

func (i *importer) editSources(no int64, old, now []int64) error {
	for _, number := range old {
		if !slices.Contains(now, number) {
			if err := i.tx.RemoveSourceTrial(no, number); err != nil {
				return err
			}
		}
	}
	for _, number := range now {
		if slices.Contains(old, number) {
			continue
		}
		if _, err := i.tx.AddSourceTrial(no, number, nil); err != nil {
			return err
		}
	}
	return nil
}

// restore restores a retired item that is in the file again, with the fields and counts
// of the file.
func (i *importer) restore(item playbook.Item, same *store.Item) error {
	theirs, err := toStore(item)
	if err != nil {
		return err
	}
	theirs.No = same.No
	if theirs.CreatedAt == "" {
		theirs.CreatedAt = same.CreatedAt
	}
	if err := i.tx.UpdateItem(theirs, true); err != nil {
		return err
	}
	if err := i.tx.Restore(same.No, nil, i.tx.Now()); err != nil {
		return err
	}
	helpful, harmful := item.Helpful-same.Helpful, item.Harmful-same.Harmful
	i.note(Change{Action: Restored, ID: item.ID, Detail: countsDetail(helpful, harmful)})
	return i.adjust(same.No, helpful, harmful)
}

// retireVanished retires the live items that the file no longer has.
func (i *importer) retireVanished(last playbook.File, vanished map[string]counterpart) error {
	for _, item := range last.Items {
		was, gone := vanished[item.ID]
		if !gone || was.same.Retirement != nil {
			continue
		}
		if err := i.retire(was.same.No); err != nil {
			return err
		}
		change := changeOf(item.ID, was.same)
		change.Action, change.Detail = Retired, "no longer in the file"
		i.note(change)
	}
	return nil
}

func equalText(a, b *string) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

func equalMembers(a, b []playbook.Member) bool {
	return slices.EqualFunc(a, b, func(x, y playbook.Member) bool {
		return x.Name == y.Name && string(x.Value) == string(y.Value)
	})
}
