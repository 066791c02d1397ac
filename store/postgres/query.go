package postgres

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"atomizer-db/store"
	"atomizer-db/store/postgres/tokens"
)

// questions is a connection for SQL that a person typed. Whatever the SQL is, it runs in a
// transaction that cannot write and is rolled back. Only one goroutine at a time may use it.
//
// It does without database/sql, which cannot take values as the server's types, nor bound the
// memory of a row, nor keep the connection when a statement is stopped.
type questions struct {
	path     string // of the database, for messages
	config   *pgx.ConnConfig
	conn     *pgx.Conn
	defaults map[string]any
}

// longest is the size in bytes of the largest row of an answer.
const longest = 16 << 20

// mostColumns is the largest number of columns that a row can have.
const mostColumns = 1664

// Times for the end of a question. Together, they are less than what somebody waits for a query
// that was stopped.
const (
	stopTime     = 400 * time.Millisecond // for the server to stop a statement
	rollbackTime = 400 * time.Millisecond
)

// Questions opens a connection for questions. It must be closed before the store. The
// defaults are used for parameters of a question to which its caller gives no value.
func (s *Store) Questions(ctx context.Context, defaults map[string]any) (store.Questions, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !s.calls.Begin() {
		return nil, closed(s.path)
	}
	defer s.calls.Done()
	q := &questions{path: s.path, config: s.config.Copy(), defaults: defaults}
	q.config.MaxProtocolMessageBodyLen = longest + 2 + 4*mostColumns // with the lengths of the values
	q.config.BuildContextWatcherHandler = newCanceler
	if err := q.connect(ctx); err != nil {
		return nil, s.explain(err)
	}
	return q, nil
}

func (q *questions) connect(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, q.config)
	if err == nil {
		q.conn = conn
	}
	return err
}

// Close closes the connection.
func (q *questions) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	_ = q.conn.Close(ctx) // it is closed even if the server does not hear of it
	return nil
}

// IsComplete reports whether the SQL ends with a semicolon outside of quotes and
// comments, or contains no code.
func (q *questions) IsComplete(sql string) bool { return tokens.AreComplete(tokens.Of(sql)) }

// Names returns the names of tables, views and their columns.
func (q *questions) Names(ctx context.Context) (names []string, err error) {
	err = q.within(ctx, func() error {
		rows, err := q.conn.Query(ctx, `
			select c.relname::text
			from pg_class c
			where c.relkind in ('r', 'p', 'v', 'm') and c.relnamespace::regnamespace::text not in ('pg_catalog', 'information_schema') and pg_table_is_visible(c.oid)
			union
			select a.attname::text
			from pg_class c
			join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
			where c.relkind in ('r', 'p', 'v', 'm') and c.relnamespace::regnamespace::text not in ('pg_catalog', 'information_schema') and pg_table_is_visible(c.oid)`,
			pgx.QueryExecModeExec)
		if err == nil {
			names, err = pgx.CollectRows(rows, pgx.RowTo[string])
		}
		return explain(err, q.path)
	})
	return names, err
}

// Ask runs one statement. Its parameters have names, as in :name. Every parameter
// needs a value, and every value a parameter. An error in the SQL is a [store.SQLError].
// When ctx is done, Ask stops the statement, even within a row, and returns ctx.Err().
func (q *questions) Ask(ctx context.Context, sql string, parameters map[string]any, rows store.Rows) error {
	asked, err := newQuestion(sql)
	if err != nil {
		return err
	}
	return q.within(ctx, func() error { return q.ask(ctx, asked, parameters, rows) })
}

// within runs fn in a transaction of which nothing stays.
func (q *questions) within(ctx context.Context, fn func() error) error {
	err := q.begin(ctx)
	if isLost(err) && ctx.Err() == nil { // while nobody asked
		if err = q.connect(ctx); err == nil {
			err = q.begin(ctx)
		}
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return explain(err, q.path)
	}
	defer q.end()
	return fn()
}

