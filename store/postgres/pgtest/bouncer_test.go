package pgtest_test

import (
	"database/sql"
	"testing"

	"atomizer-db/store/postgres/pgtest"
)

// TestABouncerSharesOneConnection has two transactions take turns on one connection.
func TestABouncerSharesOneConnection(t *testing.T) {
	address := pgtest.Bouncer(t, pgtest.Address(t), "default_pool_size = 1") + "&default_query_exec_mode=exec"
	one, two := open(t, address), open(t, address)
	execute(t, one, "create table one (pid int, n int)")
	for n := range 10 {
		for _, db := range []*sql.DB{one, two} {
			tx, err := db.BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tx.ExecContext(t.Context(), "insert into one values (pg_backend_pid(), $1)", n); err != nil {
				t.Fatal(err)
			}
			if err := tx.Commit(); err != nil {
				t.Fatal(err)
			}
		}
	}
	answers(t, two, "select count(*) || ' by ' || count(distinct pid) from one", "20 by 1")
}
