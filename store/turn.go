package store

import (
	"context"
	"os"
	"sync"
	"time"
)

// turnstile lets processes write in fair turn. SQLite itself has no queue:
// whoever waits sleeps and tries again, and may do so for seconds while another
// writes on. Here a process waits in the queue, which has room for one; takes
// the gate as soon as the one before it has written; and only then lets the next
// into the queue. So whoever has had its turn comes after all who were waiting.
//
// Both locks are files beside the database, gone when the last process closes
// it. Only fairness hangs on them, and the migrations: where they cannot be
// made, writers wait for each other as SQLite has it.
type turnstile struct {
	queue, gate fileLock
	since       time.Time // when this process last came through the queue
	patience    time.Duration
	stuck       bool // the gate was not free for so long: SQLite alone keeps writers apart

	mutex   sync.Mutex  // between those who write and the timer
	lingers bool        // the gate is kept, though nothing is being written
	timer   *time.Timer // ends that
}

// quantum is how long a process may write on before it queues again: what it has
// in its cache is good only until another writes.
const quantum = 20 * time.Millisecond

// linger is how long the gate is kept for what a process may write next. It is
// not opened in between: that would wake those who wait, for nothing.
const linger = 500 * time.Microsecond

// patience is how long a process waits for its turn: longer than the turns of a
// hundred others, and short enough for a person.
const patience = 5 * time.Second

func newTurnstile(path string) *turnstile {
	return &turnstile{queue: fileLock{path: path + "-queue"}, gate: fileLock{path: path + "-turn"}, patience: patience}
}

// enter waits for this process's turn, which ends with leave. Turns are a courtesy:
// where the gate is not free for too long, because the process that holds it was
// stopped, the caller goes on without a turn, and SQLite's lock decides.
func (t *turnstile) enter(ctx context.Context) (leave func(), err error) {
	if t.reenter() {
		return t.leave, nil
	}
	if t.stuck {
		t.stuck = !t.gate.try()
	} else {
		t.stuck = !t.wait(ctx)
	}
	if ctx.Err() != nil {
		t.gate.unlock()
		return nil, ctx.Err()
	}
	if t.stuck {
		return func() {}, nil
	}
	t.since = time.Now()
	return t.leave, nil
}

// wait waits in the queue and then for the gate. It reports false where that takes
// too long.
func (t *turnstile) wait(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, t.patience)
	defer cancel()
	defer t.queue.unlock()
	return t.queue.lock(ctx) == nil && t.gate.lock(ctx) == nil
}

// reenter goes on with a turn that has not ended.
func (t *turnstile) reenter() bool {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if !t.lingers {
		return false
	}
	t.lingers = false
	if time.Since(t.since) < quantum {
		return true
	}
	t.gate.unlock()
	return false
}

func (t *turnstile) leave() {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.lingers = true
	if t.timer == nil {
		t.timer = time.AfterFunc(linger, t.end)
	} else {
		t.timer.Reset(linger)
	}
}

// end ends a turn in which nothing is written any more.
func (t *turnstile) end() {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.lingers {
		t.lingers = false
		t.gate.unlock()
	}
}

// close removes the files, unless another process is about to write.
func (t *turnstile) close() {
	t.end()
	defer t.queue.close()
	defer t.gate.close()
	if t.queue.try() && t.gate.try() {
		_ = os.Remove(t.gate.path)
		_ = os.Remove(t.queue.path)
	}
}
