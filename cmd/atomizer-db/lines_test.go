package main

import (
	"bufio"
	"errors"
	"strings"
	"testing"
)

// A last line without a newline is taken where it is a whole object, right or
// wrong; anything else may be the beginning of one.
func TestALastLineWithoutANewline(t *testing.T) {
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
