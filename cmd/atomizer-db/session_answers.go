package main

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"atomizer-db/cmd/atomizer-db/limits"
	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// answer prints the answer to a line.
func (s *session) answer(value any) error { return writeJSON(s.out, value, "") }

// respond answers a line that is no event.
func (s *session) respond(ctx context.Context, l line) error {
	ask, err := readQuestion(l)
	if err != nil {
		return s.refuse(ctx, 1, &lineError{err})
	}
	answer, err := ask(ctx, s)
	if err == nil {
		return s.answer(answer)
	}
	if refused := s.refuse(ctx, 1, err); refused != nil || !errors.Is(err, limits.ErrAbandoned) {
		return refused
	}
	return err // and nothing can be asked any more
}

// lineError is the error of a line that is neither an event nor a question.
type lineError struct{ error }

// Unwrap returns what is wrong with the line.
func (w *lineError) Unwrap() error { return w.error }

// refusal is the answer to a line that was not recorded or not answered.
type refusal struct {
	Error problem `json:"error"`
}

type problem struct {
	Kind    string  `json:"kind"`
	Message string  `json:"message"`
	Field   *string `json:"field"` // null: the problem is no field
}

// refuse answers a number of lines with the same error, unless it comes from an interrupt.
func (s *session) refuse(ctx context.Context, lines int, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	answer := refusal{problem{
		Kind: errorKind(err), Message: strings.ReplaceAll(withHint(err).Error(), "\n", "; "), Field: errorField(err),
	}}
	for range lines {
		if err := s.answer(answer); err != nil {
			return err
		}
	}
	return nil
}

// errorKind returns the kind of an error, as the exit codes tell it of a command, and apart
// from them what can be tried again.
func errorKind(err error) string {
	_, line := errors.AsType[*lineError](err)
	switch {
	case line || errorField(err) != nil:
		return "invalid"
	case errors.Is(err, feedback.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return "not_found"
	case errors.Is(err, feedback.ErrConflict):
		return "conflict"
	case errors.Is(err, store.ErrBusy):
		return "busy"
	}
	return "failed"
}

// errorField returns the field that an error is about, nil for none.
func errorField(err error) *string {
	if wrong, ok := errors.AsType[*event.FieldError](err); ok {
		return &wrong.Field
	}
	if _, ok := errors.AsType[*store.SQLError](err); ok {
		return new("sql")
	}
	return nil
}
