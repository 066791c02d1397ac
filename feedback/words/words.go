// Package words contains wording that answers and errors share, and the rules for text
// that can be stored.
package words

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Count returns a number with its noun: "1 item", "2 items".
func Count[N int | int64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Percent returns a share as a percentage with the given number of decimals. It returns
// inf% for a share that overflows, as the legacy loop does.
func Percent(share float64, decimals int) string {
	text := strconv.FormatFloat(share*100, 'f', decimals, 64)
	return strings.ToLower(strings.TrimPrefix(text, "+")) + "%"
}

// Cut returns the first n code points of a text.
func Cut(text string, n int) string {
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}

// Problem returns why a text cannot be stored, "" if it can.
func Problem(text string) string {
	switch {
	case strings.IndexByte(text, 0) >= 0:
		return "must not contain the character U+0000"
	case !utf8.ValidString(text):
		return "is not valid UTF-8"
	}
	return ""
}

// IsBlank reports whether a text has nothing that can be seen.
func IsBlank(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) })
}

// FoldASCII converts A to Z to lower case and leaves all other characters unchanged.
func FoldASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, text)
}
