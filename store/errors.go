package store

import (
	"errors"
	"fmt"
)

// Kinds of errors, for errors.Is.
var (
	ErrNotFound     = errors.New("not found")
	ErrConflict     = errors.New("conflict") // contradicts what is stored
	ErrForeign      = errors.New("foreign file")
	ErrNewer        = errors.New("newer than this program")
	ErrEarlier      = errors.New("of an earlier, unreleased schema")
	ErrOutdated     = errors.New("older schema")
	ErrReadOnly     = errors.New("read-only")
	ErrBusy         = errors.New("busy")
	ErrDamaged      = errors.New("damaged")
	ErrFull         = errors.New("no space left")
	ErrTooManyFiles = errors.New("too many open files")
	ErrClosed       = errors.New("closed")
	ErrReplaced     = errors.New("removed or replaced")
	ErrUnreachable  = errors.New("unreachable") // the server, or the way to it
	ErrNoAccess     = errors.New("no access")   // the server does not know the user or the password
	ErrUnstorable   = errors.New("cannot be stored")
	ErrAddress      = errors.New("not an address")
	ErrUnsupported  = errors.New("not supported by this engine")

	// ErrNoDatabase is an [ErrNotFound]: there is no database at the path.
	ErrNoDatabase = fmt.Errorf("no database: %w", ErrNotFound)

	// ErrNoTables is an [ErrNoDatabase]: the database exists, but has no tables of ours yet.
	ErrNoTables = fmt.Errorf("no tables: %w", ErrNoDatabase)

	// ErrDoubtful is an [ErrDamaged] that only a full check can confirm: SQLite
	// refused a statement that works on an intact file.
	ErrDoubtful = fmt.Errorf("possibly %w", ErrDamaged)
)

// Error is a failure, described for a person. It does not say what to do next: the
// program that uses this package decides that from Kind and Path.
type Error struct {
	Kind    error  // one of this package's kinds, or one that wraps it
	Path    string // of the database, "" if the error is not about it
	message string
}

func (e *Error) Error() string { return e.message }

// Unwrap returns the error's kind.
func (e *Error) Unwrap() error { return e.Kind }

// Fail returns an [Error] of a kind.
func Fail(kind error, format string, args ...any) error { return FailAt("", kind, format, args...) }

// FailAt returns an [Error] of a kind about a database.
func FailAt(path string, kind error, format string, args ...any) error {
	return &Error{Kind: kind, Path: path, message: fmt.Sprintf(format, args...)}
}

// InconsistentError is the error of rows that contradict each other in a way that the engine does
// not notice.
type InconsistentError struct{ message string }

func (i *InconsistentError) Error() string { return i.message }

// Inconsistent returns an error of rows that contradict each other or do not have the
// form in which they are written. Returned from the function of a transaction, it
// becomes an [ErrDamaged] that names the database.
func Inconsistent(format string, args ...any) error {
	return &InconsistentError{fmt.Sprintf(format, args...)}
}
