package store

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const comment = `--[^\n]*|/\*.*?(?:\*/|$)`

var (
	// blank matches what may be between two statements.
	blank = regexp.MustCompile(`(?s)^(?:[\s;\x{feff}]|` + comment + `)*`)

	// noCode matches comments and quoted text. A quote inside quotes is doubled, so
	// that such a text matches as two texts, which makes no difference here.
	noCode = regexp.MustCompile("(?s)" + comment + `|'[^']*(?:'|$)|"[^"]*(?:"|$)|\[[^\]]*(?:\]|$)|` + "`[^`]*(?:`|$)")

	leadingWord = regexp.MustCompile(`^\w*`)
)

// skipBlank returns the offset of the first code at or after from. It skips space,
// comments and semicolons.
func skipBlank(sql string, from int) int { return from + len(blank.FindString(sql[from:])) }

// firstWord returns the first word of the SQL in upper case.
func firstWord(sql string) string { return strings.ToUpper(leadingWord.FindString(sql)) }

// wordOffset returns the offset of the first occurrence of a word outside of quotes
// and comments, -1 if there is none.
func wordOffset(sql, word string) int {
	if word == "" || !utf8.ValidString(word) {
		return -1
	}
	code := noCode.ReplaceAllStringFunc(sql, func(found string) string { return strings.Repeat(" ", len(found)) })
	at := regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(word) + `\b`).FindStringIndex(code)
	if at == nil {
		return -1
	}
	return at[0]
}

// IsCompleteSQL reports whether the SQL ends with a semicolon outside of quotes and
// comments, or contains no code.
func IsCompleteSQL(sql string) bool {
	code := noCode.ReplaceAllStringFunc(sql, func(found string) string {
		if strings.HasPrefix(found, "--") || strings.HasPrefix(found, "/*") {
			return ""
		}
		return "quoted"
	})
	return skipBlank(code, 0) == len(code) || strings.HasSuffix(strings.TrimSpace(code), ";")
}

// InName reports whether r can be part of a name.
func InName(r rune) bool {
	return r == '_' || r == '$' || r >= utf8.RuneSelf || unicode.IsLetter(r) || unicode.IsDigit(r)
}

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
