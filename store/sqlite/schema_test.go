package sqlite

import (
	"slices"
	"strings"
	"testing"
)

// TestCheckFindsAChangedSchema changes each table, view, trigger and index, one at a
// time.
func TestCheckFindsAChangedSchema(t *testing.T) {
	s, release := begin(t)
	release()
	check := func() (where []string) {
		t.Helper()
		problems, err := opened(t, s.Path()).Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			if p.Repairable {
				t.Errorf("the ledger cannot mend %+v", p)
			}
			where = append(where, p.Where)
		}
		return where
	}
	if where := check(); len(where) > 0 {
		t.Fatalf("a new database: %v", where)
	}
	schema, err := migratedSchema()
	if err != nil || len(schema) < 40 {
		t.Fatalf("%d objects, %v", len(schema), err)
	}
	db, err := connect(s.Path(), readWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for object, sql := range schema {
		if strings.HasPrefix(object, "table ") {
			continue // others depend on it
		}
		if _, err := db.ExecContext(t.Context(), `drop `+object); err != nil {
			t.Fatalf("%s: %v", object, err)
		}
		if where := check(); !slices.Equal(where, []string{"the schema, " + object}) {
			t.Errorf("without the %s: %v", object, where)
		}
		if _, err := db.ExecContext(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	if where := check(); len(where) > 0 {
		t.Fatalf("in another layout: %v", where)
	}
	for _, change := range [][2]string{
		{`alter table errors add column more text`, "table errors"},
		{`create table mine (a)`, "table mine"},
		{`create trigger mine after delete on errors begin select 1; end`, "trigger mine"},
		{`drop view trials`, "view trials"},
		{`create view trials as select * from all_trials where counts or study = 'mine'`, "view trials"},
	} {
		if _, err := db.ExecContext(t.Context(), change[0]); err != nil {
			t.Fatalf("%s: %v", change[0], err)
		}
		if where := check(); !slices.Contains(where, "the schema, "+change[1]) {
			t.Errorf("%s: %v", change[0], where)
		}
	}
}

func TestNormalizedSQL(t *testing.T) {
	for _, sql := range []string{
		"create view a as select 'x -- y' as \"b  c\"",
		"create  view\n\ta -- a comment\nas select 'x -- y' /* 'another' */ as \"b  c\"\n",
	} {
		if got, want := normalized(sql), ` create view a as select 'x -- y' as "b  c"`; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
