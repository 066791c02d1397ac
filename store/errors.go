package store

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// What can be wrong with a database, to be told apart with errors.Is.
var (
	ErrNotFound = errors.New("not found")
	ErrForeign  = errors.New("not a database of ours")
	ErrNewer    = errors.New("newer than this program")
	ErrOutdated = errors.New("older schema")
	ErrReadOnly = errors.New("read-only")
	ErrBusy     = errors.New("busy")
	ErrDamaged  = errors.New("damaged")
	ErrFull     = errors.New("no space left")
)

// Error is a failure in words for a person. Is and Unwrap lead to the sentinel
// that says of what kind it is.
type Error struct {
	Kind    error
	message string
}

func (e *Error) Error() string { return e.message }

// Unwrap gives the error's kind, one of this package's sentinels.
func (e *Error) Unwrap() error { return e.Kind }

// Fail makes an [Error] of a kind.
func Fail(kind error, format string, args ...any) error {
	return &Error{Kind: kind, message: fmt.Sprintf(format, args...)}
}

// sqliteCode gives SQLite's primary result code, 0 where err is none of SQLite's.
func sqliteCode(err error) int { return extendedCode(err) & 0xff }

// extendedCode gives the result code with its details.
func extendedCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	if e, ok := errors.AsType[*failure](err); ok {
		return e.code
	}
	return 0
}

func notADatabase(path string) error {
	return Fail(ErrForeign, "%s is not a SQLite database: it is left as it is; name another file, or restore it from a copy if it was one", path)
}

// errIncomplete is what a reader finds where the parts of the file contradict
// each other and SQLite has not noticed.
var errIncomplete = errors.New("items are missing")

// damaged says how to go on with a file that cannot be relied on.
func damaged(path string, why error) error {
	return Fail(ErrDamaged, "%s is damaged (%v): restore it from a copy, such as `atomizer-db backup` makes; what can still be read, `sqlite3 %s .dump` prints", path, why, path)
}

func full(path string) error {
	return Fail(ErrFull, "%s could not be written: the disk is full; nothing of this was recorded, make room and try again", path)
}

// explain says what a failure of SQLite means for the person who owns the file.
func explain(err error, path string) error {
	switch sqliteCode(err) {
	case lib.SQLITE_NOTADB:
		return notADatabase(path)
	case lib.SQLITE_CORRUPT:
		return damaged(path, err)
	case lib.SQLITE_FULL:
		return full(path)
	case lib.SQLITE_READONLY, lib.SQLITE_PERM:
		return Fail(ErrReadOnly, "%s may not be written: check the permissions of the file and of its folder", path)
	case lib.SQLITE_CANTOPEN:
		return Fail(ErrReadOnly, "%s cannot be opened: check the permissions of the file and of its folder", path)
	case lib.SQLITE_IOERR:
		switch extendedCode(err) {
		case lib.SQLITE_IOERR_SHMSIZE: // no room for the WAL's index
			return full(path)
		case lib.SQLITE_IOERR_SHORT_READ: // the file was cut
			return damaged(path, err)
		}
		return Fail(ErrFull, "%s could not be read or written (%v): nothing of this was recorded; check the disk", path, err)
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return busy(path)
	case 0, lib.SQLITE_INTERRUPT:
		if errors.Is(err, errIncomplete) {
			return damaged(path, err)
		}
		return err
	}
	// Our statements are right for a file that is.
	return Fail(ErrDamaged, "%s does not work as it should (%v): `atomizer-db check` tells whether it is damaged; if so, restore it from a copy", path, err)
}

func busy(path string) error {
	return Fail(ErrBusy, "%s is in use: other processes have been writing for %v; try again", path, BusyTimeout)
}
