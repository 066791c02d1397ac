package storetest

import (
	"context"
	"errors"

	"atomizer-db/store"
)

func watch(run runner) {
	run("it notices commits of all", func(t *T) {
		other := t.again(t.T, t.Database)
		w, err := t.Watch(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		look := func(want bool, when string) {
			t.Helper()
			if changed, err := w.Changed(t.Context()); changed != want || err != nil {
				t.Errorf("%s: changed %v, %v", when, changed, err)
			}
		}
		look(true, "at the first look")
		look(false, "at the second look")
		for number, db := range []store.Database{t.Database, other, t.Database, other} {
			done(update(t.Context(), db, func(w store.Writer) { record(w, trial(study(w, "bracket"), int64(number), true)) }))
			look(true, "after a commit")
			t.read(func(r store.Reader) { t.same("events", got(r.LastEvent()), int64(number)+1) })
		}
		done(update(t.Context(), other, func(w store.Writer) { done(w.SetInput("bracket", store.Input{Digest: []byte{}})) }))
		look(true, "after a commit without an event")
		for range 3 {
			done(update(t.Context(), other, func(w store.Writer) { record(w, trial(study(w, "bracket"), 1, true)) }))
		}
		look(true, "after several commits")
		done(update(t.Context(), other, func(w store.Writer) { void(w, study(w, "bracket"), 1, 1, false) })) // leaves nothing to be done in the background
		look(true, "after a void")
		look(false, "after nothing")
		t.read(func(r store.Reader) { got(r.Studies()) })
		if _, err := other.Check(t.Context()); err != nil {
			t.Error(err)
		}
		look(false, "after a read")
		if err := update(t.Context(), other, func(w store.Writer) {
			record(w, trial(study(w, "bracket"), 1, true))
			done(errBroken)
		}); !errors.Is(err, errBroken) {
			t.Error(err)
		}
		look(false, "after an update that failed")
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	run("each looks for itself", func(t *T) {
		var watches []store.Watch
		for range 2 {
			w, err := t.Watch(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			watches = append(watches, w)
		}
		for i, w := range watches {
			if changed, err := w.Changed(t.Context()); !changed || err != nil {
				t.Errorf("the first look of %d: %v, %v", i, changed, err)
			}
		}
		t.write(func(w store.Writer) { study(w, "bracket") })
		for i, w := range watches {
			if changed, err := w.Changed(t.Context()); !changed || err != nil {
				t.Errorf("the second look of %d: %v, %v", i, changed, err)
			}
			if err := w.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	run("a look ends with its context", func(t *T) {
		w, err := t.Watch(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := w.Changed(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Changed returns %v", err)
		}
		if changed, err := w.Changed(t.Context()); !changed || err != nil {
			t.Errorf("the next look: %v, %v", changed, err)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
}
