package feedback

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// Counts says what an import does with the counts of an item that the playbook
// has already.
type Counts string

// What an import can do with counts.
const (
	OurCounts   Counts = "ours"   // leave them alone
	TheirCounts Counts = "theirs" // set them to the file's
	AddCounts   Counts = "add"    // add the file's to them, once
)

// ImportOptions change how a playbook.json is imported.
type ImportOptions struct {
	Counts Counts // "" is OurCounts
	DryRun bool   // tell what would be done, and change nothing
}

// Import tells what an import did.
type Import struct {
	File    string   `json:"file"`
	Own     bool     `json:"own"` // it was the database's own playbook.json, changed by another tool
	Items   int      `json:"items"`
	Changes []Change `json:"changes"` // in the order of the file
	Changed bool     `json:"changed"`
	Version int64    `json:"version"` // of the playbook, now
	DryRun  bool     `json:"dry_run"`
}

// Action is what an import did with one item.
type Action string

// What an import does with an item. One that it leaves alone because nothing
// is new is not told of.
const (
	Added    Action = "added"    // came in as it is
	Renamed  Action = "renamed"  // came in under a new id: its own belongs to another item
	Edited   Action = "edited"   // fields that another tool changed were taken over
	Adjusted Action = "adjusted" // only its counts changed
	Retired  Action = "retired"  // it is gone from the file
	Restored Action = "restored" // it was retired, and the file has it again
	LeftOut  Action = "left out" // it is retired here, and stays so
)

// Change is what an import did with one item.
type Change struct {
	Action Action `json:"action"`
	ID     string `json:"id"`           // in the file
	As     string `json:"as,omitempty"` // in the playbook, where that is another
	Detail string `json:"detail,omitempty"`
}

// Import takes over a playbook.json, in one transaction.
//
// The database's own, changed by another tool, is compared with what was last
// read or written: new items come in, changed fields are taken over, changes
// of counts become adjustments, and items that vanished are retired.
//
// Of any other file, items with an unknown id come in as they are, a known id
// with the same content keeps our counts (unless options say otherwise), and a
// known id with other content comes in under a new id.
//
// The version becomes the larger one, and one more if anything changed. The
// same file again changes nothing.
func (l *Loop) Import(ctx context.Context, path string, options ImportOptions) (Import, error) {
	result := Import{File: path, DryRun: options.DryRun, Changes: []Change{}}
	book, raw, err := readPlaybook(path)
	if err != nil {
		return result, err
	}
	result.Items = len(book.Items)
	if result.Own, err = sameFile(path, JSONPath(l.store.Path())); err != nil {
		return result, err
	}
	if result.Own && options.Counts != "" && options.Counts != OurCounts {
		return result, fmt.Errorf("%s is this database's own: its changes of counts are always taken over, as adjustments; leave the choice of counts out", path)
	}
	err = l.store.Update(ctx, func(tx *store.Tx) error {
		i := importer{tx: tx, source: path, digest: contentDigest(raw), counts: options.Counts}
		if err := i.merge(book, raw, result.Own); err != nil {
			return err
		}
		result.Changes = append(result.Changes, i.changes...)
		result.Changed = i.changed
		now, _, err := tx.Playbook()
		result.Version = now.Version
		if err == nil && options.DryRun {
			err = errPreview
		}
		return err
	})
	if errors.Is(err, errPreview) {
		err = nil
	}
	return result, err
}

// CheckPlaybook tells what is wrong with a playbook.json, without importing it.
func CheckPlaybook(path string) error {
	_, _, err := readPlaybook(path)
	return err
}

func readPlaybook(path string) (book playbook.File, raw []byte, err error) {
	raw, err = os.ReadFile(path)
	if err != nil {
		return book, nil, err
	}
	if book, err = playbook.Decode(raw); err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return book, raw, err
}

func sameFile(a, b string) (bool, error) {
	first, err := os.Stat(a)
	if err != nil {
		return false, err
	}
	second, err := os.Stat(b)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(first, second), err
}

// importer brings a playbook.json into the playbook.
type importer struct {
	tx       *store.Tx
	source   string
	digest   []byte
	counts   Counts
	importID *int64 // once something has changed
	changes  []Change
	changed  bool
}

func (i *importer) merge(book playbook.File, raw []byte, own bool) error {
	before, _, err := i.tx.Playbook()
	if err != nil {
		return err
	}
	base, found, err := i.tx.PlaybookFile()
	if err != nil {
		return err
	}
	if err := i.raiseNumbers(book); err != nil {
		return err
	}
	if own && found && !base.Pending {
		last, err := playbook.Decode(base.Content)
		if err != nil {
			return fmt.Errorf("the copy of playbook.json that was last read or written: %w", err)
		}
		if err := i.applyDifference(last, book, &before); err != nil {
			return err
		}
	} else if err := i.mergeForeign(book, &before); err != nil {
		return err
	}
	before.Version = max(before.Version, book.Version)
	if i.changed {
		if _, err := i.id(); err != nil {
			return err
		}
		before.Version++
		before.ChangedUS = i.tx.Now().UnixMicro()
	}
	if err := i.tx.SetPlaybook(before); err != nil || !own {
		return err
	}
	return i.tx.SetPlaybookFile(store.PlaybookFile{Content: raw, Digest: i.digest})
}

// raiseNumbers notes every number that ids of the file have, so that none of
// them is given out again.
func (i *importer) raiseNumbers(book playbook.File) error {
	for _, item := range book.Items {
		if err := raiseNumber(i.tx, item.ID); err != nil {
			return err
		}
	}
	return nil
}

func raiseNumber(tx *store.Tx, id string) error {
	prefix, number, ok, err := playbook.Number(id)
	if err != nil || !ok {
		return err
	}
	return tx.RaiseNumber(prefix, number)
}

// note keeps what was done with an item.
func (i *importer) note(change Change) {
	i.changes = append(i.changes, change)
	if change.Action != LeftOut {
		i.changed = true
	}
}

// id is the import's row, made when the first thing changes.
func (i *importer) id() (*int64, error) {
	if i.importID == nil {
		source, err := filepath.Abs(i.source)
		if err != nil {
			return nil, err
		}
		id, err := i.tx.AddImport(source, i.digest)
		if err != nil {
			return nil, err
		}
		i.importID = &id
	}
	return i.importID, nil
}

// add puts an item of the file at the playbook's end, under an id.
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
	return i.adjust(no, item.Helpful, item.Harmful)
}

// adjust moves an item's counts by what the import says.
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

func toStore(item playbook.Item) (store.Item, error) {
	extra, err := marshalExtra(item.Extra)
	return store.Item{
		ID: item.ID, Category: string(item.Category), Content: item.Content,
		Fingerprint: fingerprint(item.Category, item.Content),
		CreatedAt:   item.CreatedAt, LastUsedAt: item.LastUsed, Tags: string(encode(append([]string{}, item.Tags...))), Extra: extra,
	}, err
}
