package store

import "context"

// Questions is a connection for SQL that a person typed. Whatever the SQL is, it can only
// read the database. Only one goroutine at a time may use it.
type Questions interface {
	// Ask runs one statement. Its parameters have names, as in :name. Every parameter needs a
	// value, and every value a parameter. An error in the SQL is a [SQLError]. When ctx is
	// done, Ask stops the statement, even within a row, and returns ctx.Err().
	Ask(ctx context.Context, sql string, parameters map[string]any, rows Rows) error

	// IsComplete reports whether the SQL ends with a semicolon outside of quotes and comments, or
	// contains no code.
	IsComplete(sql string) bool

	// Names returns the names of tables, views and their columns.
	Names(ctx context.Context) ([]string, error)

	// Close closes the connection.
	Close() error
}

// Rows receives the answer to a question: the columns, then each row. Values are
// int64, float64, string, []byte or nil, and valid until the next row.
type Rows interface {
	Columns(names []string) error
	Row(values []any) error
}
