package history

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"

	"atomizer-db/feedback/atomicfile"
	"atomizer-db/feedback/history/legacy"
	"atomizer-db/store"
	"atomizer-db/store/regular"
)

// A transaction cannot include playbook.json. So it stores the content of the file in
// the database. After its commit, another transaction writes the file while it holds
// the write lock. If a process dies between the two, the next opening writes the file.

// StageByHand is [Stage] for an export that belongs to no event. It may change when the
// playbook was created.
func StageByHand(tx store.Writer, path string) error {
	return recordChange(tx, func() (string, []byte) { return "", nil }, func() error { return Stage(tx, path) })
}

// Stage stores the content of playbook.json, from the playbook in the transaction.
// After the commit, [Complete] writes it to path.
func Stage(tx store.Writer, path string) error {
	if err := tx.KeepCreation(); err != nil {
		return err
	}
	file, err := Playbook(tx)
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

// Complete writes the playbook.json that a committed transaction has staged, if there is
// one. It returns a [*WriteError] if the file cannot be written. If another program has
// changed the file since, Complete does not write it and returns a warning.
func Complete(ctx context.Context, s store.Database, path string) (warning, err error) {
	var committed store.PlaybookFile
	err = s.View(ctx, func(rx store.Reader) error {
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
	err = s.Update(ctx, func(tx store.Writer) error {
		warning = nil
		file, _, err := tx.PlaybookFile()
		if err != nil || !file.Pending || !bytes.Equal(file.Digest, committed.Digest) {
			return err // written in the meantime, or staged again by an export that will complete it
		}
		current, err := fileDigest(path)
		switch {
		case err != nil:
			return err
		case bytes.Equal(current, file.Digest):
			// Written by a process that died before it could store that, perhaps
			// even before the file's name was durable.
			if err := atomicfile.Sync(path); err != nil {
				return &WriteError{path, err}
			}
		case current == nil || bytes.Equal(current, file.Replaces):
			// The content was committed before this transaction, so it may be
			// written before this one commits, and even twice.
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

// CheckUnchanged returns a [*FileChangedError] if another program has changed
// playbook.json since it was last read or written.
func CheckUnchanged(rx store.Reader, path string) error {
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

// CheckFile returns the problem of playbook.json, if any: a [*FileChangedError] or an
// [ErrFileBroken]. A missing file is not a problem.
func CheckFile(rx store.Reader, path string) (problem, err error) {
	err = CheckUnchanged(rx, path)
	if err == nil || !errors.Is(err, ErrFileChanged) {
		return nil, err
	}
	content, readErr := regular.Read(path, MaxPlaybookFile)
	if readErr != nil {
		return nil, readErr
	}
	if _, broken := legacy.Decode(content); broken != nil {
		return store.Fail(ErrFileBroken, "%v", broken), nil
	}
	return err, nil
}

// fileDigest returns the digest of a file, nil if it does not exist.
func fileDigest(path string) (digest []byte, err error) {
	file, err := regular.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	sum := sha256.New()
	_, err = io.Copy(sum, file)
	return sum.Sum(nil), err
}

func contentDigest(content []byte) []byte {
	sum := sha256.Sum256(content)
	return sum[:]
}
