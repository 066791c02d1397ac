package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"
	"modernc.org/libc"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// Questions is a connection for SQL that somebody typed. Whatever it is, it can
// read the database and do nothing else. It is for one goroutine at a time.
type Questions struct {
	path     string
	conn     *sqlx.Conn
	defaults map[string]any
	refused  string // what the statement that is prepared was refused, in words
}

// longest is the longest text or blob that a question may make.
const longest = 256 << 20

// Questions takes a connection for questions, to be kept until it is closed.
// The defaults are for parameters that a question has and nobody gives.
func (s *Store) Questions(ctx context.Context, defaults map[string]any) (_ *Questions, err error) {
	conn, err := s.readers.Connx(ctx)
	if err != nil {
		return nil, explain(err, s.path)
	}
	q := &Questions{path: s.path, conn: conn, defaults: defaults}
	defer func() {
		if err != nil {
			err = errors.Join(err, q.Close())
		}
	}()
	for limit, most := range map[int]int{lib.SQLITE_LIMIT_ATTACHED: 0, lib.SQLITE_LIMIT_LENGTH: longest} {
		if _, err := sqlite.Limit(conn.Conn, limit, most); err != nil {
			return nil, err
		}
	}
	err = conn.Raw(func(c any) error { return c.(sqlite.AuthorizerRegisterer).RegisterAuthorizer(q.authorize) })
	return q, err
}

// Close gives the connection up, for no other use.
func (q *Questions) Close() error {
	err := q.conn.Raw(func(any) error { return driver.ErrBadConn })
	if errors.Is(err, driver.ErrBadConn) {
		err = nil
	}
	return err
}

// Rows takes what a question gives: the columns, then each row. Values are
// int64, float64, string, []byte or nil, and good until the next row.
type Rows interface {
	Columns(names []string) error
	Row(values []any) error
}

// Ask runs one statement. Its parameters are named, as in :name, and each must
// be given, and none that it does not have. What is wrong with it is a
// [SQLError]. A context that ends stops it wherever it is.
func (q *Questions) Ask(ctx context.Context, sql string, parameters map[string]any, rows Rows) error {
	s, err := readStatement(sql)
	if err != nil {
		return err
	}
	args, err := s.bind(sql, parameters, q.defaults)
	if err != nil {
		return err
	}
	err = q.conn.Raw(func(conn any) (err error) {
		q.refused = ""
		stmt, err := conn.(driver.ConnPrepareContext).PrepareContext(ctx, sql[s.from:s.to])
		if err != nil {
			at := errorOffset(conn)
			if at >= 0 {
				at += s.from
			}
			return q.wrong(err, sql, at)
		}
		defer func() { err = errors.Join(err, stmt.Close()) }()
		if err := run(ctx, conn, stmt.(driver.StmtQueryContext), args, rows); err != nil {
			return q.wrong(err, sql, -1)
		}
		return nil
	})
	if ctx.Err() != nil && sqliteCode(err) == lib.SQLITE_INTERRUPT {
		return ctx.Err()
	}
	return err
}

// bind brings the statement's parameters and their values together.
func (s statement) bind(sql string, values, defaults map[string]any) (args []driver.NamedValue, err error) {
	for _, name := range slices.Sorted(maps.Keys(s.parameters)) {
		value, given := values[name]
		if !given {
			value, given = defaults[name]
		}
		if !given {
			return nil, wrongSQL(sql, s.parameters[name], "the parameter :%s has no value: give it with --param %s=VALUE", name, name)
		}
		args = append(args, driver.NamedValue{Name: name, Ordinal: len(args) + 1, Value: value})
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if _, has := s.parameters[name]; !has {
			return nil, wrongSQL(sql, -1, "there is no parameter :%s in it", name)
		}
	}
	return args, nil
}

func run(ctx context.Context, conn any, stmt driver.StmtQueryContext, args []driver.NamedValue, to Rows) (err error) {
	rows, err := stmt.QueryContext(ctx, args)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	defer interruptWith(ctx, conn)()
	if err := to.Columns(slices.Clone(rows.Columns())); err != nil {
		return err
	}
	row := make([]driver.Value, len(rows.Columns()))
	values := make([]any, len(row))
	for ctx.Err() == nil {
		if err := rows.Next(row); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		for i, value := range row {
			values[i] = value
		}
		if err := to.Row(values); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// interruptWith stops the statement that conn runs when the context ends. The
// driver does so only up to the first row.
func interruptWith(ctx context.Context, conn any) (stop func()) {
	done := make(chan struct{})
	cancel := context.AfterFunc(ctx, func() {
		defer close(done)
		tls := libc.NewTLS()
		defer tls.Close()
		lib.Xsqlite3_interrupt(tls, handle(conn))
	})
	return func() {
		if !cancel() {
			<-done
		}
	}
}

// errorOffset is where in its SQL the last statement went wrong, -1 for nowhere.
func errorOffset(conn any) int {
	tls := libc.NewTLS()
	defer tls.Close()
	return int(lib.Xsqlite3_error_offset(tls, handle(conn)))
}

// wrong tells what is the statement's fault from what is the file's.
func (q *Questions) wrong(err error, sql string, at int) error {
	failed, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return err
	}
	switch sqliteCode(err) {
	case lib.SQLITE_INTERRUPT:
		return err
	case lib.SQLITE_NOTADB, lib.SQLITE_CORRUPT, lib.SQLITE_CANTOPEN, lib.SQLITE_IOERR, lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_FULL:
		return explain(err, q.path)
	}
	if q.refused != "" {
		return refused(sql, at, q.refused)
	}
	// As in "SQL logic error: no such column: x (1)".
	message := failed.Error()
	if _, detail, found := strings.Cut(message, ": "); found {
		message = detail
	}
	if end := strings.LastIndex(message, " ("); end > 0 {
		message = message[:end]
	}
	if table, missing := strings.CutPrefix(message, "no such table: "); missing {
		at = findName(sql, table[strings.LastIndex(table, ".")+1:])
	}
	if strings.HasPrefix(message, "no such table") || strings.HasPrefix(message, "no such column") {
		message += " (`atomizer-db schema` lists the views and their columns)"
	}
	return wrongSQL(sql, at, "%s", message)
}
