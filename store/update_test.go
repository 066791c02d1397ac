package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"testing"
)

// opened opens a database, or makes it, until the test ends.
func opened(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// begin opens a database and holds back its writer until release is called.
func begin(t *testing.T) (s *Store, release func()) {
	t.Helper()
	s = opened(t, filepath.Join(t.TempDir(), "playbook.db"))
	s.writing <- struct{}{}
	return s, func() { <-s.writing }
}

// wait returns once so many updates wait.
func (q *queue) wait(n int) {
	for waiting := -1; waiting != n; runtime.Gosched() {
		q.mutex.Lock()
		waiting = len(q.updates)
		q.mutex.Unlock()
	}
}

func TestUpdatesThatWaitShareATransactionAndNoErrors(t *testing.T) {
	s, release := begin(t)
	broken := errors.New("broken")
	results := make([]chan error, 8)
	for n := range results {
		results[n] = make(chan error, 1)
		go func() {
			results[n] <- s.Update(context.Background(), func(tx *Tx) error {
				study, _, err := tx.EnsureStudy(fmt.Sprintf("study %d", n))
				if err != nil {
					return err
				}
				number := int64(n)
				if _, err := tx.Append(Event{
					Study: study, Type: TrialEvent, TrialNumber: &number, Time: tx.Now(),
					Outcome: &Outcome{Success: true, DesignVariables: `{}`},
				}); err != nil {
					return err
				}
				if n%3 == 0 {
					return broken
				}
				return nil
			})
		}()
	}
	s.queue.wait(len(results))
	release()

	want := map[string]bool{}
	for n, result := range results {
		err := <-result
		if n%3 == 0 && !errors.Is(err, broken) || n%3 != 0 && err != nil {
			t.Errorf("update %d: %v", n, err)
		}
		if n%3 != 0 {
			want[fmt.Sprintf("study %d", n)] = true
		}
	}
	err := s.View(t.Context(), func(rx *Rx) error {
		studies, err := rx.Studies()
		if err != nil {
			return err
		}
		for _, study := range studies {
			if !want[study.Name] || study.Trials != 1 {
				t.Errorf("%+v", study)
			}
			delete(want, study.Name)
		}
		if len(want) > 0 {
			t.Errorf("missing: %v", want)
		}
		var events, versions int
		_, err = rx.get(&events, `select count(*) from ledger join outcomes using (event_id)`)
		if err != nil || events != 5 {
			t.Errorf("%d events, %v", events, err)
		}
		_, err = rx.get(&versions, `select count(distinct time_us) from ledger`)
		if err != nil || versions != 1 {
			t.Errorf("%d transactions, %v", versions, err)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnUpdateThatWaitsEndsWithItsContext(t *testing.T) {
	s, release := begin(t)
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error)
	go func() {
		result <- s.Update(ctx, func(*Tx) error {
			t.Error("it ran")
			return nil
		})
	}()
	s.queue.wait(1)
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	release()
	if err := s.Update(t.Context(), func(*Tx) error { return nil }); err != nil {
		t.Error(err)
	}
}
