package postgres

import (
	"database/sql"
)

// writer is a transaction that writes.
type writer struct {
	reader
	store    *Store
	arrived  int64 // when its events arrived, by the server's clock, in microseconds
	epoch    int64
	learned  learned
	deltas   [][]any // events that are not sent yet
	appended bool    // it leaves events to be folded
	changed  bool    // it has begun an epoch of its own
	ordered  bool    // it holds the row of fold, and everything that it sees is folded
	last     int64   // once it is ordered: the last event
}

// exec runs a statement that writes, in a transaction that is ordered first.
func (w *writer) exec(query string, args ...any) (sql.Result, error) {
	if err := w.order(); err != nil {
		return nil, err
	}
	return w.run(query, args...)
}

// run runs a statement that writes without ordering the transaction.
func (w *writer) run(query string, args ...any) (sql.Result, error) {
	if err := w.ready(); err != nil {
		return nil, err
	}
	return w.conn.ExecContext(w.ctx, query, args...)
}

// insert adds a row and returns the id that the statement returns, in a transaction that is
// ordered first.
func (w *writer) insert(query string, args ...any) (id int64, err error) {
	if err := w.order(); err != nil {
		return 0, err
	}
	_, err = w.get(&id, query, args...)
	return id, err
}
