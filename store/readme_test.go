package store_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/migrations"
)

// TestTheReadmeNamesEveryTableAndColumn holds the README's page on the tables
// to the schema.
func TestTheReadmeNamesEveryTableAndColumn(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, page, _ := strings.Cut(string(readme), "<!-- schema -->")
	page, _, _ = strings.Cut(page, "\n\n")
	documented := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\| (.*?) \\|").FindAllStringSubmatch(page, -1) {
		documented[row[1]] = strings.ReplaceAll(row[2], "`", "")
	}
	if diff := cmp.Diff(schemaOf(t, "table"), documented); diff != "" {
		t.Errorf("README.md and the schema differ (-schema +README):\n%s", diff)
	}
}

// TestTheViewsAreWhatTheyAreSaidToBe holds the words on the views to the schema.
func TestTheViewsAreWhatTheyAreSaidToBe(t *testing.T) {
	documented := map[string]string{}
	for _, view := range migrations.Views() {
		var columns []string
		for _, column := range view.Columns {
			columns = append(columns, column.Name)
		}
		documented[view.Name] = strings.Join(columns, ", ")
		if view.About == "" {
			t.Errorf("nothing is said about %s", view.Name)
		}
	}
	if diff := cmp.Diff(schemaOf(t, "view"), documented); diff != "" {
		t.Errorf("the words and the schema differ (-schema +words):\n%s", diff)
	}
}

// schemaOf gives the columns of each table or view of a new database.
func schemaOf(t *testing.T, kind string) map[string]string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.db")
	open(t, path)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), `
		select s.name, (select group_concat(c.name, ', ') from pragma_table_info(s.name) c)
		from sqlite_schema s
		where s.type = ? and s.name not like 'sqlite_%' and s.name not like 'goose_%'
			and s.name not in (select name from pragma_table_list where type = 'shadow')`, kind)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	schema := map[string]string{}
	for rows.Next() {
		var name, columns string
		if err := rows.Scan(&name, &columns); err != nil {
			t.Fatal(err)
		}
		schema[name] = columns
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return schema
}

// TestTheReadmesTestsExist holds the README's promises to the tests they name.
func TestTheReadmesTestsExist(t *testing.T) {
	var code strings.Builder
	for _, folder := range []string{"../store", "../store/optuna", "../feedback", "../cmd/atomizer-db", "../cmd/atomizer-db/crash"} {
		files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(folder, files, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			code.Write(text)
		}
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(string(readme), -1)
	if len(named) == 0 {
		t.Error("the README names no test")
	}
	for _, test := range named {
		if !strings.Contains(code.String(), "func "+test[1]+"(t *testing.T)") {
			t.Errorf("there is no %s", test[1])
		}
	}
}
