package store

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

	// noCode matches comments and quoted text. A quote inside quotes is doubled, so
	// that such a text matches as two texts, which makes no difference here.
	noCode = pattern("(?s)" + comment + `|'[^']*(?:'|$)|"[^"]*(?:"|$)|\[[^\]]*(?:\]|$)|` + "`[^`]*(?:`|$)")

	leadingWord = pattern(`^\w*`)
)

// pattern returns a regular expression that is compiled when it is first used: few processes
// read SQL that a person typed.
func pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// skipBlank returns the offset of the first code at or after from. It skips space,
// comments and semicolons.
func skipBlank(sql string, from int) int { return from + len(blank().FindString(sql[from:])) }

// firstWord returns the first word of the SQL in upper case.
func firstWord(sql string) string { return strings.ToUpper(leadingWord().FindString(sql)) }

// wordOffset returns the offset of the first occurrence of a word outside of quotes
// and comments, -1 if there is none.
func wordOffset(sql, word string) int {
	if word == "" || !utf8.ValidString(word) {
		return -1
	}
	code := noCode().ReplaceAllStringFunc(sql, func(found string) string { return strings.Repeat(" ", len(found)) })
	at := regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(word) + `\b`).FindStringIndex(code)
	if at == nil {
		return -1
	}
	return at[0]
}

// IsCompleteSQL reports whether the SQL ends with a semicolon outside of quotes and
// comments, or contains no code.
func IsCompleteSQL(sql string) bool {
	code := noCode().ReplaceAllStringFunc(sql, func(found string) string {
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
