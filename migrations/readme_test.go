package migrations_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite"

	"atomizer-db/migrations"
	schema "atomizer-db/migrations/sqlite"
)

// TestReadmeListsEveryTableAndColumn compares the README's list of tables with
// the schema.
func TestReadmeListsEveryTableAndColumn(t *testing.T) {
	if diff := cmp.Diff(columns(t, newDatabase(t), "table"), listed(t, "tables")); diff != "" {
		t.Errorf("README.md and the schema differ (-schema +README):\n%s", diff)
	}
}

// listed returns a list of the README: names, each with what the second column says.
func listed(t *testing.T, what string) map[string]string {
	t.Helper()
	_, list, _ := strings.Cut(readme(t), "<!-- "+what+" -->\n")
	list, _, found := strings.Cut(list, "<!-- end of "+what+" -->")
	if !found {
		t.Fatalf("README.md has no list of %s", what)
	}
	rows := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `(.+?)` \\| (.*?) \\|").FindAllStringSubmatch(list, -1) {
		rows[row[1]] = strings.ReplaceAll(row[2], "`", "")
	}
	return rows
}

// TestViewsMatchTheSchema compares what Views reads from the text of the
// migrations with the views of a new database.
func TestViewsMatchTheSchema(t *testing.T) {
	documented := documentedColumns(t, migrations.Views())
	if diff := cmp.Diff(columns(t, newDatabase(t), "view"), documented); diff != "" {
		t.Errorf("the comments and the schema differ (-schema +comments):\n%s", diff)
	}
}

// documentedColumns returns the columns of views by their comments.
func documentedColumns(t *testing.T, views []migrations.View) map[string]string {
	t.Helper()
	documented := map[string]string{}
	for _, view := range views {
		var names []string
		for _, column := range view.Columns {
			names = append(names, column.Name)
		}
		documented[view.Name] = strings.Join(names, ", ")
		if view.About == "" {
			t.Errorf("the view %s has no comment", view.Name)
		}
	}
	return documented
}

// TestSampleQueriesRun runs the README's sample queries on a new database of each engine.
func TestSampleQueriesRun(t *testing.T) {
	blocks := regexp.MustCompile("(?ms)^```sql\n(.*?)^```$").FindAllStringSubmatch(readme(t), -1)
	if len(blocks) == 0 {
		t.Fatal("README.md has no sample queries")
	}
	for name, open := range map[string]func(*testing.T) *sqlx.DB{"sqlite": newDatabase, "postgres": newPostgreSQL} {
		t.Run(name, func(t *testing.T) {
			db := open(t)
			for _, block := range blocks {
				if _, err := db.ExecContext(t.Context(), block[1]); err != nil {
					t.Errorf("%v, in\n%s", err, block[1])
				}
			}
		})
	}
}

// TestMigrationsSetTheVersion compares what a new database has in its header
// with the package's constants.
func TestMigrationsSetTheVersion(t *testing.T) {
	db := newDatabase(t)
	var version, applicationID int
	if err := db.Get(&version, `pragma user_version`); err != nil {
		t.Fatal(err)
	}
	if err := db.Get(&applicationID, `pragma application_id`); err != nil {
		t.Fatal(err)
	}
	if version != schema.Version || applicationID != schema.ApplicationID {
		t.Errorf("user_version %d and application_id %#x, want %d and %#x",
			version, applicationID, schema.Version, schema.ApplicationID)
	}
}

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// newDatabase creates a database from the migrations alone.
func newDatabase(t *testing.T) *sqlx.DB {
	t.Helper()
	db, err := sqlx.Open("sqlite", filepath.Join(t.TempDir(), "new.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	provider, err := goose.NewProvider(goose.DialectSQLite3, db.DB, schema.FS,
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

// columns returns the columns of each table or view, in order. It leaves out the
// internal tables of SQLite and of goose.
func columns(t *testing.T, db *sqlx.DB, kind string) map[string]string {
	t.Helper()
	var found []struct{ Name, Columns string }
	err := db.Select(&found, `
		select s.name, (select group_concat(c.name, ', ') from pragma_table_info(s.name) c) as columns
		from sqlite_schema s
		where s.type = ? and s.name not like 'sqlite_%' and s.name not like 'goose_%'`, kind)
	if err != nil {
		t.Fatal(err)
	}
	schema := map[string]string{}
	for _, f := range found {
		schema[f.Name] = f.Columns
	}
	return schema
}
