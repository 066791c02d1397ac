package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"atomizer-db/store"
)

// Update runs fn in a write transaction.
func (s *Store) Update(ctx context.Context, fn func(store.Writer) error) error {
	return s.update(ctx, func(w *writer) error { return fn(w) })
}

func (s *Store) update(ctx context.Context, fn func(*writer) error) error {
	if s.readOnly {
		return store.FailAt(s.path, store.ErrReadOnly, "%s was opened for reading only", s.path)
	}
	if !s.calls.Begin() {
		return closed(s.path)
	}
	defer s.calls.Done()
	now := time.Now()
	u := update{store: s, fn: fn, id: uuid.NewString(), began: now, since: now, outage: outage{store: s}}
	return s.explain(u.run(ctx))
}

// update is a call of Update.
type update struct {
	store  *Store
	fn     func(*writer) error
	id     string // of its transaction, in the table commits
	began  time.Time
	since  time.Time // when it began to wait for others; the time of an outage does not count
	outage outage

	refused   int  // how often the server refused it for the sake of another transaction
	uncertain bool // the answer to a commit was lost: it may be committed
	closed    bool // it has closed the gate
}

// errLostInCommit is the error of a transaction whose commit was sent, but not answered.
var errLostInCommit = errors.New("the connection was lost before the commit was answered")

// run tries until the transaction is committed, or fails for a reason of its own, or the time
// is over.
func (u *update) run(ctx context.Context) error {
	for {
		err := u.try(ctx)
		if err == nil {
			u.outage.over()
			return nil
		}
		u.uncertain = u.uncertain || errors.Is(err, errLostInCommit)
		if ctx.Err() == nil && u.again(err) {
			err = u.wait(ctx, err)
			if err == nil {
				continue
			}
		}
		if u.closed {
			err = errors.Join(err, u.openGate(ctx))
		}
		return u.failure(err)
	}
}

// again reports whether an update that failed is tried again.
func (u *update) again(err error) bool {
	switch {
	case u.uncertain && time.Since(u.began) > commitsKept/2:
		return false // soon nobody could tell whether it is committed
	case isRefused(err):
		u.refused++
		return time.Since(u.since) < u.store.patience
	case errors.Is(err, errGateClosed), isCommitting(err):
		return time.Since(u.since) < u.store.patience
	}
	u.since = time.Now()
	return u.outage.noticed(err)
}

// wait waits before the next try: longer each time that others were in the way.
func (u *update) wait(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, errGateClosed), isCommitting(err):
		return pause(ctx, gatePause)
	case !isRefused(err):
		return pause(ctx, outagePause)
	}
	if u.refused >= mostRefusals {
		if err := u.closeGate(ctx); err != nil {
			return err
		}
	}
	return pause(ctx, min(time.Millisecond<<min(u.refused, 10), mostPause))
}

// failure is the error of an update that is not tried again.
func (u *update) failure(err error) error {
	path := u.store.path
	switch {
	case u.uncertain:
		return store.FailAt(path, store.ErrUnreachable, "%s cannot be reached (%s): it is not known whether the last events were recorded; "+
			"send them again when it is back, which records an event with a key only once", path, serverMessage(err))
	case isRefused(err), errors.Is(err, errGateClosed):
		return store.FailAt(path, store.ErrBusy, "%s is in use: others have been writing for %v, and the server refused this transaction %d times for their sake; try again",
			path, u.store.patience, u.refused)
	}
	return err
}

// try runs the function in a transaction and commits it, unless an earlier try is committed.
func (u *update) try(ctx context.Context) (err error) {
	if u.uncertain {
		committed, err := u.store.isCommitted(ctx, u.id)
		if committed {
			u.store.folder.wake()
		}
		if committed || err != nil {
			return err
		}
	}
	w, err := u.store.beginToWrite(ctx, u.id)
	if err != nil {
		return err
	}
	u.uncertain = false // the server takes an id only when no earlier try is or can still be committed
	finished := false
	defer func() {
		if !finished { // also when fn panics or ends the goroutine
			err = errors.Join(err, w.end())
		}
	}()
	if err := w.call(func() error { return u.fn(w) }); err != nil {
		return err
	}
	if u.closed {
		if _, err := w.run(openGate, u.id); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	finished = true
	return w.commit()
}

// isCommitted reports whether a transaction was committed.
func (s *Store) isCommitted(ctx context.Context, id string) (committed bool, err error) {
	err = s.db.GetContext(ctx, &committed, `select exists (select 1 from commits where id = $1::uuid)`, id)
	return committed, err
}

// commit sends what is not sent yet and commits the transaction. What it learned is then known to those
// that follow. It is not interrupted when the context is done: it would not be known whether it succeeded.
func (w *writer) commit() error {
	if len(w.deltas) > fewDeltas {
		if err := w.sendDeltas(); err != nil {
			return errors.Join(err, w.end())
		}
	}
	batch := &pgx.Batch{}
	w.queueDeltas(batch)
	queueCommit(batch)
	err := send(context.WithoutCancel(w.ctx), w.conn, batch)
	if isLost(err) {
		err = fmt.Errorf("%w (%w)", errLostInCommit, err)
	}
	if err != nil {
		return errors.Join(err, w.end())
	}
	w.store.cache.remember(w.epoch, w.learned)
	if w.appended {
		w.store.folder.wake()
	}
	return w.conn.Close()
}
