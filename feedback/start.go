package feedback

import (
	"errors"
	"fmt"
	"io/fs"

	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// readStart reads the playbook.json that a new database starts from; raw is nil
// where there is none.
func readStart(database string) (book playbook.File, raw []byte, err error) {
	path := JSONPath(database)
	book, raw, err = readPlaybook(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return book, nil, nil
	case err != nil:
		err = fmt.Errorf("%w; mend it, or move it away to start without it", err)
	}
	return book, raw, err
}

// takeOver begins the playbook with all that a playbook.json holds, its version
// included.
func takeOver(tx *store.Tx, path string, book playbook.File, raw []byte) error {
	extra, err := marshalExtra(book.Extra)
	if err != nil {
		return err
	}
	state := store.Playbook{Version: book.Version, Extra: extra, ChangedUS: tx.Now().UnixMicro()}
	if book.LastUpdated != "" {
		state.LastUpdatedAt, state.ChangedUS = &book.LastUpdated, 0
	}
	if err := tx.SetPlaybook(state); err != nil {
		return err
	}
	i := importer{tx: tx, source: path, digest: contentDigest(raw)}
	if err := i.raiseNumbers(book); err != nil {
		return err
	}
	for _, item := range book.Items {
		if err := i.add(item, item.ID); err != nil {
			return err
		}
	}
	return tx.SetPlaybookFile(store.PlaybookFile{Content: raw, Digest: i.digest})
}

func marshalExtra(members []playbook.Member) (*string, error) {
	if len(members) == 0 {
		return nil, nil
	}
	text, err := playbook.MarshalMembers(members)
	return &text, err
}
