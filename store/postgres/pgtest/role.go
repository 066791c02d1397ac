package pgtest

import (
	"net/url"
	"testing"
)

// role is a role of PostgreSQL. It has to give its password, except at the socket.
type role struct{ name, password string }

var (
	superuser = role{"postgres", "all-rights"}
	owner     = role{"atomizer", "no-rights"} // of the tests' databases, as in practice
)

// Superuser returns the address of the same database for the superuser.
func Superuser(tb testing.TB, address string) string {
	tb.Helper()
	parsed, err := url.Parse(address)
	check(tb, err)
	parsed.User = url.UserPassword(superuser.name, superuser.password)
	return parsed.String()
}
