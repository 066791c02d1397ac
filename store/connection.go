package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite" // the driver "sqlite"
	lib "modernc.org/sqlite/lib"
)

// BusyTimeout is how long a writer waits for other processes before it gives
// up with [ErrBusy].
const BusyTimeout = 60 * time.Second

// mode is SQLite's own name for how a file is opened.
type mode string

const (
	readOnly        mode = "ro"
	readWrite       mode = "rw"
	readWriteCreate mode = "rwc"
)

// connect opens a pool on the file. Only a DSN reaches each connection of the
// pool, so what must hold for all of them stands there.
func connect(path string, m mode, more ...string) (*sqlx.DB, error) {
	query := url.Values{"mode": {string(m)}}
	pragmas := []string{fmt.Sprintf("busy_timeout(%d)", BusyTimeout.Milliseconds())}
	if m == readOnly {
		pragmas = append(pragmas, "query_only(on)")
		query.Set("_defensive", "1")
		query.Set("_dqs", "0") // a mistyped "column" is an error, no text
	} else {
		// FULL: a commit has reached the disk before it is answered.
		pragmas = append(pragmas, "synchronous(full)", fmt.Sprintf("journal_size_limit(%d)", walLimit))
		query.Set("_txlock", "immediate")
	}
	query["_pragma"] = pragmas
	for i := 0; i+1 < len(more); i += 2 {
		query.Set(more[i], more[i+1])
	}
	file := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: query.Encode()}
	return sqlx.Open("sqlite", file.String())
}

// connection is a connection that is kept, with what is prepared on it. It is for
// one goroutine at a time.
type connection struct {
	*sqlx.Conn
	stmts  map[string]*sqlx.Stmt // by their SQL
	direct *direct
}

// keep takes a connection out of a pool, until it is closed.
func keep(ctx context.Context, pool *sqlx.DB) (*connection, error) {
	conn, err := pool.Connx(ctx)
	if err != nil {
		return nil, err
	}
	c := &connection{Conn: conn, stmts: map[string]*sqlx.Stmt{}}
	if c.direct, err = newDirect(conn); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return c, nil
}

func (c *connection) prepare(ctx context.Context, query string) (*sqlx.Stmt, error) {
	if stmt, ok := c.stmts[query]; ok {
		return stmt, nil
	}
	stmt, err := c.PreparexContext(ctx, query)
	if err != nil {
		return nil, err
	}
	c.stmts[query] = stmt
	return stmt, nil
}

// begin begins a write transaction. Where somebody writes who takes no turns,
// such as a shell, it is the driver that waits, until ctx is done.
func (c *connection) begin(ctx context.Context) error {
	const immediate = `begin immediate`
	c.direct.setBusyTimeout(0)
	err := c.direct.run(immediate)
	if sqliteCode(err) != lib.SQLITE_BUSY {
		return err
	}
	if _, err := c.ExecContext(ctx, fmt.Sprintf(`pragma busy_timeout = %d`, BusyTimeout.Milliseconds())); err != nil {
		return err
	}
	_, err = c.ExecContext(ctx, immediate)
	return err
}

// Close ends the connection, and what was prepared on it.
func (c *connection) Close() error {
	var errs []error
	for _, stmt := range c.stmts {
		errs = append(errs, stmt.Close())
	}
	c.direct.close()
	return errors.Join(append(errs, c.Conn.Close())...)
}
