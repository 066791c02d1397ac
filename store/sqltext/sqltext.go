// Package sqltext finds its way in SQL that a person typed, as far as comments and quotes go.
package sqltext

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

const comment = `--[^\n]*|/\*.*?(?:\*/|$)`

var (
	// blank matches what may be between two statements.
	blank = pattern(`(?s)^(?:[\s;\x{feff}]|` + comment + `)*`)

	// NoCode matches comments and quoted text. A quote inside quotes is doubled, so
	// that such a text matches as two texts, which makes no difference here.
	NoCode = pattern("(?s)" + comment + `|'[^']*(?:'|$)|"[^"]*(?:"|$)|\[[^\]]*(?:\]|$)|` + "`[^`]*(?:`|$)")

	leadingWord = pattern(`^\w*`)
)

// pattern returns a regular expression that is compiled when it is first used: few processes
// read SQL that a person typed.
func pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// SkipBlank returns the offset of the first code at or after from. It skips space,
// comments and semicolons.
func SkipBlank(sql string, from int) int { return from + len(blank().FindString(sql[from:])) }

// FirstWord returns the first word of the SQL in upper case.
func FirstWord(sql string) string { return strings.ToUpper(leadingWord().FindString(sql)) }

// WordOffset returns the offset of the first occurrence of a word outside of quotes
// and comments, -1 if there is none.
func WordOffset(sql, word string) int {
	if word == "" || !utf8.ValidString(word) {
		return -1
	}
	code := NoCode().ReplaceAllStringFunc(sql, func(found string) string { return strings.Repeat(" ", len(found)) })
	at := regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(word) + `\b`).FindStringIndex(code)
	if at == nil {
		return -1
	}
	return at[0]
}

// IsComplete reports whether the SQL ends with a semicolon outside of quotes and
// comments, or contains no code.
func IsComplete(sql string) bool {
	code := NoCode().ReplaceAllStringFunc(sql, func(found string) string {
		if strings.HasPrefix(found, "--") || strings.HasPrefix(found, "/*") {
			return ""
		}
		return "quoted"
	})
	return SkipBlank(code, 0) == len(code) || strings.HasSuffix(strings.TrimSpace(code), ";")
}

// InName reports whether r can be part of a name.
func InName(r rune) bool {
	return r == '_' || r == '$' || r >= utf8.RuneSelf || unicode.IsLetter(r) || unicode.IsDigit(r)
}
