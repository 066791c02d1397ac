package history

import (
	"errors"
	"fmt"

	"atomizer-db/store"
)

// The kinds of errors, besides those of package store.
var (
	// ErrConflict is something that contradicts what is stored.
	ErrConflict = store.ErrConflict

	// ErrFileChanged is an [ErrConflict]: someone else has changed playbook.json.
	// What was asked for is not wrong, but has to wait.
	ErrFileChanged = fmt.Errorf("playbook.json was changed: %w", ErrConflict)

	// ErrFileBroken is a playbook.json that cannot be read.
	ErrFileBroken = errors.New("playbook.json is broken")

	// ErrNoItemIDs is a user attribute of an imported study that was said to name
	// items and does not.
	ErrNoItemIDs = errors.New("not the ids of items")
)

// FileChangedError is an [ErrFileChanged] about the playbook.json at Path.
type FileChangedError struct{ Path string }

func (e *FileChangedError) Error() string {
	return e.Path + " was changed by another program since atomizer-db last read or wrote it"
}

// Unwrap returns [ErrFileChanged].
func (e *FileChangedError) Unwrap() error { return ErrFileChanged }

// WriteError is a playbook.json that could not be written to Path after the
// commit of what it holds.
type WriteError struct {
	Path string
	Err  error
}

func (e *WriteError) Error() string {
	return fmt.Sprintf("%s could not be written (%v): the database has what it is to hold, and the next opening writes it", e.Path, e.Err)
}

// Unwrap returns why it could not be written.
func (e *WriteError) Unwrap() error { return e.Err }

// EventFileError is a file of events where a playbook or studies are expected.
type EventFileError struct{ Path string }

func (e *EventFileError) Error() string { return e.Path + " is a file of events" }

// StudyConflictError is an [ErrConflict] about a study of a file: the study of
// its name here is another one.
type StudyConflictError struct {
	Study   string // its name in the file; "" where the file has no other
	problem string
}

func (e *StudyConflictError) Error() string { return e.problem }

// Unwrap returns [ErrConflict].
func (e *StudyConflictError) Unwrap() error { return ErrConflict }

func noStudy(path, name, others string) error {
	return store.Fail(store.ErrNotFound, "%s has no study %q; it has %s", path, name, others)
}
