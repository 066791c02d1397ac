package store

import (
	"context"
	"time"
)

// BusyTimeout is how long a writer waits for others before it fails with [ErrBusy].
const BusyTimeout = 60 * time.Second

// Database is an open database. It may be used by many goroutines at once.
type Database interface {
	// Path returns what the database is opened by: the absolute path of its file, or its
	// address without a password.
	Path() string

	// Created reports whether the database was created when it was opened.
	Created() bool

	// Notify passes a notice to whoever opened the database.
	Notify(notice string)

	// View runs fn once, on one state of the database. It does not wait for writers and cannot
	// write.
	View(ctx context.Context, fn func(Reader) error) error

	// Update runs fn in a write transaction and returns when its commit has reached the disk.
	// It waits for other writers, a little longer than [BusyTimeout] at most. If fn fails or
	// panics, or ctx is done before fn has returned, nothing is written. A panic of fn is passed
	// on in the goroutine that called Update. fn must not call Update, which would wait forever.
	//
	// fn may be run again from the start, so it must not change anything outside of it in a
	// way that a second run would repeat.
	Update(ctx context.Context, fn func(Writer) error) error

	// Check compares counts, statistics and usage with the ledger, and looks for damage. It
	// returns no problems if all is well.
	Check(ctx context.Context) ([]Problem, error)

	// Backup writes a consistent copy of the database to a new file while others read and
	// write. It returns os.ErrExist if the file exists and replace is false. A reader never
	// sees an incomplete copy.
	Backup(ctx context.Context, path string, replace bool) error

	// Questions opens a connection for questions. It must be closed before the database. The
	// defaults are used for parameters of a question to which its caller gives no value.
	Questions(ctx context.Context, defaults map[string]any) (Questions, error)

	// Watch opens a connection that only looks for changes. It must be closed before the
	// database.
	Watch(ctx context.Context) (Watch, error)

	// Close waits for running calls and closes all connections. Later calls return [ErrClosed].
	// Close may be called again: it then waits until the database is closed and returns nil. It
	// must not be called inside View or Update.
	Close() error
}

// Watch notices that the database has changed, whoever changed it. It holds no transaction
// while it waits. Only one goroutine at a time may use it.
type Watch interface {
	// Changed reports whether anything was committed since the last call. The first call
	// returns true. It takes the same time however large the database is.
	//
	// It returns [ErrReplaced] when the database is no longer the open one, which nobody else
	// records in. It returns [ErrReadOnly] from the second call on when something was committed
	// that cannot be seen, because the database is read as it was when it was opened.
	Changed(ctx context.Context) (bool, error)

	// Close closes the connection.
	Close() error
}

// Options are how a database is opened.
type Options struct {
	Clock  func() time.Time // the time of what is recorded; nil: time.Now
	Notify func(string)     // is called with each notice, a line for a person that is not an error; nil: none
}

// Option changes how a database is opened.
type Option func(*Options)

// NewOptions returns the options with their defaults.
func NewOptions(options []Option) Options {
	o := Options{Clock: time.Now, Notify: func(string) {}}
	for _, option := range options {
		option(&o)
	}
	return o
}

// WithClock replaces time.Now.
func WithClock(clock func() time.Time) Option { return func(o *Options) { o.Clock = clock } }

// WithNotices sets a function that is called with each notice.
func WithNotices(notify func(string)) Option { return func(o *Options) { o.Notify = notify } }
