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

	// ErrFileChanged is an [ErrConflict]: another program has changed playbook.json.
	// The same call succeeds after the changes are imported.
	ErrFileChanged = fmt.Errorf("playbook.json was changed: %w", ErrConflict)

	// ErrOtherPlaybook is an [ErrConflict]: a change of a playbook with another history
	// than the one here.
	ErrOtherPlaybook = fmt.Errorf("the playbook has another history: %w", ErrConflict)

	// ErrNoFile is an export of playbook.json that nobody gave a place.
	ErrNoFile = errors.New("playbook.json has no place")

	// ErrFileBroken is a playbook.json that cannot be read.
	ErrFileBroken = errors.New("playbook.json is broken")

	// ErrNoItemIDs is a user attribute of an imported study that should contain ids of
	// items but does not.
	ErrNoItemIDs = errors.New("not the ids of items")
)

// FileChangedError is an [ErrFileChanged] about the playbook.json at Path.
type FileChangedError struct {
	Path    string
	Unknown bool // the database does not know the file, and it may be of another program
}

func (e *FileChangedError) Error() string {
	if e.Unknown {
		return e.Path + " already exists, and this database does not know what it holds"
	}
	return e.Path + " was changed by another program since atomizer-db last read or wrote it"
}

// Unwrap returns [ErrFileChanged].
func (e *FileChangedError) Unwrap() error { return ErrFileChanged }

// WriteError is a playbook.json that could not be written to Path after the commit of
// its content.
type WriteError struct {
	Path string
	Err  error
}

func (e *WriteError) Error() string {
	return fmt.Sprintf("%s could not be written (%v): its content is in the database, and the next command that opens the database writes the file", e.Path, e.Err)
}

// Unwrap returns why it could not be written.
func (e *WriteError) Unwrap() error { return e.Err }

// EventFileError is a file of events instead of a playbook or studies.
type EventFileError struct{ Path string }

func (e *EventFileError) Error() string { return e.Path + " is a file of events" }

// StudyConflictError is an [ErrConflict] about a study of a file: the database has
// another study with its name.
type StudyConflictError struct {
	Study   string // its name in the file; "" if the file has only this study
	problem string
}

func (e *StudyConflictError) Error() string { return e.problem }

// Unwrap returns [ErrConflict].
func (e *StudyConflictError) Unwrap() error { return ErrConflict }

func noStudy(path, name, others string) error {
	return store.Fail(store.ErrNotFound, "%s has no study %q; it has %s", path, name, others)
}
