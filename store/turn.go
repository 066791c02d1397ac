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
	path        string
	queue, gate fileLock
	since       time.Time // when this process last came through the queue

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

func newTurnstile(path string) *turnstile {
	return &turnstile{path: path, queue: fileLock{path: path + "-queue"}, gate: fileLock{path: path + "-turn"}}
}

// enter waits for this process's turn, which ends with leave. After
// [BusyTimeout] it is [ErrBusy].
func (t *turnstile) enter(ctx context.Context) (leave func(), err error) {
	if t.reenter() {
		return t.leave, nil
	}
	waiting, cancel := context.WithTimeout(ctx, BusyTimeout)
	defer cancel()
	defer t.queue.unlock()
	if err = t.queue.lock(waiting); err == nil {
		err = t.gate.lock(waiting)
	}
	switch {
	case ctx.Err() != nil:
		t.gate.unlock()
		return nil, ctx.Err()
	case err != nil:
		return nil, busy(t.path)
	}
	t.since = time.Now()
	return t.leave, nil
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
