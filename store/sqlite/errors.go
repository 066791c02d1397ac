package sqlite

import (
	"errors"
	"path/filepath"
	"syscall"
	"time"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"atomizer-db/store"
)

// sqliteCode returns SQLite's primary result code, 0 if err is not from SQLite.
func sqliteCode(err error) int { return extendedCode(err) & 0xff }

// extendedCode returns SQLite's extended result code, 0 if err is not from SQLite.
func extendedCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return 0
}

// isNoTransaction reports whether a statement failed because there is no
// transaction or savepoint to end.
func isNoTransaction(err error) bool { return sqliteCode(err) == lib.SQLITE_ERROR }

func notFound(path string) error {
	return store.FailAt(path, store.ErrNoDatabase, "no database at %s", path)
}

func emptyFile(path string) error {
	return store.FailAt(path, store.ErrNoDatabase, "%s is an empty file and no database", path)
}

func closed(path string) error {
	return store.FailAt(path, store.ErrClosed, "%s has been closed", path)
}

func replaced(path string) error {
	return store.FailAt(path, store.ErrReplaced, "%s was removed or replaced while this program had it open: what was recorded last is not in the file at this path", path)
}

func outOfDate(path string, at time.Time) error {
	return store.FailAt(path, store.ErrReadOnly, "%s is shown as it was at %s, because this user may not write in its folder: what was recorded since is missing",
		path, at.Format(time.DateTime))
}

func notADatabase(path string) error {
	return store.FailAt(path, store.ErrForeign, "%s is not a SQLite database and was not changed", path)
}

func anotherProgram(path string) error {
	return store.FailAt(path, store.ErrForeign, "%s is a SQLite database of another program and was not changed", path)
}

func newerThanUs(path string, version, ours int) error {
	return store.FailAt(path, store.ErrNewer, "%s has schema %d and this program supports schemas up to %d: use a newer atomizer-db; the file was not changed",
		path, version, ours)
}

func earlierThanUs(path string) error {
	return store.FailAt(path, store.ErrEarlier, "%s was created by an earlier, unreleased version of this program and was not changed", path)
}

func mayNotMigrate(path string) error {
	return store.FailAt(path, store.ErrOutdated, "%s has an older schema and cannot be migrated: check the permissions of the file and of its folder", path)
}

func damaged(path string, why error) error {
	return store.FailAt(path, store.ErrDamaged, "%s is damaged (%v)", path, why)
}

func full(path string) error {
	return store.FailAt(path, store.ErrFull, "%s could not be written: the disk is full and nothing was recorded; free some space and try again", path)
}

// isWriteError reports whether an extended code is that of a write or sync that the
// operating system refused.
func isWriteError(code int) bool {
	switch code {
	case lib.SQLITE_IOERR, lib.SQLITE_IOERR_WRITE, lib.SQLITE_IOERR_FSYNC, lib.SQLITE_IOERR_DIR_FSYNC, lib.SQLITE_IOERR_TRUNCATE:
		return true
	}
	return false
}

// unknownOutcome is the error of a transaction whose write or sync failed. Its commit may be
// in the WAL all the same, where it counts if this process does not get to undo it.
func unknownOutcome(path string, err error) error {
	return store.FailAt(path, store.ErrFull, "%s could not be written (%v): it is not known whether the last events were recorded; "+
		"check the disk and send them again, which records an event with a key only once", path, err)
}

// cannotOpen is the error of a file that SQLite cannot open. SQLite does not say why.
func cannotOpen(path string) error {
	if err := canOpenMore(filepath.Dir(path)); errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
		return store.FailAt(path, store.ErrTooManyFiles, "%s cannot be opened, because too many files are open: close some, or raise the limit (`ulimit -n`)", path)
	}
	return store.FailAt(path, store.ErrReadOnly, "%s cannot be opened: check the permissions of the file and of its folder", path)
}

// canOpenMore returns why no more files can be opened, as many as SQLite needs for a
// database. It opens a folder, as closing the database would drop the locks on it, and
// without package os, which needs files itself when it opens the first.
func canOpenMore(folder string) error {
	const needed = 4 // the database, its WAL, its index, and the folder
	for range needed {
		file, err := syscall.Open(folder, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer func() { _ = syscall.Close(file) }()
	}
	return nil
}

func busy(path string) error {
	return store.FailAt(path, store.ErrBusy, "%s is in use: other processes have been writing for %v; try again", path, store.BusyTimeout)
}

// explain returns an error of SQLite as an [Error] for the person who owns the file.
func explain(err error, path string) error {
	switch sqliteCode(err) {
	case lib.SQLITE_NOTADB:
		return notADatabase(path)
	case lib.SQLITE_CORRUPT:
		return damaged(path, err)
	case lib.SQLITE_FULL:
		return full(path)
	case lib.SQLITE_READONLY, lib.SQLITE_PERM:
		return store.FailAt(path, store.ErrReadOnly, "%s cannot be written: check the permissions of the file and of its folder", path)
	case lib.SQLITE_CANTOPEN:
		return cannotOpen(path)
	case lib.SQLITE_IOERR:
		switch code := extendedCode(err); {
		case code == lib.SQLITE_IOERR_SHMSIZE: // no room for the WAL's index
			return full(path)
		case code == lib.SQLITE_IOERR_SHORT_READ: // the file was cut
			return damaged(path, err)
		case isWriteError(code):
			return unknownOutcome(path, err)
		}
		return store.FailAt(path, store.ErrFull, "%s could not be read (%v); nothing was recorded: check the disk", path, err)
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return busy(path)
	case 0, lib.SQLITE_INTERRUPT:
		if _, ok := errors.AsType[*store.InconsistentError](err); ok {
			return damaged(path, err)
		}
		return err
	}
	// Our statements are correct, so the file must be wrong.
	return store.FailAt(path, store.ErrDoubtful, "%s may be damaged (%v)", path, err)
}
