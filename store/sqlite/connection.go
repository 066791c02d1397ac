package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite"

	"atomizer-db/store"
	// the driver "sqlite"
)

// mode is SQLite's name for how a file is opened.
type mode string

const (
	readOnly        mode = "ro"
	readWrite       mode = "rw"
	readWriteCreate mode = "rwc"
)

// connect opens a pool of connections to the file. Only the DSN reaches every
// connection of a pool, so all settings are in it.
func connect(path string, m mode, more ...string) (*sqlx.DB, error) {
	query := url.Values{"mode": {string(m)}}
	pragmas := []string{fmt.Sprintf("busy_timeout(%d)", store.BusyTimeout.Milliseconds())}
	if m == readOnly {
		pragmas = append(pragmas, "query_only(on)")
		query.Set("_defensive", "1")
		query.Set("_dqs", "0") // a mistyped "column" is an error, not a text
	} else {
		// FULL: a commit reaches the disk before it is acknowledged. MEMORY: what a
		// savepoint needs for a rollback is not written to a temporary file, which took
		// a sixth of the time of a trial with 64 callers.
		pragmas = append(pragmas, "synchronous(full)", "foreign_keys(on)", "temp_store(memory)", fmt.Sprintf("journal_size_limit(%d)", walLimit))
		query.Set("_txlock", "immediate")
	}
	query["_pragma"] = pragmas
	return sqlx.Open("sqlite", fileURI(path, query, more))
}

// fileURI returns the URI by which SQLite opens a file. Names and values of the further
// parameters alternate.
func fileURI(path string, query url.Values, more []string) string {
	for i := 0; i+1 < len(more); i += 2 {
		query.Set(more[i], more[i+1])
	}
	file := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: query.Encode()}
	return file.String()
}

// connection is a connection taken out of its pool, with the statements prepared
// on it. One goroutine may use it at a time.
type connection struct {
	conn       *sqlx.Conn
	statements map[string]*sqlx.Stmt // by their SQL
}

// pin takes a connection out of a pool until it is closed.
func pin(ctx context.Context, pool *sqlx.DB) (*connection, error) {
	conn, err := pool.Connx(ctx)
	if err != nil {
		return nil, err
	}
	return &connection{conn: conn, statements: map[string]*sqlx.Stmt{}}, nil
}

// prepare returns the prepared statement of a query.
func (c *connection) prepare(ctx context.Context, query string) (*sqlx.Stmt, error) {
	if statement, ok := c.statements[query]; ok {
		return statement, nil
	}
	statement, err := c.conn.PreparexContext(ctx, query)
	if err != nil {
		return nil, err
	}
	c.statements[query] = statement
	return statement, nil
}

// exec runs a statement that returns no rows.
func (c *connection) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	statement, err := c.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return statement.ExecContext(ctx, args...)
}

// run is exec for a statement whose result does not matter.
func (c *connection) run(ctx context.Context, query string) error {
	_, err := c.exec(ctx, query)
	return err
}

// rollback rolls the transaction back. It is not an error if SQLite has already
// done so, for example because the disk is full.
func (c *connection) rollback(ctx context.Context) error {
	err := c.run(context.WithoutCancel(ctx), `rollback`)
	if err == nil || isNoTransaction(err) {
		return nil
	}
	return fmt.Errorf("roll back: %w", err)
}

// close closes the statements and the connection.
func (c *connection) close() error {
	var errs []error
	for _, statement := range c.statements {
		errs = append(errs, statement.Close())
	}
	return errors.Join(append(errs, c.conn.Close())...)
}
