package store

import (
	"context"
	"errors"
	"slices"
	"sync"

	lib "modernc.org/sqlite/lib"
)

// Update runs fn in a write transaction and returns once its commit has
// reached the disk. Writers wait for each other, those of other processes at
// most [BusyTimeout]. Where fn fails, or ctx is done before it has ended,
// nothing is written.
//
// Goroutines that wait at the same time share a transaction, in which each has a
// savepoint of its own: a commit waits for the disk once for all of them.
func (s *Store) Update(ctx context.Context, fn func(*Tx) error) error {
	if s.writer == nil {
		return Fail(ErrReadOnly, "%s was opened for reading only", s.path)
	}
	u := &update{ctx: ctx, fn: fn, done: make(chan error, 1)}
	s.queue.add(u)
	select {
	case err := <-u.done: // another goroutine did it
		return err
	case s.writing <- struct{}{}:
		s.lead(u)
		<-s.writing
		return <-u.done
	case <-ctx.Done():
		if s.queue.remove(u) {
			return ctx.Err()
		}
		return <-u.done
	}
}

// update is a call of Update.
type update struct {
	ctx  context.Context
	fn   func(*Tx) error
	done chan error
}

// lead writes for all who wait: the goroutine that does holds s.writing.
func (s *Store) lead(own *update) {
	leave, err := s.turns.enter(own.ctx)
	if err == nil {
		defer leave()
		err = s.writer.begin(own.ctx)
	}
	if err != nil {
		if s.queue.remove(own) {
			own.done <- explain(err, s.path)
		}
		return
	}
	group := s.queue.take()
	results, err := s.commit(own.ctx, group)
	for i, u := range group {
		if err != nil {
			results[i] = err
		}
		u.done <- explain(results[i], s.path)
	}
}

// commit runs the updates of a group in the transaction that has begun, and
// commits it. The results are good where err is nil.
func (s *Store) commit(ctx context.Context, group []*update) (results []error, err error) {
	results = make([]error, len(group))
	// A done context is looked at between statements and not in them: an
	// interrupted statement would leave the connection in doubt.
	ctx = context.WithoutCancel(ctx)
	committed := false
	defer func() {
		if !committed {
			s.memory.forget()
			err = errors.Join(err, rollback(ctx, s.writer))
		}
	}()
	s.waiting.clear()
	tx := &Tx{Rx: Rx{connection: s.writer, ctx: ctx, now: s.now()}, memory: &s.memory, waiting: &s.waiting}
	tx.drain = tx.write
	if err := tx.refresh(s.path); err != nil {
		return results, err
	}
	for i, u := range group {
		if len(group) == 1 {
			err = u.run(tx)
		} else {
			results[i], err = tx.runApart(u)
		}
		if err != nil {
			return results, err
		}
	}
	if err := tx.foldInTime(&s.foldedAt); err != nil {
		return results, err
	}
	if err := tx.direct.commit(); err != nil {
		return results, err
	}
	committed = true
	s.watchWAL(tx)
	return results, nil
}

func (u *update) run(tx *Tx) error {
	if err := u.ctx.Err(); err != nil {
		return err
	}
	if err := u.fn(tx); err != nil {
		return err
	}
	if err := tx.write(); err != nil {
		return err
	}
	return u.ctx.Err()
}

// runApart runs an update of a group so that its failure, the result, leaves no
// trace in the transaction. The error err is that of the transaction as a whole.
func (t *Tx) runApart(u *update) (result, err error) {
	if err := t.direct.run(`savepoint apart`); err != nil {
		return nil, err
	}
	if result = u.run(t); result != nil {
		t.waiting.clear()
		t.memory.forget()
		err := t.direct.run(`rollback to apart`)
		if sqliteCode(err) == lib.SQLITE_ERROR {
			err = result // it has ended the transaction as a whole, such as a full disk
		}
		if err != nil {
			return result, err
		}
	}
	return result, t.direct.run(`release apart`)
}

// queue holds the updates that wait, in the order in which they came.
type queue struct {
	mutex   sync.Mutex
	updates []*update
}

func (q *queue) add(u *update) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.updates = append(q.updates, u)
}

// remove takes an update back; false: it is being written.
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
