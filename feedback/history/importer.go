package history

import (
	"fmt"
	"path/filepath"

	"atomizer-db/feedback/history/legacy"
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// importer imports a file.
type importer struct {
	tx       store.Writer
	path     string // of the file
	own      Place  // of the database's playbook.json, if it is that
	digest   []byte
	counts   Counts
	importID *int64 // once something has changed
	absolute string // the path, then
	changes  []Change
	changed  bool // the playbook
	framed   bool // the frame of the file

	keptCounts int // items whose counts in the file were not taken
}

// merge imports a playbook.
func (i *importer) merge(file *File, own bool) error {
	return recordChange(i.tx, i.file, func() error { return i.mergeBook(file, own) })
}

// file returns the path and the digest of the file if it has changed something.
func (i *importer) file() (path string, digest []byte) {
	if i.importID == nil {
		return "", nil
	}
	return i.absolute, i.digest
}

func (i *importer) mergeBook(file *File, own bool) error {
	book := file.book
	before, err := i.tx.Playbook()
	if err != nil {
		return err
	}
	base, found, err := i.tx.PlaybookFile(i.own.Name)
	if err != nil {
		return err
	}
	if err := i.raiseNumbers(book); err != nil {
		return err
	}
	if own && found && !base.Pending {
		last, err := legacy.Decode(base.Content)
		if err != nil {
			return fmt.Errorf("the copy of playbook.json that was last read or written: %w", err)
		}
		if err := i.applyDifference(last.Live(), book.Live(), &before); err != nil {
			return err
		}
	} else if err := i.mergeForeign(file, !own, &before); err != nil {
		return err
	}
	before.Version = max(before.Version, book.Version)
	if i.changed {
		if _, err := i.id(); err != nil {
			return err
		}
		before.Version++
		before.ChangedUS = i.tx.Now().UnixMicro()
		begin(&before, book.CreatedAt, before.ChangedUS)
	}
	if err := i.tx.SetPlaybook(before); err != nil || !own {
		return err
	}
	return i.tx.SetPlaybookFile(i.own.Name, store.PlaybookFile{Content: file.raw, Digest: i.digest})
}

// begin stores when the playbook was created at its first change: the time that a file
// gives, if it gives one, or that of the change.
func begin(state *store.Playbook, given string, changedUS int64) {
	if state.CreatedAt == nil && state.CreatedUS == 0 && given != "" {
		state.CreatedAt = &given
	}
	if state.CreatedUS == 0 {
		state.CreatedUS = changedUS
	}
}

// raiseNumbers stores the numbers of all ids of the file as used, so that no new item
// gets one of these ids.
func (i *importer) raiseNumbers(book playbook.File) error {
	for _, item := range book.Items {
		if item.Nameless {
			continue
		}
		if err := RaiseNumber(i.tx, item.ID); err != nil {
			return err
		}
	}
	return nil
}

// note adds a change to the result.
func (i *importer) note(change Change) {
	i.changes = append(i.changes, change)
	if change.Action != LeftOut && change.Action != Kept {
		i.changed = true
	}
}

// id returns the id of the import's row, which it adds at the first change.
func (i *importer) id() (*int64, error) {
	if i.importID == nil {
		path, err := filepath.Abs(i.path)
		if err != nil {
			return nil, err
		}
		id, err := i.tx.AddImport(path, i.digest, i.tx.Now())
		if err != nil {
			return nil, err
		}
		i.importID, i.absolute = &id, path
	}
	return i.importID, nil
}

// add adds an item of the file at the end of the playbook, with the given id.
func (i *importer) add(item playbook.Item, id string) error {
	row, err := toStore(item)
	if err != nil {
		return err
	}
	row.ID = id
	if row.CreatedAt == "" {
		row.CreatedAt = playbook.FormatTime(i.tx.Now())
	}
	no, err := i.tx.AddItem(row)
	if err != nil {
		return err
	}
	for _, number := range item.SourceTrials {
		if _, err := i.tx.AddSourceTrial(no, number, nil); err != nil {
			return err
		}
	}
	if err := i.adjust(no, item.Helpful, item.Harmful); err != nil || !item.Archived {
		return err
	}
	return i.retire(no)
}

// retire retires an item that is missing or archived in the file.
func (i *importer) retire(no int64) error {
	id, err := i.id()
	if err != nil {
		return err
	}
	return i.tx.Retire(store.Retirement{Item: no, Reason: store.Removed, Import: id, RetiredUS: i.tx.Now().UnixMicro()})
}

// adjust adds the import's changes to an item's counts.
func (i *importer) adjust(no, helpful, harmful int64) error {
	if helpful == 0 && harmful == 0 {
		return nil
	}
	id, err := i.id()
	if err != nil {
		return err
	}
	return i.tx.Adjust(store.Adjustment{Item: no, Helpful: helpful, Harmful: harmful, Reason: store.ByImport, Import: id})
}
