// Package words is the wording that answers and errors have in common, and the
// rules that every stored text follows.
package words

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Count writes a number and its noun: "1 item", "2 items".
func Count[N int | int64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Percent writes a share as a percentage with so many decimals. A share that
// overflows is inf%, as the legacy loop writes it.
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

// Problem says why a text cannot be stored, and returns "" for one that can.
func Problem(text string) string {
	switch {
	case strings.IndexByte(text, 0) >= 0:
		return "must not hold the character U+0000"
	case !utf8.ValidString(text):
		return "is not valid UTF-8"
	}
	return ""
}

// FoldASCII turns A to Z into lower case and leaves all other letters alone.
func FoldASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, text)
}
