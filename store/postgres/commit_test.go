package postgres_test

import (
	"context"
	"errors"
	"maps"
	"testing"

	"atomizer-db/store"
	"atomizer-db/store/postgres/pgtest"
)

// TestACommitWhoseConnectionIsLostCountsOnce loses the connections of commits, after the server
// has committed or before it hears of it. The events have no keys.
func TestACommitWhoseConnectionIsLostCountsOnce(t *testing.T) {
	trial := func(w store.Writer) error { return record(w, from(1, 1), "known", "new") }
	batch := func(w store.Writer) error { return record(w, from(1, 20), "known", "new") } // by COPY
	ordered := func(w store.Writer) error {
		if err := addItem(w, "added"); err != nil {
			return err
		}
		return record(w, from(1, 1), "known", "new", "added")
	}
	for _, mode := range []string{"", "&default_query_exec_mode=exec"} {
		for name, test := range map[string]struct {
			change        func(store.Writer) error
			recorded      map[int64]bool
			before, after int // commits that are lost
		}{
			"a trial, after the commit":            {trial, set(1), 0, 1},
			"a trial, before the commit":           {trial, set(1), 1, 0},
			"a trial, before it, and then after":   {trial, set(1), 2, 1},
			"a batch, after the commit":            {batch, set(from(1, 20)...), 0, 1},
			"a batch, before the commit":           {batch, set(from(1, 20)...), 1, 0},
			"a change in order, after the commit":  {ordered, set(1), 0, 1},
			"a change in order, before the commit": {ordered, set(1), 1, 0},
		} {
			t.Run(name+mode, func(t *testing.T) {
				t.Parallel()
				address := contractTemplate.Address(t)
				if err := open(t, address).Update(t.Context(), func(w store.Writer) error { return addItem(w, "known") }); err != nil {
					t.Fatal(err)
				}
				proxy := pgtest.NewProxy(t, address)
				var said notices
				s := open(t, proxy.Address+mode, said.option())
				s.StopFolding()
				proxy.CutBeforeCommit(test.before)
				proxy.CutAfterCommit(test.after)
				if err := s.Update(context.Background(), test.change); err != nil {
					t.Fatal(err)
				}
				if lost := proxy.Lost(); lost != test.before+test.after {
					t.Errorf("%d connections were lost", lost)
				}
				said.outage(t)
				recordedOnce(t, address, test.recorded)
				// What the store remembers is right.
				if err := recordIn(s, from(100, 1), "known", "new", "added"); err != nil {
					t.Fatal(err)
				}
				numbers := set(100)
				maps.Copy(numbers, test.recorded)
				recordedOnce(t, address, numbers)
			})
		}
	}
}

// TestAnErrorAfterALostCommitIsNotUncertain loses the connection before the server hears of the
// commit. The next try fails for a reason of its own: then it is known that nothing was recorded.
func TestAnErrorAfterALostCommitIsNotUncertain(t *testing.T) {
	t.Parallel()
	address := contractTemplate.Address(t)
	proxy := pgtest.NewProxy(t, address)
	s := open(t, proxy.Address)
	s.StopFolding()
	proxy.CutBeforeCommit(1)
	errOwn, runs := errors.New("own"), 0
	if err := s.Update(t.Context(), func(w store.Writer) error {
		if runs++; runs > 1 {
			return errOwn
		}
		return record(w, from(1, 1))
	}); !errors.Is(err, errOwn) || errors.Is(err, store.ErrUnreachable) {
		t.Errorf("it says %v", err)
	}
	recordedOnce(t, address, nil)
}
