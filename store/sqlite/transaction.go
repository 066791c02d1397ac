package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	migrations "atomizer-db/migrations/sqlite"
	"atomizer-db/store"
)

// Rx is a read transaction. It sees one state of the database, whatever other
// transactions write in the meantime. It is valid only inside the function that it was
// passed to.
type reader struct {
	conn *connection
	ctx  context.Context
	now  time.Time
}

// Tx is a write transaction: all of its changes are committed, or none. It is valid
// only inside the function that it was passed to.
type writer struct {
	reader
	cache *cache
}

func (r *reader) Now() time.Time { return r.now }

// get reads one row into dest; found is false if there is none.
func (r *reader) get(dest any, query string, args ...any) (found bool, err error) {
	statement, err := r.conn.prepare(r.ctx, query)
	if err != nil {
		return false, err
	}
	err = statement.GetContext(r.ctx, dest, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, r.readable(err)
}

// list reads all rows into dest, a pointer to a slice.
func (r *reader) list(dest any, query string, args ...any) error {
	statement, err := r.conn.prepare(r.ctx, query)
	if err != nil {
		return err
	}
	return r.readable(statement.SelectContext(r.ctx, dest, args...))
}

// readable returns the error of reading rows. One that is neither SQLite's nor the end
// of the context is about a value, such as null where text is expected, which only a
// damaged database has.
func (r *reader) readable(err error) error {
	if err == nil || r.ctx.Err() != nil || errors.Is(err, sql.ErrConnDone) || sqliteCode(err) != 0 {
		return err
	}
	return store.Inconsistent("%v", err)
}

// each calls read for each row. It is for queries with many rows, for which list
// takes twice as long.
func (r *reader) each(query string, args []any, read func(*sqlx.Rows) error) (err error) {
	statement, err := r.conn.prepare(r.ctx, query)
	if err != nil {
		return err
	}
	rows, err := statement.QueryxContext(r.ctx, args...)
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

// exec runs a statement that writes.
func (t *writer) exec(query string, args ...any) (sql.Result, error) {
	return t.conn.exec(t.ctx, query, args...)
}

// insert adds a row and returns its rowid.
func (t *writer) insert(query string, args ...any) (int64, error) {
	result, err := t.exec(query, args...)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

// checkVersion returns an error if another program has changed the schema since the
// database was opened: our statements may not fit its tables any more.
func (r *reader) checkVersion(path string) error {
	var version int
	if _, err := r.get(&version, `pragma user_version`); err != nil {
		return err
	}
	switch {
	case version > migrations.Version:
		return newerThanUs(path, version, migrations.Version)
	case version < migrations.Version:
		return store.FailAt(path, store.ErrOutdated, "%s has schema %d and this program needs schema %d: open it again to migrate it",
			path, version, migrations.Version)
	}
	return nil
}

// View runs fn on one state of the database. It does not wait for writers and
// cannot write.
func (s *Store) View(ctx context.Context, fn func(store.Reader) error) error {
	return s.view(ctx, func(r *reader) error { return fn(r) })
}

func (s *Store) view(ctx context.Context, fn func(*reader) error) (err error) {
	defer func() { err = explain(err, s.path) }()
	if !s.calls.Begin() {
		return closed(s.path)
	}
	defer s.calls.Done()
	conn, err := s.takeReader(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.giveBack(conn)) }()
	// Before the transaction begins: a context that ends meanwhile makes it an error,
	// although it may have begun.
	defer func() { err = errors.Join(err, conn.rollback(ctx)) }()
	if err := conn.run(ctx, `begin`); err != nil {
		return err
	}
	rx := reader{conn: conn, ctx: ctx, now: s.now()}
	if err := rx.checkVersion(s.path); err != nil {
		return err
	}
	return fn(&rx)
}

func (s *Store) takeReader(ctx context.Context) (*connection, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case reader := <-s.idle:
		return reader, nil
	default:
		return pin(ctx, s.readers)
	}
}

func (s *Store) giveBack(reader *connection) error {
	select {
	case s.idle <- reader:
		return nil
	default:
		return reader.close()
	}
}
