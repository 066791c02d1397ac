package feedback

import (
	"context"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"

	"atomizer-db/feedback/event"
	"atomizer-db/feedback/history"
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// EditItem changes what an item says. Insights that say what it said before still merge
// into it. It returns [ErrNoItem] if no item has the id, and [ErrConflict] if it is
// retired.
func (l *Loop) EditItem(ctx context.Context, edit event.EditItem) (ItemAnswer, error) {
	return recordOne[ItemAnswer](ctx, l, edit)
}

// TagItem adds tags to a live item, and removes some.
func (l *Loop) TagItem(ctx context.Context, tags event.TagItem) (ItemAnswer, error) {
	return recordOne[ItemAnswer](ctx, l, tags)
}

// RetireItem removes an item from the playbook.
func (l *Loop) RetireItem(ctx context.Context, retire event.RetireItem) (ItemAnswer, error) {
	return recordOne[ItemAnswer](ctx, l, retire)
}

// MergeItems retires an item and moves its counts and source trials to another, which it
// returns.
func (l *Loop) MergeItems(ctx context.Context, merge event.MergeItems) (ItemAnswer, error) {
	return recordOne[ItemAnswer](ctx, l, merge)
}

// RestoreItem returns a retired item to its old place in the playbook. If a finalize
// pruned it, an adjustment lowers the larger of its counts, so that its net score is zero.
// If it was merged, it takes its counts and source trials back. For a live item it returns
// [ErrConflict].
func (l *Loop) RestoreItem(ctx context.Context, restore event.RestoreItem) (ItemAnswer, error) {
	return recordOne[ItemAnswer](ctx, l, restore)
}

// itemOf returns the id of the item that an event changes; ok is false if it changes none.
// The answer of a merge is about the item that stays.
func itemOf(e event.Event) (id, answer string, ok bool) {
	switch e := e.(type) {
	case event.EditItem:
		return e.Item, e.Item, true
	case event.TagItem:
		return e.Item, e.Item, true
	case event.RetireItem:
		return e.Item, e.Item, true
	case event.MergeItems:
		return e.Item, e.Into, true
	case event.RestoreItem:
		return e.Item, e.Item, true
	}
	return "", "", false
}

// change records an event that changes an item, and changes it.
func (r *recorder) change(e event.Event, row store.Entry) (Answer, error) {
	id, answered, _ := itemOf(e)
	item, err := findItem(r.tx, id)
	if err != nil {
		return nil, err
	}
	_, restores := e.(event.RestoreItem)
	if restores != (item.Retirement != nil) {
		state := "is retired: restore it first"
		if restores {
			state = "is not retired"
		}
		return nil, store.Fail(ErrConflict, "item %q %s", id, state)
	}
	at, err := r.recordRow(row)
	if err != nil {
		return nil, err
	}
	change := store.ItemChange{Event: at, Item: item.No}
	switch e := e.(type) {
	case event.EditItem:
		err = r.editItem(&change, item, e.Content)
	case event.TagItem:
		err = r.tagItem(&change, item, e)
	case event.RetireItem:
		err = r.retire(row, at, item.No, store.Retired, e.Reason)
	case event.MergeItems:
		err = r.merge(row, &change, item, e.Into)
	case event.RestoreItem:
		err = r.restore(row, at, item)
	}
	if err != nil {
		return nil, err
	}
	if err := r.tx.AddItemChange(change); err != nil {
		return nil, err
	}
	if err := r.tx.Touch(1, row.Time); err != nil {
		return nil, err
	}
	return r.itemAnswer(answered)
}

// itemAnswer answers with the item as it is now.
func (r *recorder) itemAnswer(id string) (ItemAnswer, error) {
	row, err := findItem(r.tx, id)
	if err != nil {
		return ItemAnswer{}, err
	}
	item, err := oneItem(r.tx, row)
	return ItemAnswer{Item: item}, err
}

func (r *recorder) editItem(change *store.ItemChange, item store.Item, content string) error {
	change.Before, change.After = &item.Content, &content
	if err := r.tx.AddItemText(item.No, item.Category, item.Fingerprint, change.Event); err != nil {
		return err
	}
	if err := r.tx.RemoveItemNumbers(item.No); err != nil {
		return err
	}
	edited := item
	edited.Content, edited.Fingerprint = content, playbook.Fingerprint(playbook.Category(item.Category), content)
	return r.tx.UpdateItem(edited, false)
}

func (r *recorder) tagItem(change *store.ItemChange, item store.Item, e event.TagItem) error {
	entry, err := history.ToPlaybook(item, nil)
	if err != nil {
		return err
	}
	tags := slices.DeleteFunc(entry.Tags, func(tag string) bool { return slices.Contains(e.Remove, tag) })
	for _, tag := range e.Add {
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	tagged := item
	change.Before, change.After = &item.Tags, &tagged.Tags
	change.Added, change.Removed = new(string), new(string)
	for text, list := range map[*string][]string{&tagged.Tags: tags, change.Added: e.Add, change.Removed: e.Remove} {
		encoded, err := json.Marshal(append([]string{}, list...))
		if err != nil {
			return fmt.Errorf("tags: %w", err)
		}
		*text = string(encoded)
	}
	return r.tx.UpdateItem(tagged, false)
}

func (r *recorder) retire(row store.Entry, at, item int64, why, reason string) error {
	if err := r.tx.AddReason(at, reason); err != nil {
		return err
	}
	return r.tx.Retire(store.Retirement{Item: item, Reason: why, Event: &at, RetiredUS: row.Time.UnixMicro()})
}

// adjust stores an adjustment, unless it changes nothing.
func (r *recorder) adjust(a store.Adjustment) error {
	if a.Helpful == 0 && a.Harmful == 0 {
		return nil
	}
	return r.tx.Adjust(a)
}

func (r *recorder) restore(row store.Entry, at int64, item store.Item) error {
	retirements, err := r.tx.Retirements(item.No)
	if err != nil {
		return err
	}
	if len(retirements) == 0 {
		return store.Inconsistent("item %q is retired, but its retirement is missing", item.ID)
	}
	switch last := retirements[0]; last.Reason {
	case store.Pruned:
		net := item.Helpful - item.Harmful
		err = r.adjust(store.Adjustment{Item: item.No, Helpful: min(-net, 0), Harmful: min(net, 0), Reason: store.ByRestore, Event: &at, TimeUS: row.Time.UnixMicro()})
	case store.Merged:
		err = r.takeBack(row, item, *last.Event, at)
	}
	if err != nil {
		return err
	}
	return r.tx.Restore(item.No, &at, row.Time)
}
