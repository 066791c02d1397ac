package storetest

import (
	"context"
	"errors"
	"path/filepath"
	"sync"

	"atomizer-db/store"
)

func closing(run runner) {
	run("calls after it fail", func(t *T) {
		if err := t.Close(); err != nil {
			t.Fatal(err)
		}
		for name, call := range map[string]func() error{
			"View":      func() error { return t.View(t.Context(), func(store.Reader) error { return nil }) },
			"Update":    func() error { return t.Update(t.Context(), func(store.Writer) error { return nil }) },
			"Check":     func() error { _, err := t.Check(t.Context()); return err },
			"Backup":    func() error { return t.Backup(t.Context(), filepath.Join(t.TempDir(), "copy.db"), false) },
			"Questions": func() error { _, err := t.Questions(t.Context(), nil); return err },
			"Watch":     func() error { _, err := t.Watch(t.Context()); return err },
		} {
			if err := call(); !errors.Is(err, store.ErrClosed) && !errors.Is(err, store.ErrUnsupported) {
				t.Errorf("%s returns %v", name, err)
			}
		}
		if err := t.Close(); err != nil {
			t.Errorf("the second Close: %v", err)
		}
	})
	run("many may do it at once", func(t *T) {
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				if err := t.Close(); err != nil {
					t.Error(err)
				}
				if err := t.Update(context.Background(), func(store.Writer) error { return nil }); !errors.Is(err, store.ErrClosed) {
					t.Errorf("an update after Close: %v", err)
				}
			})
		}
		wait.Wait()
	})
	run("it waits for running calls", func(t *T) {
		other := t.again(t.T, t.Database)
		began, closing, results := make(chan struct{}, 2), make(chan struct{}), make(chan error, 2)
		go func() {
			results <- update(context.Background(), t.Database, func(w store.Writer) {
				began <- struct{}{}
				<-closing
				record(w, trial(study(w, "bracket"), 1, true))
			})
		}()
		<-began
		go func() {
			results <- view(context.Background(), t.Database, func(r store.Reader) {
				began <- struct{}{}
				<-closing
				got(r.Studies())
			})
		}()
		<-began
		closed := make(chan error, 1)
		go func() { closed <- t.Close() }()
		for t.View(context.Background(), func(store.Reader) error { return nil }) == nil { // until Close has begun
		}
		select {
		case err := <-closed:
			t.Errorf("Close has returned %v while calls run", err)
		default:
		}
		close(closing)
		for range 2 {
			if err := <-results; err != nil {
				t.Errorf("a running call: %v", err)
			}
		}
		if err := <-closed; err != nil {
			t.Error(err)
		}
		done(view(t.Context(), other, func(r store.Reader) { t.same("events", got(r.LastEvent()), int64(1)) }))
	})
}
