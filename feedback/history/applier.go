package history

import (
	"encoding/hex"
	"fmt"

	"github.com/go-json-experiment/json"

	"atomizer-db/feedback/event"
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// applier makes one change of the playbook.
type applier struct {
	tx       store.Writer
	change   event.Playbook
	importID *int64
}

func (a *applier) apply() error {
	var state store.Playbook
	if !a.change.Start {
		var err error
		if state, err = a.tx.Playbook(); err != nil {
			return err
		}
		if a.change.Version < state.Version {
			return &event.FieldError{Field: "version", Problem: fmt.Sprintf("%d is lower than the version here, %d: it never falls", a.change.Version, state.Version)}
		}
	}
	if a.change.File != "" {
		if err := a.addImport(); err != nil {
			return err
		}
	}
	for prefix, number := range a.change.LastNumbers {
		if err := a.tx.RaiseNumber(prefix, number); err != nil {
			return err
		}
	}
	for i, item := range a.change.Items {
		if err := a.item(fmt.Sprintf("items[%d]", i), item); err != nil {
			return err
		}
	}
	if err := a.setFrames(); err != nil {
		return err
	}
	state.Version = a.change.Version
	if a.change.CreatedAt != nil {
		state.CreatedAt = a.change.CreatedAt
	}
	if !a.change.Created.IsZero() {
		state.CreatedUS = a.change.Created.UnixMicro()
	}
	switch {
	case a.change.LastUpdated != nil:
		state.LastUpdatedAt, state.ChangedUS = a.change.LastUpdated, 0
	case !a.change.Undated:
		state.ChangedUS = a.change.Time.UnixMicro()
	}
	if a.change.Fields != nil {
		members, err := playbook.ParseMembers(string(a.change.Fields))
		if err != nil {
			return err
		}
		if state.Extra, err = marshalExtra(members); err != nil {
			return err
		}
	}
	return a.tx.SetPlaybook(state)
}

// addImport stores the import, unless it is stored.
func (a *applier) addImport() error {
	digest, err := hex.DecodeString(a.change.Digest)
	if err != nil || a.importID != nil {
		return err
	}
	id, err := a.tx.AddImport(a.change.File, digest, a.change.Time)
	a.importID = &id
	return err
}

// item adds an item, or changes the one with its id.
func (a *applier) item(field string, change event.ItemChange) error {
	before, known, err := a.tx.Item(change.ID)
	if err != nil {
		return err
	}
	if !known {
		before = store.Item{Tags: "[]"}
	}
	after, err := fieldsOf(before, change)
	if err != nil {
		return err
	}
	switch {
	case known:
		err = a.tx.UpdateItem(after, change.LastUsed != nil)
	case change.Category == nil || change.Content == nil || change.CreatedAt == nil:
		return &event.FieldError{Field: field, Problem: fmt.Sprintf("the item %q is new: its category, content and created_at are required", change.ID)}
	default:
		after.ID = change.ID
		if err := RaiseNumber(a.tx, change.ID); err != nil {
			return err
		}
		after.No, err = a.tx.AddItem(after)
	}
	if err != nil {
		return err
	}
	for _, number := range change.Removed {
		if err := a.tx.RemoveSourceTrial(after.No, number); err != nil {
			return err
		}
	}
	for _, number := range change.Sources {
		if _, err := a.tx.AddSourceTrial(after.No, number, nil); err != nil {
			return err
		}
	}
	if change.Helpful != 0 || change.Harmful != 0 {
		if err := a.tx.Adjust(store.Adjustment{
			Item: after.No, Helpful: change.Helpful, Harmful: change.Harmful, Reason: store.ByImport, Import: a.importID, TimeUS: a.change.Time.UnixMicro(),
		}); err != nil {
			return err
		}
	}
	return a.retire(before, after.No, change)
}

// fieldsOf returns an item with the changed fields.
func fieldsOf(item store.Item, change event.ItemChange) (store.Item, error) {
	for to, from := range map[*string]*string{&item.Category: change.Category, &item.Content: change.Content, &item.CreatedAt: change.CreatedAt} {
		if from != nil {
			*to = *from
		}
	}
	item.Fingerprint = playbook.Fingerprint(playbook.Category(item.Category), item.Content)
	if change.LastUsed != nil {
		used, err := change.LastUse()
		if err != nil {
			return item, err
		}
		item.LastUsedAt = used
	}
	if change.Tags != nil {
		tags, err := json.Marshal(append([]string{}, change.Tags...))
		if err != nil {
			return item, err
		}
		item.Tags = string(tags)
	}
	if change.Fields != nil {
		members, err := playbook.ParseMembers(string(change.Fields))
		if err != nil {
			return item, err
		}
		if item.Extra, err = marshalExtra(members); err != nil {
			return item, err
		}
	}
	return item, nil
}

// retire retires an item, or restores it.
func (a *applier) retire(before store.Item, no int64, change event.ItemChange) error {
	switch {
	case change.Retired == nil || *change.Retired == (before.Retirement != nil):
		return nil
	case *change.Retired:
		if err := a.addImport(); err != nil { // a retirement has an event or an import
			return err
		}
		return a.tx.Retire(store.Retirement{Item: no, Reason: store.Removed, Import: a.importID, RetiredUS: a.change.Time.UnixMicro()})
	}
	return a.tx.Restore(no, nil, a.change.Time)
}
