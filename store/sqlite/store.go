package sqlite

import (
	"context"
	"errors"
	"os"
	"time"

	"atomizer-db/store"
	"atomizer-db/store/calls"

	"github.com/jmoiron/sqlx"
)

// Store is an open database: one connection for writing and a pool of connections
// for reading. It may be used by many goroutines at once.
type Store struct {
	path       string   // of the database
	file       string   // the file that is open: the database, or a copy of it
	parameters []string // of the file's URI: names and values alternate
	clock      func() time.Time
	notify     func(string)
	created    bool
	opened     os.FileInfo // of the file, to notice that another took its place

	calls *calls.Calls // that are running

	readers  *sqlx.DB
	idle     chan *connection // pinned connections of readers
	writerDB *sqlx.DB
	writer   *connection   // nil if the store is read-only
	cache    cache         // of the writer, guarded by writing
	queue    queue         // updates that wait for the writer
	writing  chan struct{} // held by the goroutine that writes
	turns    *turnstile    // orders the processes that write
	wal      walWatch
	discard  func() error // removes the copy; nil if there is none
	frozen   *frozen      // nil if commits of other processes are seen
}

// idleReaders is the number of connections for reading that are kept open while they
// are not used.
const idleReaders = 4

func newStore(path string, options []store.Option) *Store {
	o := store.NewOptions(options)
	return &Store{
		path:    path,
		file:    path,
		clock:   o.Clock,
		notify:  o.Notify,
		idle:    make(chan *connection, idleReaders),
		cache:   newCache(0),
		writing: make(chan struct{}, 1),
		turns:   newTurnstile(path),
		wal:     walWatch{size: walLimit},
	}
}

// Path returns the absolute path of the database file.
func (s *Store) Path() string { return s.path }

// Created reports whether Open created the database.
func (s *Store) Created() bool { return s.created }

// Notify passes a notice to whoever opened the store.
func (s *Store) Notify(notice string) { s.notify(notice) }

// Close waits for running calls and closes all connections. Later calls return
// [ErrClosed]. Close may be called again: it then waits until the store is closed and
// returns nil. It must not be called inside View or Update.
func (s *Store) Close() error {
	if !s.calls.End() {
		return nil
	}
	defer s.calls.Ended()
	var errs []error
	for len(s.idle) > 0 {
		errs = append(errs, (<-s.idle).close())
	}
	if s.readers != nil {
		errs = append(errs, s.readers.Close())
	}
	if s.writer != nil {
		// Last, so that the writer moves the WAL into the database file.
		errs = append(errs, s.writer.close(), s.writerDB.Close())
		s.turns.close()
	}
	if s.discard != nil {
		errs = append(errs, s.discard())
	}
	return errors.Join(errs...)
}

// start opens the connections of a database whose schema is up to date, and tests
// them. The parameters are for the connections for reading.
func (s *Store) start(ctx context.Context, writable bool, parameters ...string) (err error) {
	defer func() {
		if err != nil {
			err = errors.Join(explain(err, s.path), s.Close())
		}
	}()
	s.parameters = parameters
	s.calls = calls.New()
	if s.readers, err = connect(s.file, readOnly, parameters...); err != nil {
		return err
	}
	if writable {
		if s.writerDB, err = connect(s.file, readWrite); err != nil {
			return err
		}
		if s.writer, err = pin(ctx, s.writerDB); err != nil {
			return errors.Join(err, s.writerDB.Close())
		}
	}
	if s.opened, err = os.Stat(s.path); err != nil {
		return err
	}
	return s.View(ctx, func(store.Reader) error { return nil })
}

// now returns the time of the store's clock in the precision in which times are
// stored: microseconds, UTC.
func (s *Store) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }
