package history

import (
	"errors"
	"fmt"
	"io/fs"

	"atomizer-db/feedback/history/legacy"
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
	"atomizer-db/store/regular"
)

// Start is the playbook.json that the playbook of a new database starts from, nil if
// there is none.
type Start struct {
	path string
	book playbook.File
	raw  []byte
}

// ReadStart reads the playbook.json at path, if there is one.
func ReadStart(path string) (*Start, error) {
	raw, err := regular.Read(path, MaxPlaybookFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	s := &Start{path: path, raw: raw}
	if err == nil {
		if s.book, err = legacy.Decode(raw); err != nil {
			err = fmt.Errorf("%s: %w", path, err)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%w; repair it, or move it away to start without it", err)
	}
	return s, nil
}

// Items returns the number of items in the file.
func (s *Start) Items() int { return len(s.book.Items) }

// Begin starts the playbook with the content of the file, including its version. If s is
// nil, it starts an empty playbook. place is that of the file.
func (s *Start) Begin(tx store.Writer, place Place) error {
	i := importer{tx: tx, own: place}
	return recordChange(tx, i.file, func() error { return s.begin(&i) })
}

func (s *Start) begin(i *importer) error {
	tx := i.tx
	if s == nil {
		return tx.SetPlaybook(store.Playbook{Version: 1, ChangedUS: tx.Now().UnixMicro()})
	}
	extra, err := marshalExtra(s.book.Extra)
	if err != nil {
		return err
	}
	state := store.Playbook{Version: s.book.Version, Extra: extra, ChangedUS: tx.Now().UnixMicro()}
	if s.book.LastUpdated != "" {
		state.LastUpdatedAt, state.ChangedUS = &s.book.LastUpdated, 0
	}
	switch {
	case s.book.CreatedAt != "":
		state.CreatedAt = &s.book.CreatedAt
	case s.book.LastUpdated != "":
		state.CreatedAt = &s.book.LastUpdated
	default:
		state.CreatedUS = tx.Now().UnixMicro()
	}
	if err := tx.SetPlaybook(state); err != nil {
		return err
	}
	i.path, i.digest = s.path, contentDigest(s.raw)
	if err := i.raiseNumbers(s.book); err != nil {
		return err
	}
	for _, item := range s.book.Items {
		if err := i.add(item, item.ID); err != nil {
			return err
		}
	}
	return tx.SetPlaybookFile(i.own.Name, store.PlaybookFile{Content: s.raw, Digest: i.digest})
}
