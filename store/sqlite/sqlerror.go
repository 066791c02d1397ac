package sqlite

import (
	"errors"
	"strings"

	"zombiezen.com/go/sqlite"

	"atomizer-db/store"
	"atomizer-db/store/sqltext"
)

// wrong returns the error of a statement as a [SQLError], unless its cause is the
// file or an interrupt.
func (q *questions) wrong(err error, sql string) error {
	if sqlite.ErrCode(err) == sqlite.ResultInterrupt {
		return err
	}
	if failure := q.failure(err); failure != nil {
		return failure
	}
	begin := sqltext.SkipBlank(sql, 0)
	word := sqltext.FirstWord(sql[begin:])
	offset, _ := sqlite.ErrorOffset(err)
	message := messageOf(err)
	_, table, noTable := strings.Cut(message, "no such table: ")
	switch {
	case !readingWords[word] && offset != begin:
		// A statement that SQLite understands. Its error is often about a detail,
		// such as the INSERT that is part of CREATE TABLE.
		return store.RefusedSQL(sql, begin, word)
	case q.refused != "":
		return store.RefusedSQL(sql, offset, q.refused)
	case message == "not authorized":
		// The authorizer allowed it. SQLite itself refuses only this function.
		return store.RefusedSQL(sql, sqltext.WordOffset(sql, "load_extension"), "load_extension()")
	case sqlite.ErrCode(err).ToPrimary() == sqlite.ResultTooBig:
		return tooLarge(sql, offset)
	case noTable:
		offset = sqltext.WordOffset(sql, table[strings.LastIndexByte(table, '.')+1:])
	}
	wrong := store.WrongSQL(sql, offset, "%s", message)
	wrong.UnknownName = noTable || strings.HasPrefix(message, "no such column")
	return wrong
}

func tooLarge(sql string, offset int) error {
	return store.WrongSQL(sql, offset, "a value or a row is larger than %d MiB", longest>>20)
}

// messageOf returns only SQLite's own message. The library puts the call, the place
// and the meaning of the result code before it.
func messageOf(err error) string {
	cause := err
	for next := errors.Unwrap(cause); next != nil; next = errors.Unwrap(cause) {
		cause = next
	}
	return strings.TrimPrefix(cause.Error(), sqlite.ErrCode(err).Message()+": ")
}

// explain returns an error of SQLite about the file as an [Error] for the person who
// owns it. It returns other errors unchanged.
func (q *questions) explain(err error) error {
	if failure := q.failure(err); failure != nil {
		return failure
	}
	return err
}

// failure returns an [Error] for an error of SQLite about the file, nil for any other
// error.
func (q *questions) failure(err error) error {
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultNotADB:
		return notADatabase(q.path)
	case sqlite.ResultCorrupt:
		return damaged(q.path, errors.New(messageOf(err)))
	case sqlite.ResultFull:
		return full(q.path)
	case sqlite.ResultBusy, sqlite.ResultLocked:
		return busy(q.path)
	case sqlite.ResultCantOpen:
		return cannotOpen(q.path)
	case sqlite.ResultIOErr:
		return store.FailAt(q.path, store.ErrFull, "%s could not be read (%v): check the disk", q.path, messageOf(err))
	}
	return nil
}
