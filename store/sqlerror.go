package store

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"zombiezen.com/go/sqlite"
)

// SQLError is an error in SQL that a person typed.
type SQLError struct {
	UnknownName bool   // the table, view or column does not exist
	NoValue     string // the name of a parameter that has no value

	message string
	sql     string
	offset  int // in bytes, -1 if it is not known
}

func wrongSQL(sql string, offset int, format string, args ...any) *SQLError {
	return &SQLError{message: fmt.Sprintf(format, args...), sql: sql, offset: offset}
}

func refused(sql string, offset int, what string) *SQLError {
	return wrongSQL(sql, offset, "%s is refused: a query only reads", what)
}

// Error returns the message, after the line and column if they are known.
func (e *SQLError) Error() string {
	if e.offset < 0 {
		return e.message
	}
	line, _ := e.Line()
	return fmt.Sprintf("line %d, column %d: %s", 1+strings.Count(e.sql[:e.offset], "\n"), 1+utf8.RuneCountInString(line), e.message)
}

// Line returns the line with the error in two parts: before the error, and from
// it on. Both are empty if the place is not known.
func (e *SQLError) Line() (before, after string) {
	if e.offset < 0 {
		return "", ""
	}
	before = e.sql[strings.LastIndexByte(e.sql[:e.offset], '\n')+1 : e.offset]
	after, _, _ = strings.Cut(e.sql[e.offset:], "\n")
	return before, after
}

// wrong returns the error of a statement as a [SQLError], unless its cause is the
// file or an interrupt.
func (q *Questions) wrong(err error, sql string) error {
	if sqlite.ErrCode(err) == sqlite.ResultInterrupt {
		return err
	}
	if failure := q.failure(err); failure != nil {
		return failure
	}
	begin := skipBlank(sql, 0)
	word := firstWord(sql[begin:])
	offset, _ := sqlite.ErrorOffset(err)
	message := messageOf(err)
	_, table, noTable := strings.Cut(message, "no such table: ")
	switch {
	case !readingWords[word] && offset != begin:
		// A statement that SQLite understands. Its error is often about a detail,
		// such as the INSERT that is part of CREATE TABLE.
		return refused(sql, begin, word)
	case q.refused != "":
		return refused(sql, offset, q.refused)
	case message == "not authorized":
		// The authorizer allowed it. SQLite itself refuses only this function.
		return refused(sql, wordOffset(sql, "load_extension"), "load_extension()")
	case sqlite.ErrCode(err).ToPrimary() == sqlite.ResultTooBig:
		return tooLarge(sql, offset)
	case noTable:
		offset = wordOffset(sql, table[strings.LastIndexByte(table, '.')+1:])
	}
	wrong := wrongSQL(sql, offset, "%s", message)
	wrong.UnknownName = noTable || strings.HasPrefix(message, "no such column")
	return wrong
}

func tooLarge(sql string, offset int) error {
	return wrongSQL(sql, offset, "a value or a row is larger than %d MiB", longest>>20)
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
func (q *Questions) explain(err error) error {
	if failure := q.failure(err); failure != nil {
		return failure
	}
	return err
}

// failure returns an [Error] for an error of SQLite about the file, nil for any other
// error.
func (q *Questions) failure(err error) error {
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
		return fail(ErrFull, q.path, "%s could not be read (%v): check the disk", q.path, messageOf(err))
	}
	return nil
}
