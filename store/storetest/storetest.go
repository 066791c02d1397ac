// Package storetest tests the contract of package store. The tests of every engine run it,
// so that a learning loop gets the same answers from all of them.
//
// Each file tests the methods or the promises that it is named after. Every test has a new,
// empty database, which must be without problems at the end.
package storetest

import (
	"errors"
	"testing"

	"atomizer-db/store"
)

// An Opener opens a new, empty database, which is closed at the end of the test.
type Opener func(t *testing.T, options ...store.Option) store.Database

// Again opens the same database a second time, as another program does. It is closed at the
// end of the test.
type Again func(t *testing.T, db store.Database) store.Database

// Run tests an engine.
func Run(t *testing.T, open Opener, again Again) {
	t.Helper()
	for _, group := range []struct {
		name  string
		tests func(run runner)
	}{
		{"studies", studies},
		{"recording", recording},
		{"counts", counts},
		{"values", values},
		{"keys", keys},
		{"attempts", attempts},
		{"voids", voids},
		{"items", items},
		{"changes", changes},
		{"sources", sources},
		{"insights", insights},
		{"playbook", playbook},
		{"past", past},
		{"ledger", ledger},
		{"pages", pages},
		{"credit", credit},
		{"transactions", transactions},
		{"concurrency", concurrency},
		{"closing", closing},
		{"watch", watch},
		{"questions", questions},
		{"views", views},
		{"check", check},
		{"random", random},
	} {
		t.Run(group.name, func(t *testing.T) {
			t.Parallel()
			group.tests(func(name string, test func(*T)) {
				t.Run(name, func(t *testing.T) {
					db := open(t, store.WithClock(clock))
					test(&T{T: t, Database: db, open: open, again: again})
					checkAll(t, db)
				})
			})
		})
	}
}

// runner runs a test.
type runner func(name string, test func(*T))

// checkAll checks that a database has no problems, unless the test has closed it.
func checkAll(t *testing.T, db store.Database) {
	t.Helper()
	problems, err := db.Check(t.Context())
	if err != nil && !errors.Is(err, store.ErrClosed) {
		t.Errorf("the check at the end: %v", err)
	}
	for _, p := range problems {
		t.Errorf("the check at the end: %s: %s", p.Where, p.What)
	}
}
