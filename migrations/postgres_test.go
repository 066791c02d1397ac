package migrations_test

import (
	"context"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"atomizer-db/migrations"
	"atomizer-db/store/postgres"
	"atomizer-db/store/postgres/pgtest"
)

// created is a database with the schema.
var created = pgtest.NewTemplate(func(address string) error {
	s, err := postgres.Open(context.Background(), address, true)
	if err != nil {
		return err
	}
	return s.Close()
})

func newPostgreSQL(t *testing.T) *sqlx.DB {
	t.Helper()
	db, err := sqlx.Open("pgx", created.Address(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// postgresColumns returns the columns of each table or view, by its kind in pg_class. It leaves
// out the table of goose.
func postgresColumns(t *testing.T, db *sqlx.DB, kind string) map[string]string {
	t.Helper()
	return pairs(t, db, `
		select c.relname::text as name, string_agg(a.attname, ', ' order by a.attnum) as value
		from pg_class c
		join pg_attribute a on a.attrelid = c.oid
		where c.relnamespace = 'public'::regnamespace and c.relkind::text = $1 and a.attnum > 0 and not a.attisdropped
			and c.relname not like 'goose%'
		group by c.relname`, kind)
}

func pairs(t *testing.T, db *sqlx.DB, query string, args ...any) map[string]string {
	t.Helper()
	var found []struct{ Name, Value string }
	if err := db.Select(&found, query, args...); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range found {
		all[f.Name] = f.Value
	}
	return all
}

// TestReadmeListsWhatPostgreSQLHasBesides compares the README's lists with what the schema of
// PostgreSQL has. A table of SQLite is a table or a view there, with the same columns.
func TestReadmeListsWhatPostgreSQLHasBesides(t *testing.T) {
	db := newPostgreSQL(t)
	tables, views := postgresColumns(t, db, "r"), postgresColumns(t, db, "v")
	want := maps.Clone(listed(t, "tables"))
	maps.Copy(want, listed(t, "postgres tables"))
	maps.Copy(want, listed(t, "postgres views"))
	maps.Copy(want, documentedColumns(t, migrations.PostgreSQLViews()))
	got := maps.Clone(tables)
	maps.Copy(got, views)
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("README.md and the schema differ (-schema +README):\n%s", diff)
	}
	for name := range listed(t, "postgres views") {
		if views[name] == "" {
			t.Errorf("%s is no view", name)
		}
	}
	for name := range listed(t, "postgres tables") {
		if tables[name] == "" {
			t.Errorf("%s is no table", name)
		}
	}
}

func TestReadmeListsTheFunctionsOfPostgreSQL(t *testing.T) {
	functions := pairs(t, newPostgreSQL(t), `
		select proname || '(' || pg_get_function_identity_arguments(oid) || ')' as name, pg_get_function_result(oid) as value
		from pg_proc
		where pronamespace = 'public'::regnamespace`)
	if diff := cmp.Diff(functions, listed(t, "postgres functions")); diff != "" {
		t.Errorf("README.md and the schema differ (-schema +README):\n%s", diff)
	}
}

// TestBothSchemasHaveTheSameViews compares the documented views. In PostgreSQL, the value of a
// design variable is text, and its comment says so.
func TestBothSchemasHaveTheSameViews(t *testing.T) {
	if diff := cmp.Diff(comments(migrations.Views()), comments(migrations.PostgreSQLViews())); diff != "" {
		t.Errorf("(-SQLite +PostgreSQL):\n%s", diff)
	}
}

// comments returns the views by their names, without what may differ.
func comments(views []migrations.View) map[string]migrations.View {
	all := map[string]migrations.View{}
	for _, view := range views {
		view.Columns = slices.Clone(view.Columns)
		for i, column := range view.Columns {
			if view.Name == "design_variables" && column.Name == "value" {
				view.Columns[i].About = ""
			}
		}
		all[view.Name] = view
	}
	return all
}

// TestReadmeHasTheRoleThatOnlyReads compares the README with the statements that are tested.
func TestReadmeHasTheRoleThatOnlyReads(t *testing.T) {
	statements, err := os.ReadFile("../store/postgres/analyst.sql")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(readme(t), "```postgresql\n"+string(statements)+"```\n") {
		t.Error("README.md does not have the statements of analyst.sql")
	}
}
