package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Backup writes a consistent copy of the database to a new file while others read and
// write. It returns [os.ErrExist] if the file exists and replace is false. A reader
// never sees an incomplete copy.
func (s *Store) Backup(ctx context.Context, path string, replace bool) (err error) {
	if !s.uses.begin() {
		return closed(s.path)
	}
	defer s.uses.done()
	if replace && !quiet(path) {
		// SQLite would apply the old file's journal to the copy.
		return fail(ErrBusy, path, "%s is a database that is in use or was not closed: name another file", path)
	}
	folder, err := os.MkdirTemp(filepath.Dir(path), ".backup-")
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return &fs.PathError{Op: "write", Path: path, Err: failed.Err}
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	waiting := filepath.Join(folder, "copy.db")
	if err := s.copyTo(ctx, waiting); err != nil {
		return explain(err, s.path)
	}
	if replace {
		err = os.Rename(waiting, path)
	} else {
		err = os.Link(waiting, path) // fails if the file exists
	}
	if err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func (s *Store) copyTo(ctx context.Context, path string) (err error) {
	db, err := connect(s.path, readWrite) // SQLite refuses this on a read-only connection
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.ExecContext(ctx, `vacuum into ?`, path); err != nil {
		return fmt.Errorf("copy %s: %w", s.path, err)
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
