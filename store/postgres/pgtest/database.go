package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
)

// databases counts the databases of all clusters, to name them.
var databases atomic.Int64

// Address returns the address of an empty database, which is dropped when the test ends.
func Address(tb testing.TB) string {
	tb.Helper()
	return temporary(tb, "template0", "pg_default")
}

// Address returns the address of an empty database, which lasts as long as the cluster.
func (c *Cluster) Address(tb testing.TB) string {
	tb.Helper()
	name, err := c.create(tb.Context(), "template0", "pg_default")
	check(tb, err)
	return c.address(owner, name)
}

// temporary creates a database in the shared cluster for the time of the test.
func temporary(tb testing.TB, template, tablespace string) string {
	tb.Helper()
	c, err := shared()
	check(tb, err)
	name, err := c.create(tb.Context(), template, tablespace)
	check(tb, err)
	tb.Cleanup(func() {
		if err := c.execute(context.Background(), "drop database "+name+" with (force)"); err != nil {
			tb.Error(err)
		}
	})
	return c.address(owner, name)
}

func (c *Cluster) create(ctx context.Context, template, tablespace string) (name string, err error) {
	name = fmt.Sprintf("test_%d", databases.Add(1))
	return name, c.execute(ctx, fmt.Sprintf("create database %s template %s tablespace %s owner %s", name, template, tablespace, owner.name))
}

func (c *Cluster) address(as role, database string) string {
	return (&url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(as.name, as.password),
		Host:     net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port)),
		Path:     database,
		RawQuery: "sslmode=disable",
	}).String()
}

// execute runs a statement as the superuser.
func (c *Cluster) execute(ctx context.Context, statement string) (err error) {
	connection, err := pgx.Connect(ctx, c.address(superuser, "postgres"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, connection.Close(ctx)) }()
	_, err = connection.Exec(ctx, statement)
	return err
}
