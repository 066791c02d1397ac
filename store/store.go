package store

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
)

// Store is an open database: one connection that writes and a pool of
// connections that read. It may be used by many goroutines at once.
type Store struct {
	path       string   // of the database
	file       string   // what is opened: the database, or a copy of it
	parameters []string // of the file's URI, names and values in turn
	clock      func() time.Time
	notify     func(string)
	created    bool
	opened     os.FileInfo // of the file, to notice that another took its place

	uses uses // calls that are running; none begins after Close

	readers  *sqlx.DB
	idle     chan *connection // pinned connections of readers
	writerDB *sqlx.DB
	writer   *connection   // nil where the store was opened for reading only
	cache    cache         // of the writer, guarded by writing
	queue    queue         // updates that wait for the writer
	writing  chan struct{} // held by the goroutine that writes
	turns    *turnstile    // orders the processes that write
	wal      walWatch
	discard  func() error // removes what only this opening needed
}

// idleReaders is the number of connections for reading that are kept while
// nobody reads.
const idleReaders = 4

// Option changes how a database is opened.
type Option func(*Store)

// WithClock replaces time.Now.
func WithClock(clock func() time.Time) Option { return func(s *Store) { s.clock = clock } }

// WithNotices passes on what a person should know although it is no error, a line
// at a time.
func WithNotices(notify func(string)) Option { return func(s *Store) { s.notify = notify } }

func newStore(path string, options []Option) *Store {
	s := &Store{
		path:    path,
		file:    path,
		clock:   time.Now,
		notify:  func(string) {},
		idle:    make(chan *connection, idleReaders),
		cache:   newCache(0),
		writing: make(chan struct{}, 1),
		turns:   newTurnstile(path),
		wal:     walWatch{size: walLimit},
	}
	for _, option := range options {
		option(s)
	}
	return s
}

// Path returns the absolute path of the database file.
func (s *Store) Path() string { return s.path }

// Created reports whether this opening created the database.
func (s *Store) Created() bool { return s.created }

// Notify passes a notice to whoever opened the store.
func (s *Store) Notify(notice string) { s.notify(notice) }

// Close waits for the calls that are running and closes all connections. Calls
// that begin later return [ErrClosed]. Closing again does nothing and returns nil
// once the store is closed. Close must not be called from within a View or Update.
func (s *Store) Close() error {
	if !s.uses.end() {
		return nil
	}
	defer close(s.uses.ended)
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

// start opens the connections of a database whose schema is up to date, and tries
// them. The parameters are for the connections that read.
func (s *Store) start(ctx context.Context, writable bool, parameters ...string) (err error) {
	defer func() {
		if err != nil {
			err = errors.Join(explain(err, s.path), s.Close())
		}
	}()
	s.parameters = parameters
	s.uses.ended = make(chan struct{})
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
		if s.opened, err = os.Stat(s.path); err != nil {
			return err
		}
	}
	return s.View(ctx, func(*Rx) error { return nil })
}

// now is the store's clock in the precision that is stored: microseconds, UTC.
func (s *Store) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// uses counts the calls that are running.
type uses struct {
	mutex  sync.Mutex
	closed bool
	calls  sync.WaitGroup
	ended  chan struct{} // closed when the store is
}

// begin reports whether a call may begin; done ends it.
func (u *uses) begin() bool {
	u.mutex.Lock()
	defer u.mutex.Unlock()
	if u.closed {
		return false
	}
	u.calls.Add(1)
	return true
}

func (u *uses) done() { u.calls.Done() }

// end lets no further call begin and waits for those that are running. It reports
// whether the caller is the first, who closes the store; others wait for that.
func (u *uses) end() bool {
	u.mutex.Lock()
	first := !u.closed
	u.closed = true
	u.mutex.Unlock()
	if first {
		u.calls.Wait()
	} else {
		<-u.ended
	}
	return first
}
