package history

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"

	"atomizer-db/feedback/atomicfile"
	"atomizer-db/feedback/history/legacy"
	"atomizer-db/store"
)

// The database and playbook.json cannot be committed together. So a transaction
// only stores the bytes that are to be written, in the database; after its commit
// they are written to the file, under the write lock. A process that dies between
// the two leaves that to the next opening.

// Stage stores playbook.json, as the transaction has the playbook, to be written
// to path by [Complete] after the commit.
func Stage(tx *store.Tx, path string) error {
	file, err := Playbook(&tx.Rx)
	if err != nil {
		return err
	}
	content, err := file.Encode()
	if err != nil {
		return err
	}
	current, err := fileDigest(path)
	if err != nil {
		return err
	}
	staged := store.PlaybookFile{Content: content, Digest: contentDigest(content)}
	if !bytes.Equal(current, staged.Digest) {
		staged.Pending, staged.Replaces = true, current
	}
	return tx.SetPlaybookFile(staged)
}

// Complete writes the playbook.json that a committed transaction has staged, if
// there is one. One that cannot be written is a [*WriteError]; one in whose place
// someone else has put another file is not written, and is the warning.
func Complete(ctx context.Context, s *store.Store, path string) (warning, err error) {
	var committed store.PlaybookFile
	err = s.View(ctx, func(rx *store.Rx) error {
		committed = store.PlaybookFile{}
		pending, err := rx.PlaybookFilePending()
		if err == nil && pending {
			committed, _, err = rx.PlaybookFile()
		}
		return err
	})
	if err != nil || !committed.Pending {
		return nil, err
	}
	err = s.Update(ctx, func(tx *store.Tx) error {
		warning = nil
		file, _, err := tx.PlaybookFile()
		if err != nil || !file.Pending || !bytes.Equal(file.Digest, committed.Digest) {
			return err // written meanwhile, or staged again by an export that completes it itself
		}
		current, err := fileDigest(path)
		switch {
		case err != nil:
			return err
		case bytes.Equal(current, file.Digest):
			// Written by a process that died before it could say so.
		case current == nil || bytes.Equal(current, file.Replaces):
			// The content is that of an earlier commit: it may be written
			// though this transaction has not committed, and written again.
			if err := atomicfile.Write(path, committed.Content); err != nil {
				return &WriteError{path, err}
			}
		default:
			warning = &FileChangedError{path}
			return nil
		}
		return tx.PlaybookFileDone()
	})
	return warning, err
}

// CheckUnchanged returns a [*FileChangedError] where someone else has changed
// playbook.json since it was last read or written.
func CheckUnchanged(rx *store.Rx, path string) error {
	current, err := fileDigest(path)
	if err != nil || current == nil {
		return err
	}
	known, found, err := rx.PlaybookFile()
	if err != nil {
		return err
	}
	if found && (bytes.Equal(current, known.Digest) || (known.Pending && bytes.Equal(current, known.Replaces))) {
		return nil
	}
	return &FileChangedError{path}
}

// CheckFile reports what is wrong with playbook.json: a [*FileChangedError], or
// [ErrFileBroken]. A file that is not there is no problem.
func CheckFile(rx *store.Rx, path string) (problem, err error) {
	err = CheckUnchanged(rx, path)
	if err == nil || !errors.Is(err, ErrFileChanged) {
		return nil, err
	}
	content, readErr := os.ReadFile(path)
	if readErr != nil {
		return nil, readErr
	}
	if _, broken := legacy.Decode(content); broken != nil {
		return store.Fail(ErrFileBroken, "%v", broken), nil
	}
	return err, nil
}

// fileDigest returns nil where there is no file.
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
