// Package soak determines how many rounds tests run: few in make test, so that it is
// quick, and SOAK times as many in make soak.
package soak

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"testing"

	_ "pgregory.net/rapid" // it defines the flag that Checks sets
)

// Rounds returns SOAK times n, and n where the environment has no SOAK.
func Rounds(n int) int {
	text, ok := os.LookupEnv("SOAK")
	if !ok {
		return n
	}
	factor, err := strconv.Atoi(text)
	if err != nil || factor < 1 {
		panic(fmt.Sprintf("SOAK=%s: it multiplies the rounds of tests, so it must be an integer of 1 or more", text))
	}
	return factor * n
}

// Checks makes rapid check each property Rounds(n) times. TestMain must call it before
// flags are parsed, so that -rapid.checks on the command line takes precedence.
func Checks(n int) {
	if err := flag.Set("rapid.checks", strconv.Itoa(Rounds(n))); err != nil {
		panic(err) // cannot happen: rapid defines the flag
	}
}

// Share makes rapid check each property one nth of the times, for the rest of a test that
// does not run beside others.
func Share(tb testing.TB, n int) {
	tb.Helper()
	before := flag.Lookup("rapid.checks").Value.String()
	checks, err := strconv.Atoi(before)
	if err != nil {
		tb.Fatal(err)
	}
	set := func(value string) {
		if err := flag.Set("rapid.checks", value); err != nil {
			tb.Error(err)
		}
	}
	set(strconv.Itoa(max(checks/n, 1)))
	tb.Cleanup(func() { set(before) })
}
