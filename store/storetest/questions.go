package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"atomizer-db/store"
)

// answer stores the answer to a question.
type answer struct {
	columns []string
	rows    [][]any
	onRow   func() error // nil: none
}

func (a *answer) Columns(names []string) error {
	a.columns = append([]string{}, names...)
	return nil
}

func (a *answer) Row(values []any) error {
	a.rows = append(a.rows, append([]any{}, values...))
	if a.onRow != nil {
		return a.onRow()
	}
	return nil
}

func questions(run runner) {
	ask := func(t *T, defaults map[string]any, test func(q store.Questions)) {
		t.Helper()
		q, err := t.Questions(t.Context(), defaults)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := q.Close(); err != nil {
				t.Error(err)
			}
		}()
		test(q)
	}
	run("rows are answered in their order", func(t *T) {
		t.write(func(w store.Writer) {
			id := study(w, "bracket")
			record(w, objective(id, 3, 2.5), failed(id, 1, "x"), trial(study(w, "beam"), 1, true))
		})
		ask(t, map[string]any{"study": "bracket"}, func(q store.Questions) {
			var a answer
			if err := q.Ask(t.Context(), `select study, trial_number, success, objective from trials where study = :study order by trial_number`, nil, &a); err != nil {
				t.Fatal(err)
			}
			t.same("columns", a.columns, []string{"study", "trial_number", "success", "objective"})
			t.same("rows", a.rows, [][]any{{"bracket", int64(1), int64(0), nil}, {"bracket", int64(3), int64(1), 2.5}})
			a = answer{}
			if err := q.Ask(t.Context(), "-- a comment ;\n select study /* ; */ from study_statistics where study = ';' or trials > 5 ; -- nothing\n", nil, &a); err != nil {
				t.Fatal(err)
			}
			t.same("columns of no rows", a.columns, []string{"study"})
			t.same("no rows", a.rows, [][]any{})
			a = answer{}
			if err := q.Ask(t.Context(), `select trial_number as a, event as a from trials where study = 'beam'`, nil, &a); err != nil {
				t.Fatal(err)
			}
			t.same("equal names of columns", a.columns, []string{"a", "a"})
			t.same("their values", a.rows, [][]any{{int64(1), int64(3)}})
		})
	})
	run("values of each type are answered", func(t *T) {
		t.write(func(w store.Writer) {
			done(w.SetPlaybookFile("playbook.json", store.PlaybookFile{Content: []byte{}, Digest: []byte{}}))
		})
		ask(t, map[string]any{"a": "default"}, func(q store.Questions) {
			for _, value := range []any{
				nil, int64(0), int64(math.MaxInt64), int64(math.MinInt64), 0.5, -math.MaxFloat64, math.SmallestNonzeroFloat64,
				"", "é🚀", "it's", ":b", "x y", strings.Repeat("long ", 10_000),
				[]byte{0, 255},
				[]byte{},
			} {
				var a answer
				sql := map[bool]string{true: `select :a`, false: `select cast(:a as %s)`}[value == nil]
				switch value.(type) { // a server wants to know the type of a parameter
				case int64:
					sql = fmt.Sprintf(sql, "bigint")
				case float64:
					sql = fmt.Sprintf(sql, "double precision")
				case string:
					sql = fmt.Sprintf(sql, "text")
				case []byte:
					sql = `select coalesce(:a, digest) from playbook_file`
				}
				if err := q.Ask(t.Context(), sql, map[string]any{"a": value}, &a); err != nil {
					t.Errorf("%T %.20v: %v", value, value, err)
				} else {
					t.same(fmt.Sprintf("%T %.20v", value, value), a.rows, [][]any{{value}})
				}
			}
			var a answer
			if err := q.Ask(t.Context(), `select cast(:a as text), cast(:b as text), cast(:a as text), ':a', ':c' as ":d"`, map[string]any{"b": "b"}, &a); err != nil {
				t.Fatal(err)
			}
			t.same("a default, a value and texts that look like parameters", a.rows, [][]any{{"default", "b", "default", ":a", ":c"}})
		})
	})
	run("what is recorded is answered at once", func(t *T) {
		ask(t, nil, func(q store.Questions) {
			for n := range int64(3) {
				t.write(func(w store.Writer) { record(w, trial(study(w, "bracket"), n, true)) })
				var a answer
				if err := q.Ask(t.Context(), `select count(*) from trials`, nil, &a); err != nil {
					t.Fatal(err)
				}
				t.same("trials", a.rows, [][]any{{n + 1}})
			}
		})
	})
	run("an error says what is wrong", func(t *T) {
		t.write(func(w store.Writer) { study(w, "bracket") })
		ask(t, nil, func(q store.Questions) {
			wrong := func(sql string, parameters map[string]any) store.SQLError {
				t.Helper()
				err := q.Ask(t.Context(), sql, parameters, &answer{})
				e, ok := errors.AsType[*store.SQLError](err)
				if !ok {
					t.Errorf("%q: %v", sql, err)
					return store.SQLError{}
				}
				if e.SQL != sql || e.Message == "" || strings.Contains(e.Message, "\n") || e.Offset > len(sql) {
					t.Errorf("%q: %+v", sql, e)
				}
				return *e
			}
			for _, sql := range []string{``, " ; -- nothing", `selct 1`, `select 1 where`, `select 'x`, `select (1`, "select 1 \x00"} {
				t.same(fmt.Sprintf("%q has no unknown name", sql), wrong(sql, nil).UnknownName, false)
			}
			t.same("the place of a second statement", wrong(`select 1; select 2`, nil).Offset, len(`select 1; `))
			for _, sql := range []string{`select 1 from unheard_of`, `select unheard_of from trials`, `select 1 from trials where unheard_of = 1`} {
				e := wrong(sql, nil)
				t.same(sql+" has an unknown name", e.UnknownName, true)
				t.same(sql+" has its place", e.Offset, strings.Index(sql, "unheard_of"))
			}
			t.same("a parameter without a value", wrong(`select cast(:a as text), cast(:b as text)`, map[string]any{"a": "x"}).NoValue, "b")
			t.same("its place", wrong(`select cast(:b as text)`, nil).Offset, len(`select cast(`))
			t.same("a value without a parameter", wrong(`select 1`, map[string]any{"a": "x"}).Offset, -1)
			var a answer
			if err := q.Ask(t.Context(), `select 1`, nil, &a); err != nil {
				t.Errorf("the next question: %v", err)
			}
			t.same("its answer", a.rows, [][]any{{int64(1)}})
		})
	})
	run("what does not only read is refused", func(t *T) {
		t.write(func(w store.Writer) { record(w, trial(study(w, "bracket"), 1, true)) })
		ask(t, nil, func(q store.Questions) {
			for _, sql := range []string{
				`delete from items`, `update items set content = ''`, `insert into item_ids (id) values ('x')`, `drop view trials`, `create table x (a int)`,
				`alter table items add column x int`, `vacuum`, `begin`, `commit`, `rollback`, `savepoint x`, `create temp table x (a int)`, `analyze`, `reindex`,
				`delete from item_ids returning item_no`, `with x as (select 1) delete from item_ids`, `create view x as select 1`, `truncate items`,
			} {
				err := q.Ask(t.Context(), sql, nil, &answer{})
				if _, ok := errors.AsType[*store.SQLError](err); !ok {
					t.Errorf("%s: %v", sql, err)
				}
			}
			var a answer
			if err := q.Ask(t.Context(), `select count(*) from trials`, nil, &a); err != nil {
				t.Errorf("the next question: %v", err)
			}
			t.same("trials", a.rows, [][]any{{int64(1)}})
		})
	})
	run("an error of the receiver ends it", func(t *T) {
		ask(t, nil, func(q store.Questions) {
			var a answer
			a.onRow = func() error {
				if len(a.rows) == 2 {
					return errBroken
				}
				return nil
			}
			if err := q.Ask(t.Context(), `with recursive n (i) as (select 1 union all select i + 1 from n where i < 100000) select i from n`, nil, &a); !errors.Is(err, errBroken) {
				t.Errorf("Ask returns %v", err)
			}
			t.same("rows", a.rows, [][]any{{int64(1)}, {int64(2)}})
			if err := q.Ask(t.Context(), `select 1`, nil, &answer{}); err != nil {
				t.Errorf("the next question: %v", err)
			}
		})
	})
	run("its context ends it", func(t *T) {
		const endless = `with recursive n (i) as (select 1 union all select i + 1 from n) select %s from n`
		ask(t, nil, func(q store.Questions) {
			for name, test := range map[string]struct {
				sql  string
				rows int // until it is canceled; 0: by its time
			}{
				"within a row":        {fmt.Sprintf(endless, "count(*)"), 0},
				"among rows":          {fmt.Sprintf(endless, "i"), 100},
				"after the first row": {`select 1 union all select * from (` + fmt.Sprintf(endless, "count(*)") + `) x`, 0}, // a server may keep the row
			} {
				ctx, cancel := context.WithCancel(t.Context())
				want := context.Canceled
				if test.rows == 0 {
					ctx, cancel = context.WithTimeout(t.Context(), 20*time.Millisecond)
					want = context.DeadlineExceeded
				}
				var a answer
				a.onRow = func() error {
					if len(a.rows) == test.rows {
						cancel()
					}
					return nil
				}
				if err := q.Ask(ctx, test.sql, nil, &a); !errors.Is(err, want) {
					t.Errorf("%s: %v", name, err)
				}
				cancel()
				if err := q.Ask(t.Context(), `select 1`, nil, &answer{}); err != nil {
					t.Errorf("the question after %s: %v", name, err)
				}
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if err := q.Ask(ctx, `select 1`, nil, &answer{}); !errors.Is(err, context.Canceled) {
				t.Errorf("with a context that is done: %v", err)
			}
		})
	})
}
