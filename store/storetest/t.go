package storetest

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"atomizer-db/store"
)

// T is a test with a database of its own.
type T struct {
	*testing.T
	store.Database
	open  Opener
	again Again
}

// read runs fn in a View of the database, and fails the test if it fails.
func (t *T) read(fn func(r store.Reader)) {
	t.Helper()
	if err := view(t.Context(), t.Database, fn); err != nil {
		t.Fatal(err)
	}
}

// write runs fn in an Update of the database, and fails the test if it fails.
func (t *T) write(fn func(w store.Writer)) {
	t.Helper()
	if err := update(t.Context(), t.Database, fn); err != nil {
		t.Fatal(err)
	}
}

// same compares two values. It does not distinguish an empty list from nil.
func (t *T) same(what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func view(ctx context.Context, db store.Database, fn func(r store.Reader)) error {
	return db.View(ctx, func(r store.Reader) error { return try(func() { fn(r) }) })
}

func update(ctx context.Context, db store.Database, fn func(w store.Writer)) error {
	return db.Update(ctx, func(w store.Writer) error { return try(func() { fn(w) }) })
}

// failure is what got and its like panic with, to end the function of a transaction with an
// error. The error must reach the engine, which may run the function again.
type failure struct{ err error }

// try runs fn and returns the error that ended it.
func try(fn func()) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case failure:
			err = p.err
		default:
			panic(p)
		}
	}()
	fn()
	return nil
}

// done ends the function of a transaction if there is an error.
func done(err error) {
	if err != nil {
		panic(failure{err})
	}
}

// got returns a value, unless there is an error.
func got[V any](value V, err error) V {
	done(err)
	return value
}

// found returns a pointer to a value, nil if it was not found.
func found[V any](value V, found bool, err error) *V {
	done(err)
	if !found {
		return nil
	}
	return &value
}
