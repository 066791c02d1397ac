package store

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a piece of SQL, as SQLite's tokenizer cuts it. Space and comments
// are none.
type token struct {
	at   int // the offset in bytes
	text string
}

// tokens cuts SQL into pieces. Nothing of it need be right.
func tokens(sql string) (list []token) {
	for at := 0; at < len(sql); {
		n, counts := next(sql[at:])
		if counts {
			list = append(list, token{at, sql[at : at+n]})
		}
		at += n
	}
	return list
}

// next measures what stands first; counts is false for space and comments.
func next(sql string) (length int, counts bool) {
	first, size := utf8.DecodeRuneInString(sql)
	switch {
	case strings.ContainsRune(" \t\n\f\r\ufeff", first):
		return size, false
	case strings.HasPrefix(sql, "--"):
		return upTo(sql, 2, "\n"), false
	case strings.HasPrefix(sql, "/*"):
		return upTo(sql, 2, "*/"), false
	case first == '\'', first == '"', first == '`':
		return quoted(sql, sql[:1]), true
	case first == '[':
		return upTo(sql, 1, "]"), true
	case strings.ContainsRune(":@$#?", first) || InName(first):
		rest := strings.TrimLeftFunc(sql[size:], InName)
		return len(sql) - len(rest), true
	}
	return size, true
}

// findName gives the first place of a name, -1 where it is not found.
func findName(sql, name string) int {
	for _, t := range tokens(sql) {
		if strings.EqualFold(t.text, name) {
			return t.at
		}
	}
	return -1
}

// InName tells whether a name, a word or a number may have r in it.
func InName(r rune) bool {
	return r == '_' || r == '$' || r >= utf8.RuneSelf || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// upTo measures what ends with end, or with the text.
func upTo(sql string, from int, end string) int {
	if i := strings.Index(sql[from:], end); i >= 0 {
		return from + i + len(end)
	}
	return len(sql)
}

// quoted measures what is in quotes, which stand doubled within it.
func quoted(sql, quote string) int {
	at := upTo(sql, 1, quote)
	for strings.HasPrefix(sql[at:], quote) {
		at = upTo(sql, at+1, quote)
	}
	return at
}

// IsCompleteSQL tells whether what was typed ends with a semicolon that is part
// of no text or comment, or has nothing in it.
func IsCompleteSQL(sql string) bool {
	list := tokens(sql)
	return len(list) == 0 || list[len(list)-1].text == ";"
}

// refusedStatements are the statements that change something.
var refusedStatements = map[string]bool{
	"alter": true, "analyze": true, "attach": true, "begin": true, "commit": true, "create": true, "delete": true,
	"detach": true, "drop": true, "end": true, "insert": true, "reindex": true, "release": true, "replace": true,
	"rollback": true, "savepoint": true, "update": true, "vacuum": true,
}

// statement is one statement within a text.
type statement struct {
	from, to   int            // its place, without space, comments and semicolons around it
	parameters map[string]int // where each stands first
}

// readStatement finds the one statement that sql must be.
func readStatement(sql string) (s statement, err error) {
	list := tokens(sql)
	for len(list) > 0 && list[0].text == ";" {
		list = list[1:]
	}
	if len(list) == 0 {
		return s, wrongSQL(sql, -1, "there is no SQL in it")
	}
	s = statement{list[0].at, 0, map[string]int{}}
	if word := strings.ToLower(list[0].text); refusedStatements[word] {
		return s, refused(sql, s.from, strings.ToUpper(word))
	}
	for i, t := range list {
		if t.text == ";" {
			for _, t := range list[i:] {
				if t.text != ";" {
					return s, wrongSQL(sql, t.at, "a second statement begins: ask one thing at a time")
				}
			}
			break
		}
		s.to = t.at + len(t.text)
		if !strings.Contains("?:@$", t.text[:1]) {
			continue
		}
		name := t.text[1:]
		if t.text[0] == '?' || name == "" || name[0] >= '0' && name[0] <= '9' {
			return s, wrongSQL(sql, t.at, "%s has no name: write a parameter as :name", t.text)
		}
		if _, seen := s.parameters[name]; !seen {
			s.parameters[name] = t.at
		}
	}
	return s, nil
}

// SQLError is what is wrong with a statement that somebody typed.
type SQLError struct {
	message string
	sql     string
	at      int // the offset in bytes, -1 where it is not known
}

func wrongSQL(sql string, at int, format string, args ...any) *SQLError {
	return &SQLError{fmt.Sprintf(format, args...), sql, at}
}

func refused(sql string, at int, what string) *SQLError {
	return wrongSQL(sql, at, "%s is refused: a query only reads", what)
}

func (e *SQLError) Error() string {
	if e.at < 0 {
		return e.message
	}
	line, _ := e.Line()
	return fmt.Sprintf("line %d, column %d: %s", 1+strings.Count(e.sql[:e.at], "\n"), 1+utf8.RuneCountInString(line), e.message)
}

// Line gives the line that is wrong: what stands before the place, and what
// from there on. Both are empty where the place is not known.
func (e *SQLError) Line() (before, after string) {
	if e.at < 0 {
		return "", ""
	}
	before = e.sql[strings.LastIndexByte(e.sql[:e.at], '\n')+1 : e.at]
	after, _, _ = strings.Cut(e.sql[e.at:], "\n")
	return before, after
}
