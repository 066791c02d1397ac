package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	migrations "atomizer-db/migrations/postgres"
	"atomizer-db/store"
)

// PostgreSQL's error codes that this package distinguishes.
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	lockNotAvailable     = "55P03"
	idleInTransaction    = "25P03" // for too long: the server ended the connection
	uniqueViolation      = "23505"
	undefinedTable       = "42P01"
	noPrivilege          = "42501"
	readOnlyTransaction  = "25006"
	invalidPassword      = "28P01"
	invalidAuthorization = "28000"
	invalidCatalogName   = "3D000"
	tooManyConnections   = "53300"
	diskFull             = "53100"
	adminShutdown        = "57P01"
	crashShutdown        = "57P02"
	cannotConnectNow     = "57P03"
	untranslatableText   = "22P05" // the character U+0000
	invalidText          = "22021" // the same, sent as it is
	limitExceeded        = "54000" // of the size of a row in an index
	dataCorrupted        = "XX001"
	indexCorrupted       = "XX002"
)

// code returns PostgreSQL's code of an error, "" if it is not from the server.
func code(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}

// isRefused reports whether the server refused a transaction for the sake of another one, so
// that it may succeed when it is tried again.
func isRefused(err error) bool {
	switch code(err) {
	case serializationFailure, deadlockDetected:
		return true
	}
	return false
}

// isCommitting reports whether a transaction is tried again while its earlier try, whose
// connection was lost, is being committed.
func isCommitting(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == uniqueViolation && e.ConstraintName == "commits_pkey"
}

// isLost reports whether the connection to the server was lost, or could not be had for now.
func isLost(err error) bool {
	switch c := code(err); {
	case c == adminShutdown, c == crashShutdown, c == cannotConnectNow, c == tooManyConnections, c == idleInTransaction, strings.HasPrefix(c, "08"):
		return true
	case c != "":
		return false
	}
	if _, own := errors.AsType[*ownError](err); own {
		return false
	}
	_, network := errors.AsType[net.Error](err)
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	return network || connecting || pgconn.SafeToRetry(err) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

// ownError is an error of a function that was run in a transaction, while its connection was not
// lost. The function may read files, whose errors look like those of a connection.
type ownError struct{ error }

func (e *ownError) Unwrap() error { return e.error }

func closed(path string) error {
	return store.FailAt(path, store.ErrClosed, "%s has been closed", path)
}

func noDatabase(path string) error {
	return store.FailAt(path, store.ErrNoTables, "%s has no tables of this program", path)
}

func newerThanUs(path string, schema int) error {
	return store.FailAt(path, store.ErrNewer, "%s has schema %d and this program supports schemas up to %d: use a newer atomizer-db; nothing was changed",
		path, schema, migrations.Version)
}

// explain returns an error of the server, or of the way to it, as a [store.Error] for the
// person who uses the database.
func (s *Store) explain(err error) error { return explain(err, s.path) }

func explain(err error, path string) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if _, ok := errors.AsType[*store.Error](err); ok {
		return err
	}
	if _, ok := errors.AsType[*store.InconsistentError](err); ok {
		return store.FailAt(path, store.ErrDamaged, "%s is damaged (%v)", path, err)
	}
	message := serverMessage(err)
	switch code(err) {
	case invalidPassword, invalidAuthorization:
		return store.FailAt(path, store.ErrNoAccess, "%s refused to log in (%s): check the user and the password, which come from the address, PGPASSFILE or PGSERVICE", path, message)
	case invalidCatalogName:
		return store.FailAt(path, store.ErrNoDatabase, "there is no database %s: create it with `createdb`, or check the address", path)
	case noPrivilege:
		return store.FailAt(path, store.ErrReadOnly, "%s does not allow that (%s): grant the right to this user, or use another one", path, message)
	case readOnlyTransaction:
		return store.FailAt(path, store.ErrReadOnly, "%s can only be read (%s): use the address of the primary server", path, message)
	case lockNotAvailable:
		return store.FailAt(path, store.ErrBusy, "%s is in use: another transaction has kept this one waiting for %v; try again", path, store.BusyTimeout)
	case tooManyConnections:
		return store.FailAt(path, store.ErrBusy, "%s has no connection left (%s): close some, or raise max_connections", path, message)
	case diskFull:
		return store.FailAt(path, store.ErrFull, "%s could not be written: the server's disk is full and nothing was recorded (%s); free some space and try again", path, message)
	case dataCorrupted, indexCorrupted:
		return store.FailAt(path, store.ErrDamaged, "%s is damaged (%s)", path, message)
	case untranslatableText, invalidText:
		return store.FailAt(path, store.ErrUnstorable, "PostgreSQL cannot store the character U+0000 in a text: leave it out")
	case limitExceeded:
		return store.FailAt(path, store.ErrUnstorable, "PostgreSQL cannot store ids of items, keys, and names of more than about 2,600 bytes (%s): shorten it", message)
	}
	if isLost(err) {
		return store.FailAt(path, store.ErrUnreachable, "%s cannot be reached (%s): check the address, and that the server runs", path, message)
	}
	if _, connecting := errors.AsType[*pgconn.ConnectError](err); connecting {
		return store.FailAt(path, store.ErrNoAccess, "%s refused the connection (%s): check the address and its parameters", path, message)
	}
	return err
}

// serverMessage returns the message of an error in one line, without what the library puts
// before it, which can contain the whole configuration.
func serverMessage(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return oneLine(e.Message)
	}
	cause := err
	if e, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		cause = e.Unwrap()
	}
	if e, ok := errors.AsType[*net.OpError](cause); ok {
		cause = e
	}
	var said []string // about each way to the server
	for line := range strings.Lines(cause.Error()) {
		if line = oneLine(line); !strings.Contains(strings.Join(said, "\n"), line) {
			said = append(said, line)
		}
	}
	return strings.Join(said, "; ")
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
