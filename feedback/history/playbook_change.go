package history

import (
	"encoding/hex"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"atomizer-db/feedback/event"
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// Some changes of the playbook are no events of a study: what it started from, imports, and
// items by hand. The database stores each as the event that makes the same change in
// another database, with its place among the events.

// ApplyPlaybook makes a change of the playbook, and stores it.
func ApplyPlaybook(tx *store.Tx, change event.Playbook) error {
	if change.Time.IsZero() {
		change.Time = tx.Now()
	}
	if change.Start {
		if err := startAgain(tx); err != nil {
			return err
		}
	} else if err := checkOrder(&tx.Rx, change.Follows); err != nil {
		return err
	}
	change.Follows = "" // an export tells it from the changes before
	a := applier{tx: tx, change: change}
	if err := a.apply(); err != nil {
		return err
	}
	return storeChange(tx, change)
}

// startAgain forgets what an untouched playbook started from.
func startAgain(tx *store.Tx) error {
	untouched, err := tx.IsPlaybookUntouched()
	if err != nil {
		return err
	}
	if !untouched {
		return store.Fail(ErrOtherPlaybook, "start: this database has content already, and the events begin with an empty one")
	}
	return tx.ForgetPlaybook()
}

// checkOrder returns an error unless the newest change is the one that a change follows.
func checkOrder(rx *store.Rx, follows string) error {
	if follows == "" {
		return &event.FieldError{Field: "follows", Problem: "is missing: only a start follows no other change"}
	}
	stored, found, err := rx.LastPlaybookChange()
	if err != nil {
		return err
	}
	link := ""
	if found {
		last, err := decodeChange(stored)
		if err != nil {
			return err
		}
		link = linkTo(last)
	}
	if link != follows {
		return store.Fail(ErrOtherPlaybook,
			"follows: the last change of the playbook here is not the one before this: a line before it is missing, or this database has other content")
	}
	return nil
}

// linkTo identifies a change, as it is exported but for what it follows itself, in the next
// one. A migration may have stored it in other words.
func linkTo(change event.Playbook) string {
	return hex.EncodeToString(contentDigest(event.Encode(change)))[:32]
}

// storeChange stores a change of the playbook that has been made.
func storeChange(tx *store.Tx, change event.Playbook) error {
	change.Time = change.Time.UTC()
	return tx.AddPlaybookChange(string(event.Encode(change)), change.Time)
}

// applier makes one change of the playbook.
type applier struct {
	tx       *store.Tx
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

// recordChange runs do, which changes the playbook, and stores what it changed. file and
// digest are those of the file that was imported, if it changed something.
func recordChange(tx *store.Tx, file func() (path string, digest []byte), do func() error) error {
	before, err := takeSnapshot(&tx.Rx)
	if err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	after, err := takeSnapshot(&tx.Rx)
	if err != nil {
		return err
	}
	change, err := before.changeTo(&tx.Rx, after)
	if err != nil || change == nil {
		return err
	}
	change.Time = tx.Now()
	path, digest := file()
	change.File, change.Digest = path, hex.EncodeToString(digest)
	return storeInParts(tx, *change)
}

// mostItems is how many items one stored change has, so that the line of a large playbook
// can be read again.
const mostItems = 1000

// storeInParts stores a change with many items as several.
func storeInParts(tx *store.Tx, change event.Playbook) error {
	items, frames := change.Items, change.Frames
	for {
		change.Items = items[:min(mostItems, len(items))]
		items = items[len(change.Items):]
		if change.Frames = nil; len(items) == 0 {
			change.Frames = frames // which name the items
		}
		if err := storeChange(tx, change); err != nil || len(items) == 0 {
			return err
		}
		change = event.Playbook{Header: change.Header, File: change.File, Digest: change.Digest, Version: change.Version, Undated: true}
	}
}

// RecordAddition stores that an item was added by hand. before is the playbook without it.
func RecordAddition(tx *store.Tx, before store.Playbook, item store.Item) error {
	after, err := tx.Playbook()
	if err != nil {
		return err
	}
	change := event.Playbook{
		Header: event.Header{Time: tx.Now()}, Version: after.Version, Undated: before.ChangedUS == after.ChangedUS,
		Items: []event.ItemChange{{ID: item.ID, Category: &item.Category, Content: &item.Content, CreatedAt: &item.CreatedAt}},
	}
	if before.CreatedUS != after.CreatedUS {
		change.Created = time.UnixMicro(after.CreatedUS).UTC()
	}
	return storeChange(tx, change)
}
