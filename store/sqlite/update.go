package sqlite

import (
	"context"
	"errors"
	"os"
	"slices"
	"sync"

	"atomizer-db/store"
)

// Update runs fn in a write transaction and returns when its commit has reached the
// disk. Writers wait for each other, and for other processes a little longer than
// [BusyTimeout] at most. If fn fails or panics, or ctx is done before fn has returned,
// nothing is written. A panic of fn is passed on in the goroutine that called Update.
// fn must not call Update, which would wait forever.
//
// fn may be run again from the start, so it must not change anything outside of it in
// a way that a second run would repeat.
//
// Goroutines that wait at the same time share a transaction, in which each has a
// savepoint of its own. Their changes then reach the disk with one commit.
func (s *Store) Update(ctx context.Context, fn func(store.Writer) error) error {
	return s.update(ctx, func(w *writer) error { return fn(w) })
}

func (s *Store) update(ctx context.Context, fn func(*writer) error) error {
	if s.writer == nil {
		return store.FailAt(s.path, store.ErrReadOnly, "%s was opened for reading only", s.path)
	}
	if !s.calls.Begin() {
		return closed(s.path)
	}
	defer s.calls.Done()
	u := &update{ctx: ctx, fn: fn, done: make(chan struct{})}
	s.queue.add(u)
	select {
	case <-u.done: // another goroutine has run it
	case s.writing <- struct{}{}:
		s.lead(u)
	case <-ctx.Done():
		if s.queue.remove(u) {
			return ctx.Err()
		}
		<-u.done
	}
	if u.panicked {
		panic(u.panic)
	}
	return explain(u.err, s.path)
}

// update is a call of Update.
type update struct {
	ctx      context.Context
	fn       func(*writer) error
	err      error
	panicked bool
	panic    any           // what fn panicked with
	done     chan struct{} // closed once the result is known
}

// errAbandoned is the result of the updates of a group whose transaction did not end
// because its goroutine exited.
var errAbandoned = errors.New("the transaction was abandoned")

// lead runs all waiting updates, including own. The caller holds s.writing, which
// lead releases.
func (s *Store) lead(own *update) {
	defer func() { <-s.writing }()
	if !s.queue.holds(own) {
		<-own.done // the previous leader has run it
		return
	}
	leave, err := s.turns.enter(own.ctx)
	if err == nil {
		defer leave()
		if err = s.writer.run(own.ctx, `begin immediate`); err != nil {
			// The transaction may have begun before its context ended.
			err = errors.Join(err, s.writer.rollback(own.ctx))
		}
	}
	if err != nil { // each of the others tries for itself
		s.queue.remove(own)
		own.err = err
		close(own.done)
		return
	}
	s.commit(context.WithoutCancel(own.ctx), s.queue.take())
}

// commit runs the updates of a group in the open transaction, commits it and passes on
// the results. It checks the context of an update before and after its function, whose
// statements are not interrupted.
func (s *Store) commit(ctx context.Context, group []*update) {
	err := errAbandoned
	defer func() {
		if err != nil {
			s.cache.forget()
			err = errors.Join(err, s.writer.rollback(ctx))
		}
		for _, u := range group {
			if err != nil {
				u.err = err
			}
			close(u.done)
		}
	}()
	tx := &writer{reader: reader{conn: s.writer, ctx: ctx, now: s.now()}, cache: &s.cache}
	if err = s.runGroup(tx, group); err == nil {
		s.watchWAL(tx)
	}
}

func (s *Store) runGroup(tx *writer, group []*update) error {
	if err := tx.refresh(s.path); err != nil {
		return err
	}
	for _, u := range group {
		if len(group) > 1 {
			if err := tx.runApart(u); err != nil {
				return err
			}
		} else if u.run(tx); u.err != nil {
			return u.err
		}
	}
	if err := tx.conn.run(tx.ctx, `commit`); err != nil {
		return err
	}
	return s.checkFile()
}

// checkFile returns [ErrReplaced] if the file at the path is no longer the open one. What
// was committed to a removed file is lost when it is closed.
func (s *Store) checkFile() error {
	there, err := os.Stat(s.path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err != nil || !os.SameFile(there, s.opened) {
		return replaced(s.path)
	}
	return nil
}

// errPanicked makes the transaction of an update that panicked be rolled back.
var errPanicked = errors.New("the update panicked")

// run runs the function of an update and stores its result.
func (u *update) run(tx *writer) {
	u.err = errAbandoned
	defer func() {
		if p := recover(); p != nil {
			u.panicked, u.panic, u.err = true, p, errPanicked
		}
	}()
	if u.err = u.ctx.Err(); u.err != nil {
		return
	}
	if u.err = u.fn(tx); u.err == nil {
		u.err = u.ctx.Err()
	}
}

// runApart runs an update of a group in a savepoint, so that its failure does not
// affect the others. It returns an error only if the whole transaction has failed.
func (t *writer) runApart(u *update) error {
	if err := t.conn.run(t.ctx, `savepoint apart`); err != nil {
		return err
	}
	if u.run(t); u.err != nil {
		t.cache.forget()
		err := t.conn.run(t.ctx, `rollback to apart`)
		if isNoTransaction(err) {
			return u.err // it ended the whole transaction, as a full disk does
		}
		if err != nil {
			return err
		}
	}
	return t.conn.run(t.ctx, `release apart`)
}

// queue contains the waiting updates, in order of arrival.
type queue struct {
	mutex   sync.Mutex
	updates []*update
}

func (q *queue) add(u *update) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.updates = append(q.updates, u)
}

// holds reports whether an update is still waiting.
func (q *queue) holds(u *update) bool {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	return slices.Contains(q.updates, u)
}

// remove removes an update. It returns false if the update is already being run.
func (q *queue) remove(u *update) bool {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	i := slices.Index(q.updates, u)
	if i < 0 {
		return false
	}
	q.updates = slices.Delete(q.updates, i, i+1)
	return true
}

func (q *queue) take() []*update {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	taken := q.updates
	q.updates = nil
	return taken
}
