package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/store"
	"atomizer-db/testdata/soak"
)

// opened opens a database until the end of the test, and creates it if necessary.
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

// begin opens a new database and blocks its writer until release is called.
func begin(t *testing.T) (s *Store, release func()) {
	t.Helper()
	s = opened(t, filepath.Join(t.TempDir(), "playbook.db"))
	s.writing <- struct{}{}
	return s, func() { <-s.writing }
}

// wait returns when n updates are waiting.
func (q *queue) wait(n int) {
	for waiting := -1; waiting != n; runtime.Gosched() {
		q.mutex.Lock()
		waiting = len(q.updates)
		q.mutex.Unlock()
	}
}

// recordTrial records a successful trial of a study.
func recordTrial(tx *writer, study string, number int64) error {
	id, _, err := tx.EnsureStudy(study, tx.Now())
	if err != nil {
		return err
	}
	_, err = tx.Record([]store.Entry{{
		Study: id, Type: store.TrialEvent, TrialNumber: &number, Time: tx.Now(),
		Outcome: &store.Outcome{Success: true, DesignVariables: `{}`},
	}})
	return err
}

// trialsByStudy returns the number of trials of each study.
func trialsByStudy(t *testing.T, s *Store) map[string]int64 {
	t.Helper()
	trials := map[string]int64{}
	err := s.view(t.Context(), func(rx *reader) error {
		studies, err := rx.Studies()
		for _, study := range studies {
			trials[study.Name] = study.Trials
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return trials
}

func TestWaitingUpdatesShareATransactionButNotErrors(t *testing.T) {
	s, release := begin(t)
	broken := errors.New("broken")
	results := make([]chan error, 8)
	for n := range results {
		results[n] = make(chan error, 1)
		go func() {
			results[n] <- s.update(context.Background(), func(tx *writer) error {
				if err := recordTrial(tx, fmt.Sprintf("study %d", n), int64(n)); err != nil || n%3 != 0 {
					return err
				}
				return broken
			})
		}()
	}
	s.queue.wait(len(results))
	release()

	want := map[string]int64{}
	for n, result := range results {
		err := <-result
		if n%3 == 0 && !errors.Is(err, broken) || n%3 != 0 && err != nil {
			t.Errorf("update %d: %v", n, err)
		}
		if n%3 != 0 {
			want[fmt.Sprintf("study %d", n)] = 1
		}
	}
	if diff := cmp.Diff(want, trialsByStudy(t, s)); diff != "" {
		t.Errorf("studies (-want +got):\n%s", diff)
	}
	err := s.view(t.Context(), func(rx *reader) error {
		var events, transactions int
		if _, err := rx.get(&events, `select count(*) from outcomes`); err != nil || events != 5 {
			t.Errorf("%d events, %v", events, err)
		}
		_, err := rx.get(&transactions, `select count(distinct time_us) from ledger`)
		if transactions != 1 {
			t.Errorf("%d transactions", transactions)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAWaitingUpdateCanBeCanceled(t *testing.T) {
	s, release := begin(t)
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error)
	go func() {
		result <- s.update(ctx, func(*writer) error {
			t.Error("the canceled update ran")
			return nil
		})
	}()
	s.queue.wait(1)
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	release()
	if err := s.update(t.Context(), func(*writer) error { return nil }); err != nil {
		t.Error(err)
	}
}

// panicOf returns the value that a function panics with.
func panicOf(fn func()) (value any) {
	defer func() { value = recover() }()
	fn()
	return nil
}

func TestAPanicRollsBackAndFreesTheWriter(t *testing.T) {
	s, release := begin(t)
	release()
	value := panicOf(func() {
		_ = s.update(t.Context(), func(tx *writer) error {
			if err := recordTrial(tx, "lost", 1); err != nil {
				t.Error(err)
			}
			panic("broken")
		})
	})
	if value != "broken" {
		t.Errorf("the panic is %v", value)
	}
	if err := s.update(t.Context(), func(tx *writer) error { return recordTrial(tx, "kept", 1) }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int64{"kept": 1}, trialsByStudy(t, s)); diff != "" {
		t.Errorf("studies (-want +got):\n%s", diff)
	}
}

func TestAPanicReachesOnlyItsOwnCaller(t *testing.T) {
	s, release := begin(t)
	const updates, panics = 6, 3
	var wait sync.WaitGroup
	for n := range updates {
		wait.Go(func() {
			var err error
			value := panicOf(func() {
				err = s.update(context.Background(), func(tx *writer) error {
					if err := recordTrial(tx, fmt.Sprint(n), 1); err != nil {
						return err
					}
					if n == panics {
						panic(n)
					}
					return nil
				})
			})
			if n == panics && value != n || n != panics && (value != nil || err != nil) {
				t.Errorf("update %d: panic %v, error %v", n, value, err)
			}
		})
	}
	s.queue.wait(updates)
	release()
	wait.Wait()
	want := map[string]int64{"0": 1, "1": 1, "2": 1, "4": 1, "5": 1}
	if diff := cmp.Diff(want, trialsByStudy(t, s)); diff != "" {
		t.Errorf("studies (-want +got):\n%s", diff)
	}
}

// TestGoexitInAnUpdateFreesTheWriter covers runtime.Goexit, which
// t.FailNow calls.
func TestGoexitInAnUpdateFreesTheWriter(t *testing.T) {
	s, release := begin(t)
	release()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = s.update(context.Background(), func(tx *writer) error {
			if err := recordTrial(tx, "lost", 1); err != nil {
				t.Error(err)
			}
			runtime.Goexit()
			return nil
		})
	}()
	<-ended
	if err := s.update(t.Context(), func(tx *writer) error { return recordTrial(tx, "kept", 1) }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int64{"kept": 1}, trialsByStudy(t, s)); diff != "" {
		t.Errorf("studies (-want +got):\n%s", diff)
	}
}

func TestCloseTwiceAndConcurrently(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "x.db"), true)
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if err := s.update(context.Background(), func(*writer) error { return nil }); !errors.Is(err, store.ErrClosed) {
				t.Errorf("an update after Close: %v", err)
			}
			if err := s.view(context.Background(), func(*reader) error { return nil }); !errors.Is(err, store.ErrClosed) {
				t.Errorf("a view after Close: %v", err)
			}
			if _, err := s.Questions(context.Background(), nil); !errors.Is(err, store.ErrClosed) {
				t.Errorf("a question after Close: %v", err)
			}
			if err := s.Backup(context.Background(), s.Path()+".copy", false); !errors.Is(err, store.ErrClosed) {
				t.Errorf("a backup after Close: %v", err)
			}
			if _, err := s.Check(context.Background()); !errors.Is(err, store.ErrClosed) {
				t.Errorf("a check after Close: %v", err)
			}
		})
	}
	wait.Wait()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestCloseWaitsForRunningCalls(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	s, err := Open(t.Context(), path, true)
	if err != nil {
		t.Fatal(err)
	}
	began, result := make(chan struct{}), make(chan error, 1)
	go func() {
		result <- s.update(context.Background(), func(tx *writer) error {
			close(began)
			for s.calls.Begin() { // until Close has been called
				s.calls.Done()
				runtime.Gosched()
			}
			return recordTrial(tx, "kept", 1)
		})
	}()
	<-began
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-result; err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(map[string]int64{"kept": 1}, trialsByStudy(t, opened(t, path))); diff != "" {
		t.Errorf("studies (-want +got):\n%s", diff)
	}
}

// TestAContextThatEndsWhileATransactionBeginsLeavesNone ends contexts at random times:
// the driver returns the context's error also for a transaction that has begun.
func TestAContextThatEndsWhileATransactionBeginsLeavesNone(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "x.db"))
	other := opened(t, s.Path())
	random := rand.New(rand.NewPCG(1, 2))
	for i := range soak.Rounds(300) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(random.IntN(60_000)))
		_ = s.update(ctx, func(*writer) error { return nil })
		_ = s.view(ctx, func(*reader) error { return nil })
		cancel()
		if err := s.view(t.Context(), func(*reader) error { return nil }); err != nil {
			t.Fatalf("round %d, a view: %v", i, err)
		}
		for _, s := range []*Store{s, other} {
			if err := s.update(t.Context(), func(*writer) error { return nil }); err != nil {
				t.Fatalf("round %d, an update: %v", i, err)
			}
		}
	}
}

