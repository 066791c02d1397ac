package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	migrations "atomizer-db/migrations/sqlite"
	"atomizer-db/store"
	"atomizer-db/store/sqltext"
)

// table stores the answer to a question.
type table struct {
	columns []string
	rows    [][]any
	onRow   func()
}

func (a *table) Columns(names []string) error {
	a.columns = names
	return nil
}

func (a *table) Row(values []any) error {
	a.rows = append(a.rows, append([]any{}, values...))
	if a.onRow != nil {
		a.onRow()
	}
	return nil
}

// questions opens a new database for questions.
func questions(t *testing.T) (q store.Questions, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "x.db")
	s := open(t, path)
	err := s.Update(t.Context(), func(tx store.Writer) error {
		_, _, err := tx.EnsureStudy("bracket", tx.Now())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	q, err = s.Questions(t.Context(), map[string]any{"study": "bracket"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = q.Close() })
	return q, path
}

func TestAsk(t *testing.T) {
	q, _ := questions(t)
	for _, test := range []struct {
		sql        string
		parameters map[string]any
		want       []any
	}{
		{`select 1, 2.5, 'x', x'00ff', null`, nil, []any{int64(1), 2.5, "x", []byte{0, 255}, nil}},
		{` -- one ' thing
			;; /* "the ; */ values (';')  ; -- and no other`, nil, []any{";"}},
		{
			`select :a, @b, $c, ':d', "e?", [?], ` + "`:f`" + ` from (select 1 as "e?", 2 as [?], 3 as ":f")`,
			map[string]any{"a": int64(1), "b": "x", "c": nil},
			[]any{int64(1), "x", nil, ":d", int64(1), int64(2), int64(3)},
		},
		{`select study from study_statistics where study = :study`, nil, []any{"bracket"}},
		{`select :study`, map[string]any{"study": "beam"}, []any{"beam"}},
		{`with recursive n (i) as (select 1 union all select i + 1 from n limit 1000) select sum(i) from n`, nil, []any{int64(500500)}},
		{`select count(*) > 10 from pragma_table_info('trials')`, nil, []any{int64(1)}},
		{`pragma user_version`, nil, []any{int64(migrations.Version)}},
		{`select json_extract('{"a": 2}', '$.a') -> '$'`, nil, []any{"2"}},
		{`select x'', ''`, nil, []any{[]byte{}, ""}},
		{`select length(zeroblob(16 << 20))`, nil, []any{int64(16 << 20)}},
	} {
		var got table
		if err := q.Ask(t.Context(), test.sql, test.parameters, &got); err != nil {
			t.Errorf("%s: %v", test.sql, err)
		} else if diff := cmp.Diff([][]any{test.want}, got.rows); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.sql, diff)
		}
	}
}

func TestAskReportsWhereAnErrorIs(t *testing.T) {
	q, _ := questions(t)
	for _, test := range []struct{ sql, want, before string }{
		{``, `the query contains no SQL`, ``},
		{` ; -- nothing`, `the query contains no SQL`, ``},
		{`selct 1`, `line 1, column 1: near "selct": syntax error`, ``},
		{"select study,\n  bst\nfrom trials", `line 2, column 3: no such column: bst`, `  `},
		{`select "bst" from trials`, `line 1, column 8: no such column: "bst" - should this be a string literal in single-quotes?`, `select `},
		{`; select 'é', 1 from nowhere`, `line 1, column 22: no such table: nowhere`, `; select 'é', 1 from `},
		{`select 1 from main.nowhere`, `line 1, column 20: no such table: main.nowhere`, `select 1 from main.`},
		{`select 'é', foo(1)`, `line 1, column 13: no such function: foo`, `select 'é', `},
		{`select 1 where`, `incomplete input`, ``},
		{`select 'x`, `line 1, column 8: unrecognized token: "'x"`, `select `},
		{`select 1 from ""`, `no such table: `, ``},
		{"select 1 from \xff", "no such table: \xff", ``},
		{"select 1 \x00", `line 1, column 10: the character U+0000 cannot be part of SQL`, `select 1 `},
		{`select json('{')`, `malformed JSON`, ``},
		{`select 1; select 2`, `line 1, column 11: a second statement begins here: run one statement at a time`, `select 1; `},
		{`select ?`, `line 1, column 8: ? has no name: write a parameter as :name`, `select `},
		{`select $1`, `line 1, column 8: $1 has no name: write a parameter as :name`, `select `},
		{`select :a`, `line 1, column 8: the parameter :a has no value`, `select `},
	} {
		err := q.Ask(t.Context(), test.sql, nil, &table{})
		wrong, ok := errors.AsType[*store.SQLError](err)
		if !ok || wrong.Error() != test.want {
			t.Errorf("%q: %v, not %s", test.sql, err, test.want)
			continue
		}
		if before, _ := wrong.Line(); before != test.before {
			t.Errorf("%q: the error is after %q, not after %q", test.sql, before, test.before)
		}
	}
	if err := q.Ask(t.Context(), `select 1`, map[string]any{"a": 1}, &table{}); err == nil || err.Error() != "the query has no parameter :a" {
		t.Errorf("a value without a parameter: %v", err)
	}
}

