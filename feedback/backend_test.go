package feedback_test

import (
	"context"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"atomizer-db/feedback"
	"atomizer-db/store/postgres"
	"atomizer-db/store/postgres/pgtest"
	"atomizer-db/testdata/soak"
)

// backend makes places for databases of one kind.
type backend struct {
	name  string
	place func(testing.TB) place
	batch int // how many events long tests record at once
}

// place is where a new database and its playbook.json go.
type place struct{ database, playbook string }

var onSQLite = backend{"sqlite", func(tb testing.TB) place {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "playbook.db")
	return place{path, feedback.JSONPath(path)}
}, 1}

var onPostgreSQL = backend{"postgres", func(tb testing.TB) place {
	tb.Helper()
	return place{emptyDatabase.Address(tb) + notDurable, filepath.Join(tb.TempDir(), "playbook.json")}
}, 10}

// notDurable is for tests in which no server crashes.
const notDurable = "&synchronous_commit=off"

// emptyDatabase has the tables and nothing in them.
var emptyDatabase = pgtest.NewTemplate(func(address string) error {
	s, err := postgres.Open(context.Background(), address, true)
	if err != nil {
		return err
	}
	return s.Close()
})

// onServer is how many times fewer random cases there are for PostgreSQL, where a database takes
// longer to make, and a transaction longer to commit.
const onServer = 5

// onEachEngine runs a test once on each engine.
func onEachEngine(t *testing.T, test func(*testing.T, backend)) {
	t.Helper()
	t.Run(onSQLite.name, func(t *testing.T) { test(t, onSQLite) })
	t.Run(onPostgreSQL.name, func(t *testing.T) {
		soak.Share(t, onServer)
		test(t, onPostgreSQL)
	})
}

// random returns the place of a case of a random test, which goes with it.
func (b backend) random(t *testing.T, r *rapid.T) place {
	t.Helper()
	return b.place(randomCase{t, r})
}

// randomCase is a test that ends with a case of it.
type randomCase struct {
	testing.TB
	rapid *rapid.T
}

func (c randomCase) Cleanup(f func()) { c.rapid.Cleanup(f) }

// new opens a new database, with its playbook.json beside it or in a folder of its own.
func (b backend) new(t *testing.T, options ...feedback.Option) *feedback.Loop {
	t.Helper()
	return b.place(t).open(t, options...)
}

func (p place) open(t *testing.T, options ...feedback.Option) *feedback.Loop {
	t.Helper()
	return open(t, p.database, append(options, feedback.WithPlaybookFile(p.playbook))...)
}

// begin opens a place in a random test, which closes the loop.
func (p place) begin(t *rapid.T, options ...feedback.Option) *feedback.Loop {
	t.Helper()
	loop, err := feedback.Open(context.Background(), p.database, append(options, feedback.WithPlaybookFile(p.playbook))...)
	if err != nil {
		t.Fatal(err)
	}
	return loop
}
