package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"

	"atomizer-db/store"
)

// reader is a transaction that reads.
type reader struct {
	conn *sqlx.Conn // of the transaction
	ctx  context.Context
	now  time.Time

	flush func() error // sends what a transaction that writes has not sent yet; nil: there is nothing to send
}

// Now returns the transaction's time.
func (r *reader) Now() time.Time { return r.now }

// ready sends what is to be seen by the next statement.
func (r *reader) ready() error {
	if r.flush == nil {
		return nil
	}
	return r.flush()
}

// get reads one row into dest; found is false if there is none.
func (r *reader) get(dest any, query string, args ...any) (found bool, err error) {
	if err := r.ready(); err != nil {
		return false, err
	}
	err = r.conn.GetContext(r.ctx, dest, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// list reads all rows into dest, a pointer to a slice.
func (r *reader) list(dest any, query string, args ...any) error {
	if err := r.ready(); err != nil {
		return err
	}
	return r.conn.SelectContext(r.ctx, dest, query, args...)
}

// each calls read for each row. It is for queries with many rows.
func (r *reader) each(query string, args []any, read func(*sqlx.Rows) error) (err error) {
	if err := r.ready(); err != nil {
		return err
	}
	rows, err := r.conn.QueryxContext(r.ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := read(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// View runs fn on one state of the database.
func (s *Store) View(ctx context.Context, fn func(store.Reader) error) error {
	return s.view(ctx, func(r *reader) error { return fn(r) })
}

func (s *Store) view(ctx context.Context, fn func(*reader) error) (err error) {
	defer func() { err = s.explain(err) }()
	if !s.calls.Begin() {
		return closed(s.path)
	}
	defer s.calls.Done()
	r, err := s.beginToReadPatiently(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.end()) }()
	return r.call(func() error { return fn(r) })
}

// call calls a function in the transaction.
func (r *reader) call(fn func() error) error {
	err := fn()
	if code(err) != "" || !isLost(err) {
		return err
	}
	lost := true
	_ = r.conn.Raw(func(driver any) error { // an error says that it is lost
		lost = driver.(*stdlib.Conn).Conn().IsClosed()
		return nil
	})
	if lost {
		return err
	}
	return &ownError{err}
}

// beginToReadPatiently begins a transaction that reads. It waits for a server that cannot be reached.
func (s *Store) beginToReadPatiently(ctx context.Context) (*reader, error) {
	o := outage{store: s}
	for {
		r, err := s.beginToRead(ctx)
		if err == nil {
			o.over()
			return r, nil
		}
		if ctx.Err() != nil || !o.noticed(err) {
			return nil, err
		}
		if err := pause(ctx, outagePause); err != nil {
			return nil, err
		}
	}
}

// end ends a transaction of which nothing is to stay, and gives its connection back. A connection
// on which that fails is not used again.
func (r *reader) end() error {
	_, err := r.conn.ExecContext(context.WithoutCancel(r.ctx), `rollback`)
	if r.ctx.Err() != nil || isLost(err) {
		err = nil // with the connection, the transaction ended
	}
	return errors.Join(err, r.conn.Close())
}
