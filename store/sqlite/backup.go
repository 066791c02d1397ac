package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	lib "modernc.org/sqlite/lib"

	"atomizer-db/store"
)

// Backup writes a consistent copy of the database to a new file while others read and
// write. It returns [os.ErrExist] if the file exists and replace is false. A reader
// never sees an incomplete copy.
func (s *Store) Backup(ctx context.Context, path string, replace bool) (err error) {
	if !s.calls.Begin() {
		return closed(s.path)
	}
	defer s.calls.Done()
	if replace && !quiet(path) {
		// SQLite would apply the old file's journal to the copy.
		return store.FailAt(path, store.ErrBusy, "%s is a database that is in use or was not closed: choose another file", path)
	}
	folder, err := newBackupFolder(path)
	if err != nil {
		return aboutTarget(err, path)
	}
	defer func() { err = errors.Join(err, folder.remove()) }()
	waiting := filepath.Join(folder.path, "copy.db")
	if err := s.copyTo(ctx, waiting); err != nil {
		return aboutTarget(explainCopy(err, s.path, path), path)
	}
	if replace {
		err = os.Rename(waiting, path)
	} else {
		err = os.Link(waiting, path) // fails if the file exists
	}
	if err != nil {
		return err
	}
	return aboutTarget(syncFolder(filepath.Dir(path)), path)
}

// copyTo copies the database through a connection that can only read, so that a
// database can be copied from where nothing can be written.
func (s *Store) copyTo(ctx context.Context, path string) (err error) {
	db, err := connect(s.file, readOnly, s.parameters...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Connx(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	// The pragma would also keep SQLite from writing the copy.
	if _, err := conn.ExecContext(ctx, `pragma query_only = off`); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, `vacuum into ?`, path); err != nil {
		return fmt.Errorf("copy %s: %w", s.path, err)
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// explainCopy is [explain] for a copy, which can also fail because of the file that is
// written.
func explainCopy(err error, from, to string) error {
	switch code := extendedCode(err); {
	case code&0xff == lib.SQLITE_FULL:
		return store.FailAt(to, store.ErrFull, "%s could not be written: the disk is full; make room, or name a file on another disk", to)
	case isWriteError(code):
		return store.FailAt(to, store.ErrFull, "%s could not be written (%v): check the disk, or name a file on another one", to, err)
	}
	return explain(err, from)
}

// aboutTarget makes an error of a file that waits to be the target one about the target.
func aboutTarget(err error, target string) error {
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return &fs.PathError{Op: "write", Path: target, Err: failed.Err}
	}
	return err
}

// backupFolder is a hidden folder beside the target of a backup. What a killed backup
// has left there is removed by the next one of the same target.
type backupFolder struct {
	path string
	lock fileLock // held while the folder is in use
}

func newBackupFolder(target string) (*backupFolder, error) {
	const attempts = 3
	parent, prefix := filepath.Dir(target), "."+filepath.Base(target)+".backup-"
	removeAbandoned(parent, prefix)
	for attempt := 1; ; attempt++ {
		path, err := os.MkdirTemp(parent, prefix)
		if err != nil {
			return nil, err
		}
		folder := newFolderAt(path)
		if folder.lock.try() || attempt == attempts {
			return folder, nil
		}
		// Another backup has found the folder before it was locked. Or files cannot
		// be locked here: then nobody removes it.
		if err := folder.remove(); err != nil {
			return nil, err
		}
	}
}

func newFolderAt(path string) *backupFolder {
	return &backupFolder{path: path, lock: fileLock{path: filepath.Join(path, "lock")}}
}

func (f *backupFolder) remove() error {
	err := os.RemoveAll(f.path) // while it is locked
	f.lock.close()
	return err
}

// removeAbandoned removes the folders that nobody holds. It is a courtesy: an error
// shows again when the copy is written.
func removeAbandoned(parent, prefix string) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return
	}
	for _, entry := range entries {
		if !entry.IsDir() || !strings.HasPrefix(entry.Name(), prefix) {
			continue
		}
		if folder := newFolderAt(filepath.Join(parent, entry.Name())); folder.lock.try() {
			_ = folder.remove()
		}
	}
}
