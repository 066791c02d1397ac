package feedback

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"atomizer-db/feedback/atomicfile"
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

const playbookExtension = ".json"

// JSONPath gives the playbook.json beside a database: its name with .json.
func JSONPath(database string) string {
	return strings.TrimSuffix(database, filepath.Ext(database)) + playbookExtension
}

// Playbook gives the playbook as playbook.json holds it.
func (l *Loop) Playbook(ctx context.Context) (file playbook.File, err error) {
	err = l.store.View(ctx, func(rx *store.Rx) error {
		file, err = assemble(rx, false)
		return err
	})
	return file, err
}

// Export brings playbook.json beside the database up to date. One that someone
// else has changed is an [ErrConflict], unless it is to be overwritten.
func (l *Loop) Export(ctx context.Context, overwrite bool) error {
	err := l.store.Update(ctx, func(tx *store.Tx) error {
		if !overwrite {
			if err := checkPlaybookFile(tx, l.store.Path()); err != nil {
				return err
			}
		}
		return l.stageExport(tx)
	})
	if err != nil {
		return err
	}
	return l.completeExport(ctx)
}

// assemble reads the playbook as a file, with retired items as archived ones
// where all is true.
func assemble(rx *store.Rx, all bool) (file playbook.File, err error) {
	book, begun, err := rx.Playbook()
	if err != nil {
		return file, err
	}
	if !begun {
		book.Version = 1
	}
	file.Version, file.LastUpdated = book.Version, lastUpdated(book)
	if file.Extra, err = parseExtra(book.Extra); err != nil {
		return file, err
	}
	items, err := rx.Items(all)
	if err != nil {
		return file, err
	}
	sources, err := rx.AllSourceTrials()
	if err != nil {
		return file, err
	}
	for _, item := range items {
		entry, err := toPlaybook(item, sources[item.No])
		if err != nil {
			return file, err
		}
		entry.Archived = item.Retirement != nil
		file.Items = append(file.Items, entry)
	}
	return file, nil
}

// lastUpdated is the latest change of the playbook or use of an item.
func lastUpdated(book store.Playbook) string {
	latest := max(book.ChangedUS, book.LastUseUS)
	if latest == 0 && book.LastUpdatedAt != nil {
		return *book.LastUpdatedAt
	}
	return playbook.FormatTime(time.UnixMicro(latest))
}

func toPlaybook(item store.Item, sources []int64) (entry playbook.Item, err error) {
	entry = playbook.Item{
		ID: item.ID, Category: playbook.Category(item.Category), Content: item.Content, Helpful: item.Helpful, Harmful: item.Harmful,
		CreatedAt: item.CreatedAt, LastUsed: lastUsed(item), SourceTrials: sources,
	}
	if err := json.Unmarshal([]byte(item.Tags), &entry.Tags); err != nil {
		return entry, fmt.Errorf("tags of %s: %w", item.ID, err)
	}
	entry.Extra, err = parseExtra(item.Extra)
	return entry, err
}

func lastUsed(item store.Item) *string {
	if item.LastUsedUS == nil {
		return item.LastUsedAt
	}
	text := playbook.FormatTime(time.UnixMicro(*item.LastUsedUS))
	return &text
}

func parseExtra(extra *string) ([]playbook.Member, error) {
	if extra == nil {
		return nil, nil
	}
	return playbook.ParseMembers(*extra)
}

// The database and the file cannot be committed together. So the bytes are
// staged in the transaction, in the database and in a synced file beside its
// target (a full disk or a read-only folder fails the transaction); after the
// commit the file is put in its place under the write lock. A process that dies
// between the two leaves that to the next opening.

// stageExport prepares playbook.json as the transaction has it.
func (l *Loop) stageExport(tx *store.Tx) error {
	file, err := assemble(&tx.Rx, false)
	if err != nil {
		return err
	}
	content, err := file.Encode()
	if err != nil {
		return err
	}
	path := JSONPath(l.store.Path())
	current, err := fileDigest(path)
	if err != nil {
		return err
	}
	staged := store.PlaybookFile{Content: content, Digest: contentDigest(content)}
	if bytes.Equal(current, staged.Digest) {
		return tx.SetPlaybookFile(staged) // it is there already
	}
	staged.Pending, staged.Replaces = true, current
	if err := atomicfile.Stage(path, content); err != nil {
		return fmt.Errorf("%s cannot be written, so nothing was recorded: %w", path, err)
	}
	return tx.SetPlaybookFile(staged)
}

// completeExport puts a staged playbook.json in its place.
func (l *Loop) completeExport(ctx context.Context) error {
	pending := false
	err := l.store.View(ctx, func(rx *store.Rx) (err error) {
		pending, err = rx.PlaybookFilePending()
		return err
	})
	if err != nil || !pending {
		return err
	}
	path, notice := JSONPath(l.store.Path()), ""
	err = l.store.Update(ctx, func(tx *store.Tx) error {
		file, _, err := tx.PlaybookFile()
		if err != nil || !file.Pending {
			return err
		}
		current, err := fileDigest(path)
		switch {
		case err != nil:
			return err
		case bytes.Equal(current, file.Digest):
			// Put there by a process that died before it could say so.
		case current == nil || bytes.Equal(current, file.Replaces):
			if err := atomicfile.Install(path, file.Content); err != nil {
				return err
			}
		default:
			notice = "warning: " + changedByOthers(path).Error()
			return nil
		}
		return tx.PlaybookFileDone()
	})
	if notice != "" {
		l.store.Notify(notice)
	}
	return err
}

// checkPlaybookFile refuses a playbook.json that is not as we left it.
func checkPlaybookFile(tx *store.Tx, database string) error {
	path := JSONPath(database)
	current, err := fileDigest(path)
	if err != nil || current == nil {
		return err
	}
	known, found, err := tx.PlaybookFile()
	if err != nil {
		return err
	}
	if found && (bytes.Equal(current, known.Digest) || (known.Pending && bytes.Equal(current, known.Replaces))) {
		return nil
	}
	return changedByOthers(path)
}

// ErrFileChanged is the kind of an [ErrConflict] about a playbook.json that
// someone else has changed: what was asked for is not wrong, but has to wait.
var ErrFileChanged = fmt.Errorf("playbook.json was changed: %w", ErrConflict)

func changedByOthers(path string) error {
	return store.Fail(ErrFileChanged, "%s was changed by someone else since it was last read or written here: "+
		"take the changes over with `atomizer-db import %s`, or replace the file with the --overwrite of `finalize` and `export`", path, path)
}

// fileDigest is nil where there is no file.
func fileDigest(path string) ([]byte, error) {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return contentDigest(content), nil
}

func contentDigest(content []byte) []byte {
	sum := sha256.Sum256(content)
	return sum[:]
}
