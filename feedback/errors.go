package feedback

import (
	"fmt"

	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// The kinds of errors after which a caller can usually continue. Package store has the
// kinds of errors about a database, package history those about files.
var (
	// ErrNotFound is something that does not exist.
	ErrNotFound = store.ErrNotFound

	// ErrConflict is something that contradicts what is stored.
	ErrConflict = store.ErrConflict

	ErrNoStudy = fmt.Errorf("no such study: %w", ErrNotFound)
	ErrNoTrial = fmt.Errorf("no such trial: %w", ErrNotFound)
	ErrNoItem  = fmt.Errorf("no such item: %w", ErrNotFound)

	ErrNoInsight = fmt.Errorf("no such insight: %w", ErrNotFound)

	// ErrFileExists is an [ErrConflict]: the file exists and must not be replaced.
	ErrFileExists = fmt.Errorf("file exists: %w", ErrConflict)
)

// EventError says which of the events given to [Loop.Apply] failed.
type EventError struct {
	Index int
	Err   error
}

func (e *EventError) Error() string { return e.Err.Error() }

// Unwrap returns what was wrong with the event.
func (e *EventError) Unwrap() error { return e.Err }

// wrong returns the error of a field of an event or a question.
func wrong(field, format string, args ...any) error {
	return &event.FieldError{Field: field, Problem: fmt.Sprintf(format, args...)}
}