// beginQuestion begins a transaction that cannot write, and sets how the server reads SQL and
// writes values, and that it does not compile (see uncompiled). PostgreSQL locks what is read only while somebody changes the schema.
const beginQuestion = `
	begin isolation level repeatable read, read only;
	set local standard_conforming_strings = on;
	set local client_encoding = 'UTF8';
	set local datestyle = 'ISO';
	set local intervalstyle = 'postgres';
	set local timezone = 'UTC';
	set local extra_float_digits = 1;
	set local lock_timeout = '5s';
	select ` + uncompiled

// limitQuestion ends a statement even if this program cannot any more. A shorter limit of the
// user stays.
const limitQuestion = `
	select set_config('statement_timeout', $1::text, true)
	where current_setting('statement_timeout') = '0' or current_setting('statement_timeout')::interval > $1::text::interval`

func (q *questions) begin(ctx context.Context) error {
	if _, err := q.conn.Exec(ctx, beginQuestion, pgx.QueryExecModeSimpleProtocol); err != nil {
		return err
	}
	deadline, limited := ctx.Deadline()
	if !limited {
		return nil
	}
	limit := time.Until(deadline) + time.Second // this program is first
	_, err := q.conn.Exec(ctx, limitQuestion, pgx.QueryExecModeExec, strconv.FormatInt(max(1, limit.Milliseconds()), 10)+"ms")
	return err
}

// end ends the transaction. Without the connection, it ends too.
func (q *questions) end() {
	ctx, cancel := context.WithTimeout(context.Background(), rollbackTime)
	defer cancel()
	if _, err := q.conn.Exec(ctx, `rollback`, pgx.QueryExecModeSimpleProtocol); err != nil {
		_ = q.conn.Close(ctx) // the next question connects again
	}
}

func (q *questions) ask(ctx context.Context, asked *question, parameters map[string]any, rows store.Rows) error {
	refused, at := asked.refusedWord()
	if refused == "" {
		if err := asked.authorize(ctx, q.conn); err != nil {
			return q.wrong(ctx, err, asked)
		}
	}
	// The server refuses to prepare more than one statement, and runs none.
	statement, err := q.conn.PgConn().Prepare(ctx, "", asked.sent, nil)
	if err != nil {
		return q.wrong(ctx, err, asked)
	}
	if refused != "" {
		return store.RefusedSQL(asked.typed, at, refused)
	}
	if len(statement.Fields) == 0 {
		if into := asked.offsetOf("into"); into >= 0 {
			return store.RefusedSQL(asked.typed, into, "SELECT INTO")
		}
		return store.WrongSQL(asked.typed, asked.code[0].Start, "the query has no columns")
	}
	values, err := asked.values(parameters, q.defaults, statement.ParamOIDs)
	if err != nil {
		return err
	}
	if err := rows.Columns(columnNames(statement.Fields)); err != nil {
		return err
	}
	return q.fetch(ctx, asked, statement, values, rows)
}

func columnNames(columns []pgconn.FieldDescription) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}

// fetch runs a prepared statement and passes the rows on, one at a time.
func (q *questions) fetch(ctx context.Context, asked *question, statement *pgconn.StatementDescription, values [][]byte, rows store.Rows) error {
	running, stop := context.WithCancel(ctx)
	defer stop()
	columns := statement.Fields
	answer := q.conn.PgConn().ExecPrepared(running, "", values, nil, formats(columns))
	defer func() {
		stop()
		_, _ = answer.Close() // of an answer of which no more is wanted
	}()
	row := make([]any, len(columns))
	for answer.NextRow() {
		if err := ctx.Err(); err != nil {
			return err
		}
		size := 0
		for i, sent := range answer.Values() {
			if size += len(sent); size > longest {
				return tooLarge(asked.typed)
			}
			row[i] = valueOf(sent, columns[i].DataTypeOID)
		}
		if err := rows.Row(row); err != nil {
			return err
		}
	}
	_, err := answer.Close()
	return q.wrong(ctx, err, asked)
}
