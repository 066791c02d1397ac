package store

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// SQLError is an error in SQL that a person typed.
type SQLError struct {
	Message     string
	SQL         string
	Offset      int    // of the error in SQL, in bytes; -1 if it is not known
	UnknownName bool   // the table, view or column does not exist
	NoValue     string // the name of a parameter that has no value
}

// WrongSQL returns a [SQLError].
func WrongSQL(sql string, offset int, format string, args ...any) *SQLError {
	return &SQLError{Message: fmt.Sprintf(format, args...), SQL: sql, Offset: offset}
}

// RefusedSQL returns the [SQLError] of a statement, or a part of one, that does not only read.
func RefusedSQL(sql string, offset int, what string) *SQLError {
	return WrongSQL(sql, offset, "%s is refused: a query only reads", what)
}

// Error returns the message, after the line and column if they are known.
func (e *SQLError) Error() string {
	if e.Offset < 0 {
		return e.Message
	}
	line, _ := e.Line()
	return fmt.Sprintf("line %d, column %d: %s", 1+strings.Count(e.SQL[:e.Offset], "\n"), 1+utf8.RuneCountInString(line), e.Message)
}

// Line returns the line with the error in two parts: before the error, and from
// it on. Both are empty if the place is not known.
func (e *SQLError) Line() (before, after string) {
	if e.Offset < 0 {
		return "", ""
	}
	before = e.SQL[strings.LastIndexByte(e.SQL[:e.Offset], '\n')+1 : e.Offset]
	after, _, _ = strings.Cut(e.SQL[e.Offset:], "\n")
	return before, after
}