func TestAnEndedContextKeepsNoConnection(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "x.db"), true)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 3 {
		if err := s.view(ctx, func(*reader) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if open := s.readers.Stats().OpenConnections; open != 0 {
		t.Errorf("%d connections are open after Close", open)
	}
}

// TestACommitToARemovedFileIsNotAcknowledged removes the database under an open
// store, puts another file in its place, and then the right one.
func TestACommitToARemovedFileIsNotAcknowledged(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "x.db")
	s := opened(t, path)
	record := func(number int64) error {
		return s.update(t.Context(), func(tx *writer) error { return recordTrial(tx, "study", number) })
	}
	rename := func(from, to string) {
		t.Helper()
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	if err := record(1); err != nil {
		t.Fatal(err)
	}
	rename(path, path+".away")
	if err := record(2); !errors.Is(err, store.ErrReplaced) {
		t.Errorf("removed: %v", err)
	}
	if err := os.WriteFile(path, []byte("another file"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := record(3); !errors.Is(err, store.ErrReplaced) {
		t.Errorf("replaced: %v", err)
	}
	rename(path+".away", path)
	if err := record(4); err != nil {
		t.Errorf("put back: %v", err)
	}
}

func TestConstraintsHoldForOurOwnWrites(t *testing.T) {
	s, release := begin(t)
	release()
	number := int64(1)
	trial := func(change func(*store.Entry)) func(*writer) error {
		return func(tx *writer) error {
			study, _, err := tx.EnsureStudy("study", tx.Now())
			if err != nil {
				return err
			}
			e := store.Entry{Study: study, Type: store.TrialEvent, TrialNumber: &number, Time: tx.Now(), Outcome: &store.Outcome{DesignVariables: `{}`}}
			change(&e)
			_, err = tx.Record([]store.Entry{e})
			return err
		}
	}
	for name, write := range map[string]func(*writer) error{
		"a study that does not exist":        trial(func(e *store.Entry) { e.Study = 99 }),
		"a type that does not exist":         trial(func(e *store.Entry) { e.Type = "party" }),
		"design variables that are a list":   trial(func(e *store.Entry) { e.Outcome.DesignVariables = `[]` }),
		"an insight of an unknown category":  trial(func(e *store.Entry) { e.Insights = []store.Insight{{Category: "x"}} }),
		"a void of an event that is missing": func(tx *writer) error { return tx.AddVoid(1, 2, false) },
		"a direction that does not exist": func(tx *writer) error {
			study, _, err := tx.EnsureStudy("study", tx.Now())
			return errors.Join(err, tx.SetDirection(study, "sideways"))
		},
	} {
		if err := s.update(t.Context(), write); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if trials := trialsByStudy(t, s); len(trials) > 0 {
		t.Errorf("recorded: %v", trials)
	}
}
