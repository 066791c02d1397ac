package sqlite

import (
	"context"

	"atomizer-db/store"
)

// watch notices that the database has changed, whoever changed it. It holds no
// transaction while it waits, so it does not keep the WAL from shrinking. Only one
// goroutine at a time may use it.
type watch struct {
	store   *Store
	reader  *connection
	version int64 // SQLite's data_version at the last look; 0: before the first
}

// Watch opens a connection that only looks for changes. It must be closed before the store.
func (s *Store) Watch(ctx context.Context) (store.Watch, error) {
	if !s.calls.Begin() {
		return nil, closed(s.path)
	}
	defer s.calls.Done()
	reader, err := pin(ctx, s.readers)
	if err != nil {
		return nil, explain(err, s.path)
	}
	return &watch{store: s, reader: reader}, nil
}

// Changed reports whether anything was committed since the last call. The first call
// returns true. It takes some microseconds, however large the database is. It returns
// [ErrReplaced] when the file at the path is no longer the open one, which nobody else records
// in. It returns [ErrReadOnly] from the second call on when something was committed that this
// store cannot see, because it reads the database as it was when it was opened.
func (w *watch) Changed(ctx context.Context) (bool, error) {
	var version int64
	statement, err := w.reader.prepare(ctx, `pragma data_version`)
	if err == nil {
		err = statement.GetContext(ctx, &version)
	}
	switch {
	case err != nil:
	case w.store.frozen == nil:
		err = w.store.checkFile()
	case w.version != 0: // what it was opened with is shown first
		err = w.store.frozen.check(w.store.path)
	}
	if err != nil {
		return false, explain(err, w.store.path)
	}
	changed := version != w.version
	w.version = version
	return changed, nil
}

// Close closes the connection.
func (w *watch) Close() error { return w.reader.close() }
