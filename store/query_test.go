package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/migrations"
	"atomizer-db/store"
)

// table keeps what a question gives.
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
func questions(t *testing.T) (q *store.Questions, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "x.db")
	s := open(t, path)
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		_, _, err := tx.EnsureStudy("bracket")
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

func TestAQuestionIsAnswered(t *testing.T) {
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
		{`select count(*) from item_words where item_words match 'web'`, nil, []any{int64(0)}},
		{`select json_extract('{"a": 2}', '$.a') -> '$'`, nil, []any{"2"}},
	} {
		var got table
		if err := q.Ask(t.Context(), test.sql, test.parameters, &got); err != nil {
			t.Errorf("%s: %v", test.sql, err)
		} else if diff := cmp.Diff([][]any{test.want}, got.rows); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.sql, diff)
		}
	}
}

func TestWrongSQLIsToldWithItsPlace(t *testing.T) {
	q, _ := questions(t)
	const see = " (`atomizer-db schema` lists the views and their columns)"
	for _, test := range []struct{ sql, want, before string }{
		{``, `there is no SQL in it`, ``},
		{` ; -- nothing`, `there is no SQL in it`, ``},
		{`selct 1`, `line 1, column 1: near "selct": syntax error`, ``},
		{"select study,\n  bst\nfrom trials", `line 2, column 3: no such column: bst` + see, `  `},
		{`select "bst" from trials`, `line 1, column 8: no such column: "bst" - should this be a string literal in single-quotes?` + see, `select `},
		{`; select 'é', 1 from nowhere`, `line 1, column 22: no such table: nowhere` + see, `; select 'é', 1 from `},
		{`select 1 from main.nowhere`, `line 1, column 20: no such table: main.nowhere` + see, `select 1 from main.`},
		{`select 'é', foo(1)`, `line 1, column 13: no such function: foo`, `select 'é', `},
		{`select 1 where`, `incomplete input`, ``},
		{`select 'x`, `line 1, column 8: unrecognized token: "'x"`, `select `},
		{`select json('{')`, `malformed JSON`, ``},
		{`select 1; select 2`, `line 1, column 11: a second statement begins: ask one thing at a time`, `select 1; `},
		{`select ?`, `line 1, column 8: ? has no name: write a parameter as :name`, `select `},
		{`select $1`, `line 1, column 8: $1 has no name: write a parameter as :name`, `select `},
		{`select :a`, `line 1, column 8: the parameter :a has no value: give it with --param a=VALUE`, `select `},
	} {
		err := q.Ask(t.Context(), test.sql, nil, &table{})
		wrong, ok := errors.AsType[*store.SQLError](err)
		if !ok || wrong.Error() != test.want {
			t.Errorf("%q: %v, not %s", test.sql, err, test.want)
			continue
		}
		if before, _ := wrong.Line(); before != test.before {
			t.Errorf("%q: the place is behind %q, not %q", test.sql, before, test.before)
		}
	}
	if err := q.Ask(t.Context(), `select 1`, map[string]any{"a": 1}, &table{}); err == nil || err.Error() != "there is no parameter :a in it" {
		t.Errorf("a parameter too many: %v", err)
	}
}

// TestARunawayQuestionIsStopped stops a question before its first row, and in
// the middle of the next.
func TestARunawayQuestionIsStopped(t *testing.T) {
	q, _ := questions(t)
	const runaway = `with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n`
	for _, test := range []struct {
		name, sql string
		rows      int
	}{
		{"before the first row", `select * from (` + runaway + `)`, 0},
		{"behind the first row", `select 1 union all select * from (` + runaway + `)`, 1},
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
				t.Errorf("it ended with %v", err)
			}
			if err := q.Ask(t.Context(), `select 1`, nil, &table{}); err != nil {
				t.Errorf("the next question: %v", err)
			}
		})
	}
}
