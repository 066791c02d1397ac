package history

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
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
func StageByHand(tx store.Writer, place Place) error {
	return recordChange(tx, func() (string, []byte) { return "", nil }, func() error { return Stage(tx, place) })
}

// Stage stores the content of playbook.json, from the playbook in the transaction.
// After the commit, [Complete] writes it to its place. A file that the database does not
// keep needs no stage.
func Stage(tx store.Writer, place Place) error {
	if place.Name == "" {
		return nil
	}
	if err := tx.KeepCreation(); err != nil {
		return err
	}
	content, err := encodeOwn(tx)
	if err != nil {
		return err
	}
	current, err := fileDigest(place.Path)
	if err != nil {
		return err
	}
	staged := store.PlaybookFile{Content: content, Digest: contentDigest(content)}
	if !bytes.Equal(current, staged.Digest) {
		staged.Pending, staged.Replaces = true, current
	}
	return tx.SetPlaybookFile(place.Name, staged)
}

// encodeOwn returns the content of playbook.json.
func encodeOwn(rx store.Reader) ([]byte, error) {
	file, err := Playbook(rx)
	if err != nil {
		return nil, err
	}
	return file.Encode()
}

// Complete writes the playbook.json that a committed transaction has staged for a place, if
// there is one. It returns a [*WriteError] if the file cannot be written. If another program has
// changed the file since, Complete does not write it and returns a warning.
func Complete(ctx context.Context, s store.Database, place Place) (warning, err error) {
	var committed store.PlaybookFile
	err = s.View(ctx, func(rx store.Reader) error {
		committed = store.PlaybookFile{}
		pending, err := rx.PlaybookFilePending(place.Name)
		if err == nil && pending {
			committed, _, err = rx.PlaybookFile(place.Name)
		}
		return err
	})
	if err != nil || !committed.Pending {
		return nil, err
	}
	err = s.Update(ctx, func(tx store.Writer) error {
		warning = nil
		file, _, err := tx.PlaybookFile(place.Name)
		if err != nil || !file.Pending || !bytes.Equal(file.Digest, committed.Digest) {
			return err // written in the meantime, or staged again by an export that will complete it
		}
		current, err := fileDigest(place.Path)
		switch {
		case err != nil:
			return err
		case bytes.Equal(current, file.Digest):
			// Written by a process that died before it could store that, perhaps
			// even before the file's name was durable.
			if err := atomicfile.Sync(place.Path); err != nil {
				return &WriteError{place.Path, err}
			}
		case current == nil || bytes.Equal(current, file.Replaces):
			// The content was committed before this transaction, so it may be
			// written before this one commits, and even twice.
			if err := atomicfile.Write(place.Path, committed.Content); err != nil {
				return &WriteError{place.Path, err}
			}
		default:
			warning = &FileChangedError{Path: place.Path}
			return nil
		}
		return tx.PlaybookFileDone(place.Name)
	})
	return warning, err
}

// WriteCopy writes the playbook to a place of which the database keeps nothing.
func WriteCopy(ctx context.Context, s store.Database, place Place) error {
	var content []byte
	err := s.View(ctx, func(rx store.Reader) (err error) {
		content, err = encodeOwn(rx)
		return err
	})
	if err != nil {
		return err
	}
	if err := atomicfile.Write(place.Path, content); err != nil {
		return fmt.Errorf("%s could not be written, but the playbook is in the database: export it again (%w)", place.Path, err)
	}
	return nil
}

// CheckUnchanged returns a [*FileChangedError] if another program has changed
// playbook.json since it was last read or written, or if the database does not know it.
func CheckUnchanged(rx store.Reader, place Place) error {
	current, err := fileDigest(place.Path)
	if err != nil || current == nil {
		return err
	}
	if place.Name == "" {
		return checkCopy(rx, place, current)
	}
	known, found, err := rx.PlaybookFile(place.Name)
	if err != nil {
		return err
	}
	if found && (bytes.Equal(current, known.Digest) || (known.Pending && bytes.Equal(current, known.Replaces))) {
		return nil
	}
	return &FileChangedError{Path: place.Path, Unknown: place.Shared && !found}
}

// checkCopy is CheckUnchanged for a file of which the database keeps nothing. It may be
// replaced if it holds what the database holds.
func checkCopy(rx store.Reader, place Place, current []byte) error {
	content, err := encodeOwn(rx)
	if err == nil && !bytes.Equal(current, contentDigest(content)) {
		err = &FileChangedError{Path: place.Path, Unknown: true}
	}
	return err
}

// CheckFile returns the problem of playbook.json, if any: a [*FileChangedError] or an
// [ErrFileBroken]. A missing file is not a problem.
func CheckFile(rx store.Reader, place Place) (problem, err error) {
	err = CheckUnchanged(rx, place)
	if err == nil || !errors.Is(err, ErrFileChanged) {
		return nil, err
	}
	content, readErr := regular.Read(place.Path, MaxPlaybookFile)
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
