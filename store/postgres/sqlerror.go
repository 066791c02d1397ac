package postgres

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"atomizer-db/store"
)

// Codes of errors that only questions distinguish.
const (
	undefinedColumn      = "42703"
	syntaxError          = "42601"
	ambiguousParameter   = "42P08"
	indeterminateType    = "42P18"
	datatypeMismatch     = "42804"
	queryCanceled        = "57014"
	multipleCommands     = "cannot insert multiple commands into a prepared statement"
	refusedByTransaction = "cannot execute "
)

// wrong returns the error of a statement as a [store.SQLError], unless its cause is the server,
// or the end of ctx.
func (q *questions) wrong(ctx context.Context, err error, asked *question) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	if _, ok := errors.AsType[*store.SQLError](err); ok {
		return err
	}
	if _, ok := errors.AsType[*pgproto3.ExceededMaxBodyLenErr](err); ok {
		return tooLarge(asked.typed)
	}
	if failure := q.failure(err); failure != nil {
		return failure
	}
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return err
	}
	word, at := asked.refusedWord()
	offset := asked.offset(int(e.Position))
	message := oneLine(e.Message)
	switch {
	case word != "" && (e.Code != syntaxError || offset != at):
		// A statement that the server understands. Its error is about a detail.
		return store.RefusedSQL(asked.typed, at, word)
	case e.Code == readOnlyTransaction && strings.HasPrefix(message, refusedByTransaction):
		what, _, _ := strings.Cut(strings.TrimPrefix(message, refusedByTransaction), " in a ")
		if what == "SELECT" { // of a statement that begins with WITH
			if word, at := asked.firstOf(plannedWords); word != "" {
				return store.RefusedSQL(asked.typed, at, word)
			}
		}
		last := what[strings.LastIndexByte(what, ' ')+1:]
		return store.RefusedSQL(asked.typed, asked.offsetOf(strings.TrimSuffix(last, "()")), what)
	case message == multipleCommands:
		message = "there is more than one statement: run one at a time"
	case e.Code == ambiguousParameter, e.Code == indeterminateType:
		message, offset = asked.named(message)
	case e.Code == datatypeMismatch && strings.HasSuffix(message, "must be type boolean, not type integer"):
		message += ": compare a column of 1 and 0, as in success = 1"
	case e.Code == queryCanceled:
		message = "the server stopped the query: " + message
	}
	wrong := store.WrongSQL(asked.typed, offset, "%s", message)
	wrong.UnknownName = e.Code == undefinedTable || e.Code == undefinedColumn
	return wrong
}

func tooLarge(sql string) error {
	return store.WrongSQL(sql, -1, "a value or a row is larger than %d MiB", longest>>20)
}

var parameterNumber = regexp.MustCompile(`\$[1-9]\d*`)

// named returns a message about the type of a parameter with its name, and where that is.
func (q *question) named(message string) (_ string, offset int) {
	number := parameterNumber.FindString(message)
	if i, err := strconv.Atoi(strings.TrimPrefix(number, "$")); err == nil && i <= len(q.parameters) {
		p := q.parameters[i-1]
		return strings.Replace(message, number, ":"+p.Name, 1) + ": write its type, as in :" + p.Name + "::text", p.Start
	}
	return message, -1
}

// failure returns a [store.Error] for an error that is not about the SQL, nil for any other.
func (q *questions) failure(err error) error {
	message := serverMessage(err)
	switch code(err) {
	case lockNotAvailable, serializationFailure, deadlockDetected:
		return store.FailAt(q.path, store.ErrBusy, "%s is in use (%s): try again", q.path, message)
	case diskFull:
		return store.FailAt(q.path, store.ErrFull, "%s could not answer: the server's disk is full (%s); free some space and try again", q.path, message)
	case noPrivilege, dataCorrupted, indexCorrupted:
		return explain(err, q.path)
	}
	if isLost(err) {
		return explain(err, q.path)
	}
	return nil
}
