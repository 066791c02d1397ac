package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// queued returns when a process holds the queue.
func queued(t *testing.T, path string) {
	t.Helper()
	probe := newTurnstile(path)
	for probe.queue.try() {
		probe.queue.unlock()
		runtime.Gosched()
	}
	probe.queue.close()
}

func enter(t *testing.T, turns *turnstile) (leave func()) {
	t.Helper()
	leave, err := turns.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return leave
}

func TestAWriterQueuesBehindWaitingWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "playbook.db")
	first, second := newTurnstile(path), newTurnstile(path)
	order := make(chan string, 2)

	leave := enter(t, first)
	go func() {
		leave, err := second.enter(context.Background())
		order <- "second"
		if err == nil {
			leave()
		}
	}()
	queued(t, path)
	leave()
	first.since = time.Time{} // its quantum is over
	leave = enter(t, first)
	order <- "first"
	leave()

	if a, b := <-order, <-order; a != "second" || b != "first" {
		t.Errorf("the order of turns was %s, %s", a, b)
	}
}

func TestWaitingForATurnCanBeCanceled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "playbook.db")
	first, second, third := newTurnstile(path), newTurnstile(path), newTurnstile(path)

	leave := enter(t, first)
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error)
	go func() {
		_, err := second.enter(ctx)
		result <- err
	}()
	queued(t, path)
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	leave()
	enter(t, third)() // the second has released what it got after its context ended
}

// TestAStoppedProcessDoesNotBlockOthers has a process that never releases the gate.
func TestAStoppedProcessDoesNotBlockOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "playbook.db")
	stopped, other := newTurnstile(path), newTurnstile(path)
	defer other.close()
	leave := enter(t, stopped)
	other.patience = time.Millisecond
	for range 3 {
		enter(t, other)()
	}
	if !other.stuck {
		t.Error("the gate was free")
	}
	leave()
	stopped.end()
	leave = enter(t, other)
	defer leave()
	if other.stuck {
		t.Error("no turn although the gate is free again")
	}
}

func TestTheLastCloseRemovesTheLockFiles(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "playbook.db")
	first, second := newTurnstile(path), newTurnstile(path)

	leave := enter(t, first)
	second.close()
	if files, err := os.ReadDir(folder); err != nil || len(files) != 2 {
		t.Errorf("while a turn is taken: %v, %v", files, err)
	}
	leave()
	first.close()
	if files, err := os.ReadDir(folder); err != nil || len(files) != 0 {
		t.Errorf("after the last close: %v, %v", files, err)
	}
	enter(t, second)() // on new files
}

func TestARemovedLockFileBlocksNobody(t *testing.T) {
	path := filepath.Join(t.TempDir(), "playbook.db")
	first, second, third := newTurnstile(path), newTurnstile(path), newTurnstile(path)
	enter(t, first)()
	enter(t, second)()
	first.end()
	second.end()
	third.close() // removes the files that the others have open

	if first.gate.try() {
		t.Error("got a lock on a removed file")
	}
	enter(t, second)() // first does not hold the new lock
}

// TestTurnsNeverOverlap has many turnstiles created, used and closed concurrently.
func TestTurnsNeverOverlap(t *testing.T) {
	path := filepath.Join(t.TempDir(), "playbook.db")
	var inside atomic.Int32
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 200 {
				turns := newTurnstile(path)
				for range 5 {
					leave, err := turns.enter(t.Context())
					if err != nil {
						t.Error(err)
						return
					}
					if inside.Add(1) != 1 {
						t.Error("two turns at once")
					}
					inside.Add(-1)
					leave()
				}
				turns.close()
			}
		})
	}
	wait.Wait()
}
