package store

import (
	"context"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
)

// Store is an open database: one connection that writes and a pool of those
// that read. It may be used by many goroutines at once.
type Store struct {
	path    string // of the database
	file    string // what is opened: the database, or a copy of it
	clock   func() time.Time
	notify  func(string)
	created bool

	readers  *sqlx.DB
	writerDB *sqlx.DB
	idle     chan *connection // of readers
	writer   *connection      // nil where the store was opened for reading only
	memory   memory           // the writer's, guarded by writing
	foldedAt time.Time        // when counts were folded in, the same
	waiting  waiting          // rows of the transaction that runs, the same
	queue    queue            // the updates that are yet to be written
	writing  chan struct{}    // held by the goroutine that writes
	turns    *turnstile       // holds apart the processes that write
	walWatch int64            // the size of the WAL to look at next,
	walLook  int64            // after so many pages have been written
	discard  func() error     // removes what only this opening needed

	parameters []string // URI names and values in turn, of connections that read
}

// idleReaders is how many connections for reading are kept when nobody reads.
const idleReaders = 4

// Option changes how a database is opened.
type Option func(*Store)

// WithClock takes the time from somewhere else than time.Now.
func WithClock(clock func() time.Time) Option { return func(s *Store) { s.clock = clock } }

// WithNotices hands over what the person at the other end should know but what
// is no error, a line at a time.
func WithNotices(notify func(string)) Option { return func(s *Store) { s.notify = notify } }

func newStore(path string, options []Option) *Store {
	s := &Store{
		path:     path,
		file:     path,
		clock:    time.Now,
		notify:   func(string) {},
		idle:     make(chan *connection, idleReaders),
		memory:   newMemory(0),
		writing:  make(chan struct{}, 1),
		turns:    newTurnstile(path),
		walWatch: walLimit,
	}
	for _, option := range options {
		option(s)
	}
	return s
}

// Path is the absolute path of the database file.
func (s *Store) Path() string { return s.path }

// Created tells whether this opening made the database.
func (s *Store) Created() bool { return s.created }

// Notify passes a notice on to whoever opened the store.
func (s *Store) Notify(notice string) { s.notify(notice) }

// Close waits for a write under way and closes all connections.
func (s *Store) Close() error {
	if s.writer != nil {
		s.foldAtTheEnd()
	}
	s.writing <- struct{}{}
	var errs []error
	for len(s.idle) > 0 {
		errs = append(errs, (<-s.idle).Close())
	}
	if s.readers != nil {
		errs = append(errs, s.readers.Close())
	}
	if s.writer != nil {
		// Last, so that it is the writer that folds the WAL into the file.
		errs = append(errs, s.writer.Close(), s.writerDB.Close())
		s.turns.close()
	}
	if s.discard != nil {
		errs = append(errs, s.discard())
	}
	return errors.Join(errs...)
}

// foldAtTheEnd folds in what this store has recorded. Where it cannot, another
// will.
func (s *Store) foldAtTheEnd() {
	s.writing <- struct{}{}
	waiting := s.memory.lastEvent > s.memory.folded
	<-s.writing
	if waiting {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = s.Update(ctx, (*Tx).fold)
	}
}

// start opens the connections of a database whose schema is up to date, and
// tries them. The parameters are for those that read.
func (s *Store) start(ctx context.Context, writable bool, parameters ...string) (err error) {
	defer func() {
		if err != nil {
			err = errors.Join(explain(err, s.path), s.Close())
		}
	}()
	s.parameters = parameters
	if s.readers, err = connect(s.file, readOnly, parameters...); err != nil {
		return err
	}
	if writable {
		if s.writerDB, err = connect(s.file, readWrite); err != nil {
			return err
		}
		if s.writer, err = keep(ctx, s.writerDB); err != nil {
			return errors.Join(err, s.writerDB.Close())
		}
		s.writer.direct.gatherWAL()
	}
	return s.View(ctx, func(*Rx) error { return nil })
}