// TestAskReturnsColumnNames also selects several columns with the same name.
func TestAskReturnsColumnNames(t *testing.T) {
	q, _ := questions(t)
	for sql, want := range map[string][]string{
		`select 1 as a, 2 as b`:                                                     {"a", "b"},
		`; select 1 as a, 2 as a, 3 as A, 4 as a ; -- x`:                            {"a", "a", "A", "a"},
		`select 1, 1, 1 as "b:1", 2 as "b:1" -- x`:                                  {"1", "1", "b:1", "b:1"},
		`with x (a, b) as (select 1, 2) select * from x, x as y where x.a = :study`: {"a", "b", "a", "b"},
		`pragma table_info(studies)`:                                                {"cid", "name", "type", "notnull", "dflt_value", "pk"},
	} {
		var got table
		if err := q.Ask(t.Context(), sql, nil, &got); err != nil {
			t.Errorf("%s: %v", sql, err)
		} else if diff := cmp.Diff(want, got.columns); diff != "" {
			t.Errorf("%s (-want +got):\n%s", sql, diff)
		}
	}
}

// TestEveryViewCanBeQueried also shows that no view uses a function that SQLite
// allows only in trusted schemas.
func TestEveryViewCanBeQueried(t *testing.T) {
	q, _ := questions(t)
	var views table
	if err := q.Ask(t.Context(), `select name from sqlite_schema where type = 'view'`, nil, &views); err != nil {
		t.Fatal(err)
	}
	if len(views.rows) == 0 {
		t.Error("there are no views")
	}
	for _, row := range views.rows {
		if err := q.Ask(t.Context(), fmt.Sprintf(`select * from %s`, row[0]), nil, &table{}); err != nil {
			t.Errorf("%s: %v", row[0], err)
		}
	}
}

// TestAskWritesNoFile sorts more rows than fit in SQLite's cache, and looks for
// temporary files while the answer is read. SQLite unlinks such files when it opens
// them, so they are only visible as file descriptors.
func TestAskWritesNoFile(t *testing.T) {
	if _, err := os.Stat(descriptors); err != nil {
		t.Skip("only Linux lists the open files of a process:", err)
	}
	q, path := questions(t)
	before, removed := folderNames(t, filepath.Dir(path)), removedFiles(t)
	rows := 0
	err := q.Ask(t.Context(), `
		with recursive n (i) as (select 1 union all select i + 1 from n limit 300000)
		select hex(i * 7919 % 300007) || 'some text to fill pages with' from n order by 1`, nil,
		&table{onRow: func() {
			if rows++; rows > 1 {
				return
			}
			for file := range removedFiles(t) {
				if !removed[file] { // by another test
					t.Errorf("the temporary file %s is open", file)
				}
			}
		}})
	if err != nil || rows != 300000 {
		t.Errorf("%d rows, %v", rows, err)
	}
	if diff := cmp.Diff(before, folderNames(t, filepath.Dir(path))); diff != "" {
		t.Errorf("the folder changed (-before +after):\n%s", diff)
	}
}

// descriptors is where Linux lists the open files of a process.
const descriptors = "/proc/self/fd"

// removedFiles returns the open files of this process that have no name any more.
func removedFiles(t *testing.T) map[string]bool {
	t.Helper()
	removed := map[string]bool{}
	for _, name := range folderNames(t, descriptors) {
		if file, err := os.Readlink(filepath.Join(descriptors, name)); err == nil && strings.HasSuffix(file, " (deleted)") {
			removed[file] = true
		}
	}
	return removed
}

func folderNames(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestAskRefusesHugeValues(t *testing.T) {
	q, _ := questions(t)
	for _, sql := range []string{
		`select zeroblob((16 << 20) + 1)`,
		`select replace(hex(zeroblob(8 << 20)), '0', 'xx')`,
		`select group_concat(hex(zeroblob(1 << 20)), ' ') from (values (1), (2), (3), (4), (5), (6), (7), (8), (9))`,
	} {
		err := q.Ask(t.Context(), sql, nil, &table{})
		if _, ok := errors.AsType[*store.SQLError](err); !ok || err.Error() != "a value or a row is larger than 16 MiB" {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

// TestAskCanBeCanceled cancels a question before its first row, while the next row is
// computed, and between rows.
func TestAskCanBeCanceled(t *testing.T) {
	q, _ := questions(t)
	const runaway = `with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n`
	for _, test := range []struct {
		name, sql string
		rows      int
	}{
		{"before the first row", `select * from (` + runaway + `)`, 0},
		{"after the first row", `select 1 union all select * from (` + runaway + `)`, 1},
		{"among many", `with recursive n (i) as (select 1 union all select i + 1 from n) select i from n`, 1000},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			got := table{}
			got.onRow = func() {
				if len(got.rows) == test.rows {
					cancel()
				}
			}
			if test.rows == 0 {
				defer time.AfterFunc(10*time.Millisecond, cancel).Stop()
			}
			if err := q.Ask(ctx, test.sql, nil, &got); !errors.Is(err, context.Canceled) {
				t.Errorf("got the error %v", err)
			}
			if err := q.Ask(t.Context(), `select 1`, nil, &table{}); err != nil {
				t.Errorf("the next question: %v", err)
			}
		})
	}
}

func TestIsCompleteSQL(t *testing.T) {
	for sql, want := range map[string]bool{
		"":                               true,
		" \n-- a comment\n/* one */":     true,
		";":                              true,
		"select 1":                       false,
		"select 1;":                      true,
		"select 1; -- a comment":         true,
		"select 1 -- a comment;":         false,
		"select 1 -- it's a comment;\n;": true,
		"select 1 /* a comment;":         false,
		"select 1 /* ; */":               false,
		"select 1 /* ' */;":              true,
		"select ';":                      false,
		"select ';'":                     false,
		"select 'it''s';":                true,
		"select 'it''s;":                 false,
		"select \";\", `;`, [;]":         false,
		"select [a;":                     false,
		"select '--';":                   true,
	} {
		if got := sqltext.IsComplete(sql); got != want {
			t.Errorf("sqltext.IsComplete(%q) is %v", sql, got)
		}
	}
}
