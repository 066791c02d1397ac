package pgtest_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"atomizer-db/store/postgres/pgtest"
)

// waysToCommit are the messages in which a COMMIT can come.
var waysToCommit = map[string]func(context.Context, *pgx.Conn) error{
	"Query": func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, "commit")
		return err
	},
	"one of several": func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, "select 1; Commit ;", pgx.QueryExecModeSimpleProtocol)
		return err
	},
	"Parse, Bind, Execute": func(ctx context.Context, c *pgx.Conn) error {
		return c.PgConn().ExecParams(ctx, "COMMIT", nil, nil, nil, nil).Read().Err
	},
	"prepared": func(ctx context.Context, c *pgx.Conn) error {
		if _, err := c.Prepare(ctx, "last", "end"); err != nil {
			return err
		}
		return c.PgConn().ExecPrepared(ctx, "last", nil, nil, nil).Read().Err
	},
	"of a batch": func(ctx context.Context, c *pgx.Conn) error {
		batch := &pgx.Batch{}
		batch.Queue("select 1")
		batch.Queue("commit")
		return c.SendBatch(ctx, batch).Close()
	},
}

// insert inserts a row and commits in one of the ways.
func insert(t *testing.T, address string, commit func(context.Context, *pgx.Conn) error) error {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close(context.Background()) }()
	for _, statement := range []string{"begin isolation level serializable", "insert into one values (1)"} {
		if _, err := connection.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	return commit(t.Context(), connection)
}

func TestAProxyLosesConnectionsAroundACommit(t *testing.T) {
	for name, commit := range waysToCommit {
		t.Run(name, func(t *testing.T) {
			address := pgtest.Address(t)
			db, proxy := open(t, address), pgtest.NewProxy(t, address)
			execute(t, db, "create table one (n int)")
			for _, step := range []struct {
				cut  func()
				lost bool
				rows string
			}{
				{func() {}, false, "1"},
				{func() { proxy.CutAfterCommit(2) }, true, "2"},
				{func() {}, true, "3"},
				{func() {}, false, "4"},
				{func() { proxy.CutBeforeCommit(1) }, true, "4"},
				{func() {}, false, "5"},
			} {
				step.cut()
				if err := insert(t, proxy.Address, commit); (err != nil) != step.lost {
					t.Errorf("with %s rows: %v", step.rows, err)
				}
				answers(t, db, "select count(*) from one", step.rows)
			}
			if proxy.Lost() != 3 {
				t.Errorf("%d connections were lost", proxy.Lost())
			}
		})
	}
}

func TestARollbackIsNoCommit(t *testing.T) {
	address := pgtest.Address(t)
	proxy := pgtest.NewProxy(t, address)
	db := open(t, proxy.Address)
	proxy.CutAfterCommit(1)
	execute(t, db, "create table one (n int)")
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(t.Context(), "insert into one values (1)"); err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if proxy.Lost() != 0 {
		t.Error("a connection was lost")
	}
}

func TestAllConnectionsAreCut(t *testing.T) {
	proxy := pgtest.NewProxy(t, pgtest.Address(t))
	connection, err := pgx.Connect(t.Context(), proxy.Address)
	if err != nil {
		t.Fatal(err)
	}
	proxy.Cut()
	if err := connection.Ping(t.Context()); err == nil {
		t.Error("the connection still works")
	}
	answers(t, open(t, proxy.Address), "select 1", "1")
}
