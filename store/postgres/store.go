package postgres

import (
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jmoiron/sqlx"

	"atomizer-db/store"
	"atomizer-db/store/calls"
)

// Store is an open database. It may be used by many goroutines at once.
type Store struct {
	path     string // the address, without the password
	db       *sqlx.DB
	config   *pgx.ConnConfig // of its connections
	options  store.Options
	created  bool
	readOnly bool
	patience time.Duration // how long a call waits for others, and for a server that cannot be reached
	cache    cache
	calls    *calls.Calls // that are running
	folder   *folder      // nil if the store is read-only
}

// Path returns the address of the database, without the password.
func (s *Store) Path() string { return s.path }

// Created reports whether Open created the schema.
func (s *Store) Created() bool { return s.created }

// Notify passes a notice to whoever opened the store.
func (s *Store) Notify(notice string) { s.options.Notify(notice) }

// now returns the time of the store's clock in the precision in which times are stored:
// microseconds, UTC.
func (s *Store) now() time.Time { return s.options.Clock().UTC().Truncate(time.Microsecond) }

// Close waits for running calls, folds what is left to fold and closes all connections.
func (s *Store) Close() error {
	if !s.calls.End() {
		return nil
	}
	defer s.calls.Ended()
	if s.folder != nil {
		s.folder.end()
	}
	return s.db.Close()
}
