package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"zombiezen.com/go/sqlite"

	"atomizer-db/store"
	"atomizer-db/store/sqltext"
)

// questions is a connection for SQL that a person typed. Whatever the SQL is, it can
// only read the database. Only one goroutine at a time may use it.
//
// It uses another library than the rest of the store, because the database/sql driver
// cannot interrupt a statement after its first row and does not report where in the
// SQL an error is.
type questions struct {
	path     string // of the database, for messages
	conn     *sqlite.Conn
	defaults map[string]any
	refused  string // what the authorizer refused in the current statement, in words
}

// Questions opens a connection for questions. It must be closed before the store. The
// defaults are used for parameters of a question to which its caller gives no value.
func (s *Store) Questions(ctx context.Context, defaults map[string]any) (_ store.Questions, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !s.calls.Begin() {
		return nil, closed(s.path)
	}
	defer s.calls.Done()
	q := &questions{path: s.path, defaults: defaults}
	if q.conn, err = sqlite.OpenConn(fileURI(s.file, url.Values{}, s.parameters), sqlite.OpenReadOnly, sqlite.OpenURI); err != nil {
		return nil, q.explain(err)
	}
	if err := q.restrict(); err != nil {
		return nil, errors.Join(err, q.Close())
	}
	return q, nil
}

// Close closes the connection.
func (q *questions) Close() error { return q.conn.Close() }

// IsComplete reports whether the SQL ends with a semicolon outside of quotes and
// comments, or contains no code.
func (q *questions) IsComplete(sql string) bool { return sqltext.IsComplete(sql) }

// Names returns the names of tables, views and their columns.
func (q *questions) Names(ctx context.Context) ([]string, error) {
	var names nameList
	err := q.Ask(ctx, `
		select name from sqlite_schema where type in ('table', 'view') and name not like 'sqlite_%'
		union
		select c.name from sqlite_schema s join pragma_table_info(s.name) c where s.type in ('table', 'view')`, nil, &names)
	return names, err
}

// nameList collects an answer of one column.
type nameList []string

func (n *nameList) Columns([]string) error { return nil }

func (n *nameList) Row(values []any) error {
	*n = append(*n, fmt.Sprint(values[0]))
	return nil
}

// Ask runs one statement. Its parameters have names, as in :name. Every parameter
// needs a value, and every value a parameter. An error in the SQL is a [SQLError].
// When ctx is done, Ask stops the statement, even within a row, and returns ctx.Err().
func (q *questions) Ask(ctx context.Context, sql string, parameters map[string]any, rows store.Rows) error {
	q.conn.SetInterrupt(ctx.Done())
	defer q.conn.SetInterrupt(nil)
	err := q.ask(ctx, sql, parameters, rows)
	if ctx.Err() != nil && sqlite.ErrCode(err).ToPrimary() == sqlite.ResultInterrupt {
		return ctx.Err()
	}
	return err
}

func (q *questions) ask(ctx context.Context, sql string, parameters map[string]any, rows store.Rows) (err error) {
	q.refused = ""
	if at := strings.IndexByte(sql, 0); at >= 0 {
		return store.WrongSQL(sql, at, "the character U+0000 cannot be part of SQL")
	}
	begin := sqltext.SkipBlank(sql, 0)
	if begin == len(sql) {
		return store.WrongSQL(sql, -1, "the query contains no SQL")
	}
	stmt, trailing, err := q.conn.PrepareTransient(sql)
	if err != nil {
		return q.wrong(err, sql)
	}
	defer func() { err = errors.Join(err, stmt.Finalize()) }()
	end := len(sql) - trailing
	if second := sqltext.SkipBlank(sql, end); second < len(sql) {
		return store.WrongSQL(sql, second, "a second statement begins here: run one statement at a time")
	}
	if stmt.ColumnCount() == 0 {
		return store.RefusedSQL(sql, begin, sqltext.FirstWord(sql[begin:])) // SQLite does not ask the authorizer about VACUUM
	}
	if err := q.bind(stmt, sql, parameters); err != nil {
		return err
	}
	if err := rows.Columns(q.columns(stmt, sql[begin:end])); err != nil {
		return err
	}
	return q.fetch(ctx, stmt, sql, rows)
}

