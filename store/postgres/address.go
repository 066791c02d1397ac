package postgres

import (
	"cmp"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"atomizer-db/store"
)

// IsAddress reports whether a path is the address of a PostgreSQL database.
func IsAddress(path string) bool {
	return strings.HasPrefix(path, "postgres://") || strings.HasPrefix(path, "postgresql://")
}

// Shown returns an address as it may be shown: without its password. Where it cannot be
// understood, the part before the parameters is shown, or nothing.
func Shown(address string) string {
	if config, err := pgx.ParseConfig(address); err == nil {
		return shown(config)
	}
	u, err := url.Parse(address)
	if err != nil {
		return "postgres://…"
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	if u.RawQuery, u.Fragment = "", ""; u.Host == "" && u.Path == "" {
		return "postgres://"
	}
	return u.String()
}

// wrongAddress is the error of an address that the library does not accept.
func wrongAddress(address string, err error) error {
	at := Shown(address)
	// The library's message can contain the address, but not the causes of these two.
	if cause := errors.Unwrap(err); cause != nil {
		for _, problem := range []string{"failed to configure TLS", "failed to read service"} {
			if strings.HasSuffix(err.Error(), "`: "+problem+" ("+cause.Error()+")") {
				return store.FailAt(at, store.ErrAddress, "%s cannot be used (%s): correct its parameters, or the variables that begin with PG", at, oneLine(cause.Error()))
			}
		}
	}
	return store.FailAt(at, store.ErrAddress, "%s is not an address of PostgreSQL: write postgres://user@host/database", at)
}

// shown returns the place that a configuration leads to, without its password.
func shown(config *pgx.ConnConfig) string {
	u := url.URL{Scheme: "postgres", User: url.User(config.User), Path: "/" + cmp.Or(config.Database, config.User)}
	if strings.HasPrefix(config.Host, "/") { // the folder of a socket
		u.RawQuery = "host=" + config.Host
	} else {
		u.Host = config.Host
		if config.Port != 5432 {
			u.Host = net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port)))
		}
	}
	return u.String()
}
