package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"atomizer-db/migrations"
)

// Rx is a read transaction: one state of the database, whatever is written
// meanwhile. It is good only inside the function that it was handed to.
type Rx struct {
	*connection
	ctx   context.Context
	now   time.Time
	drain func() error // writes what waits, before a statement looks; nil: nothing waits
}

// Tx is a write transaction: all that it does is committed together, or not at all.
type Tx struct {
	Rx
	memory  *memory
	waiting *waiting
}

// Now is the transaction's time: the clock is read once, when it begins.
func (r *Rx) Now() time.Time { return r.now }

// get reads one row into dest; found is false where there is none.
func (r *Rx) get(dest any, query string, args ...any) (found bool, err error) {
	stmt, err := r.ready(query)
	if err != nil {
		return false, err
	}
	err = stmt.GetContext(r.ctx, dest, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// list reads all rows into dest, a pointer to a slice.
func (r *Rx) list(dest any, query string, args ...any) error {
	stmt, err := r.ready(query)
	if err != nil {
		return err
	}
	return stmt.SelectContext(r.ctx, dest, args...)
}

// ready prepares a statement, and the database for it.
func (r *Rx) ready(query string) (*sqlx.Stmt, error) {
	if err := r.settle(); err != nil {
		return nil, err
	}
	return r.prepare(r.ctx, query)
}

// look is get, and each is list, for questions that are asked all the time.
func (r *Rx) look(query string, read func(row), values ...value) (found bool, err error) {
	if err := r.settle(); err != nil {
		return false, err
	}
	return r.direct.look(query, read, values...)
}

func (r *Rx) each(query string, values []value, read func(row) error) error {
	if err := r.settle(); err != nil {
		return err
	}
	return r.direct.each(query, values, read)
}

// settle lets nothing wait any longer.
func (r *Rx) settle() error {
	if r.drain == nil {
		return nil
	}
	return r.drain()
}

// exec runs a statement that writes.
func (t *Tx) exec(query string, args ...any) (sql.Result, error) {
	stmt, err := t.ready(query)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(t.ctx, args...)
}

// insert adds a row and gives its rowid.
func (t *Tx) insert(query string, args ...any) (int64, error) {
	result, err := t.exec(query, args...)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

// checkVersion notices that another program has changed the schema since the
// database was opened: its tables may no longer be what our statements mean.
func (r *Rx) checkVersion(path string) error {
	var version int
	_, err := r.direct.look(`pragma user_version`, func(r row) { version = int(r.integer(0)) })
	if err != nil {
		return err
	}
	switch {
	case version > migrations.Version:
		return newerThanUs(path, version)
	case version < migrations.Version:
		return Fail(ErrOutdated, "%s has schema %d, this program needs %d: open it again to migrate it", path, version, migrations.Version)
	}
	return nil
}

func newerThanUs(path string, version int) error {
	return Fail(ErrNewer, "%s has schema %d, this program knows schemas up to %d: use a newer atomizer-db; the file is left as it is",
		path, version, migrations.Version)
}

// View runs fn on one state of the database. It never waits for writers and
// cannot write.
func (s *Store) View(ctx context.Context, fn func(*Rx) error) (err error) {
	defer func() { err = explain(err, s.path) }()
	reader, err := s.takeReader(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.giveBack(reader)) }()
	if err := reader.direct.run(`begin`); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rollback(ctx, reader)) }()
	rx := Rx{connection: reader, ctx: ctx, now: s.now()}
	if err := rx.checkVersion(s.path); err != nil {
		return err
	}
	return fn(&rx)
}

func (s *Store) takeReader(ctx context.Context) (*connection, error) {
	select {
	case reader := <-s.idle:
		return reader, ctx.Err()
	default:
		return keep(ctx, s.readers)
	}
}

func (s *Store) giveBack(reader *connection) error {
	select {
	case s.idle <- reader:
		return nil
	default:
		return reader.Close()
	}
}

// rollback ends a transaction that is not to be kept. SQLite may have ended it
// by itself (a full disk), which is as good.
func rollback(ctx context.Context, conn *connection) error {
	_, err := conn.ExecContext(context.WithoutCancel(ctx), `rollback`)
	if err != nil && sqliteCode(err) == 1 { // SQLITE_ERROR: no transaction is active
		return nil
	}
	if err != nil {
		return fmt.Errorf("roll back: %w", err)
	}
	return nil
}

// now is the store's clock in the precision that it keeps: microseconds, UTC.
func (s *Store) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }
