package main

import (
	"bufio"
	"errors"
	"strings"
	"testing"
)

// TestLastLineWithoutNewline checks that a last line without a newline is complete if it
// is a JSON object, valid as an event or not. Anything else may be unfinished.
func TestLastLineWithoutNewline(t *testing.T) {
	for text, whole := range map[string]bool{
		`{"type":"reset"}`:                true,
		`{"x":1}`:                         true,
		`{"type":"reset","type":"reset"}`: true,
		"{\"type\":\"\xff\"}":             true,
		`{"type":"reset"`:                 false,
		`{"type":"reset"}x`:               false,
		`[1]`:                             false,
		`12`:                              false,
		`true`:                            false,
		`"a"`:                             false,
		"\ufeff":                          true, // nothing
	} {
		var got []line
		readLines(bufio.NewReader(strings.NewReader(text)), 0, 1, func(batch []line) bool {
			got = append(got, batch...)
			return true
		})
		notWhole := len(got) == 1 && errors.Is(got[0].readErr, errNotWhole)
		if len(got) > 1 || notWhole == whole {
			t.Errorf("%s: %+v", text, got)
		}
	}
}
