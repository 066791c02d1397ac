package sqlite

import (
	"context"
	"os"
	"sync"
	"time"
)

// turnstile makes processes take turns at writing. SQLite itself has no queue: a
// process that waits sleeps and tries again, possibly for seconds, while another keeps
// writing. With the turnstile, a process first takes the lock called queue. It holds
// it until it gets the lock called gate, which the writing process holds. So a process
// that has had its turn comes after all processes that were already waiting.
//
// Both locks are files beside the database. The last process that closes the database
// removes them. Only fairness and migrations depend on them: if they cannot be
// created, writers rely on SQLite's own locks.
type turnstile struct {
	queue, gate fileLock
	since       time.Time // when this process last came through the queue
	patience    time.Duration
	stuck       bool // patience ran out: until the gate is free, writers rely on SQLite's locks

	mutex   sync.Mutex  // guards lingers and timer
	lingers bool        // the gate is held although nothing is being written
	timer   *time.Timer // ends the lingering
}

// quantum is how long a process may keep writing before it queues again. Turns are
// not shorter, because a process loses its cache when another one writes.
const quantum = 20 * time.Millisecond

// linger is how long a process holds the gate after a transaction, in case it writes
// again. Opening the gate between its transactions would wake waiting processes for
// nothing.
const linger = 500 * time.Microsecond

// patience is how long a process waits for its turn: longer than the turns of a hundred
// other processes, but short enough for a person who waits.
const patience = 5 * time.Second

func newTurnstile(path string) *turnstile {
	return &turnstile{queue: fileLock{path: path + "-queue"}, gate: fileLock{path: path + "-turn"}, patience: patience}
}

// enter waits for this process's turn, which ends with leave. If the gate is not free
// within patience, for example because the process that holds it was stopped, the caller
// continues without a turn and relies on SQLite's own locks.
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

// wait waits for the queue and then for the gate, and reports whether it got both within
// patience.
func (t *turnstile) wait(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, t.patience)
	defer cancel()
	defer t.queue.unlock()
	return t.queue.lock(ctx) == nil && t.gate.lock(ctx) == nil
}

// reenter continues a turn that has not ended, and reports whether there was one.
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

// end ends a turn in which nothing has been written for the time of linger.
func (t *turnstile) end() {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.lingers {
		t.lingers = false
		t.gate.unlock()
	}
}

// close removes the files, unless another process uses them.
func (t *turnstile) close() {
	t.end()
	defer t.queue.close()
	defer t.gate.close()
	if t.queue.try() && t.gate.try() {
		_ = os.Remove(t.gate.path)
		_ = os.Remove(t.queue.path)
	}
}
