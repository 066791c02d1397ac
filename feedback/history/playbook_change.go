package history

import (
	"encoding/hex"
	"time"

	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// Some changes of the playbook are no events of a study: what it started from, imports, and
// items by hand. The database stores each as the event that makes the same change in
// another database, with its place among the events.

// ApplyPlaybook makes a change of the playbook, and stores it.
func ApplyPlaybook(tx store.Writer, change event.Playbook) error {
	if change.Time.IsZero() {
		change.Time = tx.Now()
	}
	if change.Start {
		if err := startAgain(tx); err != nil {
			return err
		}
	} else if err := checkOrder(tx, change.Follows); err != nil {
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
func startAgain(tx store.Writer) error {
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
func checkOrder(rx store.Reader, follows string) error {
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
func storeChange(tx store.Writer, change event.Playbook) error {
	change.Time = change.Time.UTC()
	return tx.AddPlaybookChange(string(event.Encode(change)), change.Time)
}

// recordChange runs do, which changes the playbook, and stores what it changed. file and
// digest are those of the file that was imported, if it changed something.
func recordChange(tx store.Writer, file func() (path string, digest []byte), do func() error) error {
	before, err := takeSnapshot(tx)
	if err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	after, err := takeSnapshot(tx)
	if err != nil {
		return err
	}
	change, err := before.changeTo(tx, after)
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
func storeInParts(tx store.Writer, change event.Playbook) error {
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
func RecordAddition(tx store.Writer, before store.Playbook, item store.Item) error {
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