// bind sets the parameters of the statement.
func (q *questions) bind(stmt *sqlite.Stmt, sql string, values map[string]any) error {
	unused := maps.Clone(values)
	for i := 1; i <= stmt.BindParamCount(); i++ {
		parameter := stmt.BindParamName(i)
		if len(parameter) < 2 || strings.ContainsAny(parameter[1:2], "0123456789") {
			return store.WrongSQL(sql, q.parameterOffset(sql, i), "%s has no name: write a parameter as :name", cmp.Or(parameter, "?"))
		}
		name := parameter[1:]
		value, given := values[name]
		if !given {
			value, given = q.defaults[name]
		}
		if !given {
			wrong := store.WrongSQL(sql, q.parameterOffset(sql, i), "the parameter :%s has no value", name)
			wrong.NoValue = name
			return wrong
		}
		delete(unused, name)
		switch value := value.(type) {
		case nil:
			stmt.BindNull(i)
		case int64:
			stmt.BindInt64(i, value)
		case float64:
			stmt.BindFloat(i, value)
		case string:
			stmt.BindText(i, value)
		case []byte:
			stmt.BindBytes(i, value)
		default:
			return fmt.Errorf("the parameter :%s has a value of type %T: give an int64, a float64, a string, bytes or nil", name, value)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(unused)) {
		return store.WrongSQL(sql, -1, "the query has no parameter :%s", name)
	}
	return nil
}

// parameterOffset returns the offset of the i-th parameter in the SQL, -1 if it
// cannot find it. It prepares the SQL with a limit of i-1 parameters: SQLite's error
// then contains the offset of the i-th.
func (q *questions) parameterOffset(sql string, i int) int {
	limit := q.conn.Limit(sqlite.LimitVariableNumber, int32(i-1))
	defer q.conn.Limit(sqlite.LimitVariableNumber, limit)
	stmt, _, err := q.conn.PrepareTransient(sql)
	if err == nil {
		_ = stmt.Finalize()
	}
	offset, _ := sqlite.ErrorOffset(err)
	return offset
}

// columns returns the names of the statement's columns. If several columns have the
// same name, the library returns only the name of the last. As columns of a subquery
// they get different names, such as "x" and "x:1", and the library returns them all.
func (q *questions) columns(stmt *sqlite.Stmt, sql string) []string {
	names := make([]string, stmt.ColumnCount())
	for i := range names {
		names[i] = stmt.ColumnName(i)
	}
	if !slices.Contains(names, "") {
		return names
	}
	outer, _, err := q.conn.PrepareTransient("select * from (" + strings.TrimSuffix(sql, ";") + "\n)")
	if err != nil {
		return names
	}
	defer func() { _ = outer.Finalize() }()
	known := slices.Clone(names)
	for i := range names {
		if names[i] != "" || outer.ColumnCount() != len(names) {
			continue
		}
		name := outer.ColumnName(i)
		if colon := strings.LastIndexByte(name, ':'); colon >= 0 && !slices.Contains(known, name) {
			name = name[:colon]
		}
		if slices.Contains(known, name) {
			names[i] = name
		}
	}
	return names
}

// fetch passes the rows on, one at a time.
func (q *questions) fetch(ctx context.Context, stmt *sqlite.Stmt, sql string, rows store.Rows) error {
	values := make([]any, stmt.ColumnCount())
	for {
		more, err := stmt.Step()
		if err != nil {
			return q.wrong(err, sql)
		}
		if !more {
			return nil
		}
		// SQLite limits each value, and a row only where it stores it. Values of zeros
		// take memory only when they are read.
		size := 0
		for i := range values {
			if kind := stmt.ColumnType(i); kind == sqlite.TypeText || kind == sqlite.TypeBlob {
				size += stmt.ColumnLen(i)
			}
			if size > longest {
				return tooLarge(sql, -1)
			}
			values[i] = valueOf(stmt, i)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := rows.Row(values); err != nil {
			return err
		}
	}
}

func valueOf(stmt *sqlite.Stmt, column int) any {
	switch stmt.ColumnType(column) {
	case sqlite.TypeInteger:
		return stmt.ColumnInt64(column)
	case sqlite.TypeFloat:
		return stmt.ColumnFloat(column)
	case sqlite.TypeText:
		return stmt.ColumnText(column)
	case sqlite.TypeBlob:
		blob := make([]byte, stmt.ColumnLen(column))
		stmt.ColumnBytes(column, blob)
		return blob
	}
	return nil
}
