package pgtest_test

import (
	"database/sql"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx

	"atomizer-db/store/postgres/pgtest"
)

// open returns connections to an address.
func open(t *testing.T, address string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func execute(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// answers checks the answer to a question.
func answers(t *testing.T, db *sql.DB, question, want string) {
	t.Helper()
	var answer string
	if err := db.QueryRowContext(t.Context(), question).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	if answer != want {
		t.Errorf("%s: %s instead of %s", question, answer, want)
	}
}

func TestADatabaseIsEmptyAndOfOneTest(t *testing.T) {
	db, other := open(t, pgtest.Address(t)), open(t, pgtest.Address(t))
	execute(t, db, "create table one (n int)")
	answers(t, other, "select count(*) from pg_tables where schemaname = 'public'", "0")
	answers(t, other, "select current_setting('fsync') || current_setting('synchronous_commit')", "onon")
	answers(t, other, "select current_setting('is_superuser')", "off")
	answers(t, other, "show max_connections", "200")
}

func TestTheSuperuserHasTheSameDatabase(t *testing.T) {
	address := pgtest.Address(t)
	execute(t, open(t, address), "create table one (n int)")
	db := open(t, pgtest.Superuser(t, address))
	answers(t, db, "select current_setting('is_superuser')", "on")
	answers(t, db, "select count(*) from one", "0")
}

func TestAWrongPasswordIsRefused(t *testing.T) {
	address := strings.Replace(pgtest.Address(t), ":", ":wrong", 2)
	address = strings.Replace(address, ":wrong//", "://", 1)
	err := open(t, address).PingContext(t.Context())
	if err == nil || !strings.Contains(err.Error(), "28P01") {
		t.Errorf("the error is %v", err)
	}
}

func TestAKilledClusterKeepsWhatIsCommitted(t *testing.T) {
	cluster := pgtest.NewCluster(t, "max_connections = 7")
	db := open(t, cluster.Address(t))
	answers(t, db, "show max_connections", "7")
	execute(t, db, "create table one (n int)")
	for _, end := range []func(testing.TB){cluster.Kill, cluster.Stop} {
		execute(t, db, "insert into one values (1)")
		end(t)
		if err := db.PingContext(t.Context()); err == nil {
			t.Error("it still answers")
		}
		cluster.Start(t)
	}
	cluster.Restart(t)
	answers(t, db, "select count(*) from one", "2")
}
