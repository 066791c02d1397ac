package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"atomizer-db/store"
	"atomizer-db/store/postgres"
	"atomizer-db/store/postgres/pgtest"
	"atomizer-db/store/sqlite"
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
	row := slices.Clone(values)
	for i, value := range row {
		if blob, ok := value.([]byte); ok {
			row[i] = slices.Clone(blob)
		}
	}
	a.rows = append(a.rows, row)
	if a.onRow != nil {
		a.onRow()
	}
	return nil
}

// asked is a database with our tables and one study.
var asked = pgtest.NewTemplate(func(address string) error {
	s, err := postgres.Open(context.Background(), address, true)
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	conn, err := pgx.Connect(context.Background(), address)
	if err != nil {
		return err
	}
	_, err = conn.Exec(context.Background(), `insert into folded_studies (study_id, name, created_us) values (1, 'bracket', 0)`)
	return errors.Join(err, conn.Close(context.Background()))
})

// questionsAt opens a database for questions.
func questionsAt(t *testing.T, address string) store.Questions {
	t.Helper()
	s, err := postgres.OpenReadOnly(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	q, err := s.Questions(t.Context(), map[string]any{"study": "bracket"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = q.Close() })
	return q
}

// everyWay opens databases for questions to the server and to PgBouncer.
func everyWay(t *testing.T) map[string]store.Questions {
	t.Helper()
	return map[string]store.Questions{
		"direct": questionsAt(t, asked.Address(t)),
		"pooled": questionsAt(t, pgtest.Bouncer(t, asked.Address(t))),
	}
}

func TestAsk(t *testing.T) {
	for way, q := range everyWay(t) {
		t.Run(way, func(t *testing.T) {
			for _, test := range []struct {
				sql        string
				parameters map[string]any
				want       []any
			}{
				{` -- one ' thing
			;; /* "the ; /* */ */ values (';')  ; -- and no other`, nil, []any{";"}},
				{"\ufeffselect 1", nil, []any{int64(1)}},
				{
					`select :a::int, :b::text || :b, ':d', E'\':d', $$:d$$, $x$:d$x$, ":d", a[1:2], x'1f'::int from (select 7 as ":d", array[1, 2, 3] as a) t /* :e */ -- :f`,
					map[string]any{"a": int64(1), "b": "x"},
					[]any{int64(1), "xx", ":d", "':d", ":d", ":d", int64(7), "{1,2}", int64(31)},
				},
				{`select 1 where 1=:a`, map[string]any{"a": int64(1)}, []any{int64(1)}},
				{`select array_length((array[1, 2, 3])[1:(:n)], 1)`, map[string]any{"n": int64(2)}, []any{int64(2)}},
				{`select study from study_statistics where study = :study`, nil, []any{"bracket"}},
				{`select :study`, map[string]any{"study": "beam"}, []any{"beam"}},
				{`select count(*) from study_statistics where trials = :n`, map[string]any{"n": "0"}, []any{int64(1)}},
				{`select count(*) from study_statistics where trials = :n`, map[string]any{"n": int64(0)}, []any{int64(1)}},
				{`select count(*) from study_statistics where trials = :n`, map[string]any{"n": 0.0}, []any{int64(1)}},
				{`select count(*) from study_statistics where study = :n`, map[string]any{"n": int64(7)}, []any{int64(0)}},
				{`select count(*) from study_statistics where best_objective is null limit :n`, map[string]any{"n": int64(1)}, []any{int64(1)}},
				{`select :n::float8, :n::numeric`, map[string]any{"n": 1e22}, []any{1e22, "10000000000000000000000"}},
				{`select :n::float8`, map[string]any{"n": math.Inf(-1)}, []any{math.Inf(-1)}},
				{`select :b = '\x00ff'::bytea, :b`, map[string]any{"b": []byte{0, 255}}, []any{int64(1), []byte{0, 255}}},
				{`select coalesce(:n, 'null'), :n::int`, map[string]any{"n": nil}, []any{"null", nil}},
				{`with recursive n (i) as (select 1 union all select i + 1 from n where i < 1000) select sum(i) from n`, nil, []any{int64(500500)}},
				{`(((select 1)))`, nil, []any{int64(1)}},
				{`table event_types order by type limit 1 offset :n`, map[string]any{"n": int64(1)}, []any{"edit_insight", "a pending insight got another text"}},
				{`show transaction_read_only`, nil, []any{"on"}},
				{`explain (costs off) select 1`, nil, []any{"Result"}},
				{`explain (select 1)`, nil, []any{"Result  (cost=0.00..0.01 rows=1 width=4)"}},
				{`select count(*) > 0 from pg_locks where pg_sleep(0) is not null and random() < 1`, nil, []any{int64(1)}},
			} {
				var got table
				err := q.Ask(t.Context(), test.sql, test.parameters, &got)
				if err != nil {
					t.Errorf("%s: %v", test.sql, err)
				} else if diff := cmp.Diff([][]any{test.want}, got.rows); diff != "" {
					t.Errorf("%s (-want +got):\n%s", test.sql, diff)
				}
			}
		})
	}
}

func TestAskReturnsValues(t *testing.T) {
	q := questionsAt(t, asked.Address(t))
	for sql, want := range map[string]any{
		`1::smallint`:                           int64(1),
		`-9223372036854775808`:                  int64(math.MinInt64),
		`9223372036854775807`:                   int64(math.MaxInt64),
		`9223372036854775808`:                   "9223372036854775808",
		`7::oid`:                                int64(7),
		`0.1::real`:                             0.1,
		`0.1::float8 + 0.2::float8`:             0.30000000000000004,
		`'NaN'::float8`:                         "NaN",
		`'-Infinity'::float8`:                   math.Inf(-1),
		`2.50`:                                  2.5,
		`sum(2::bigint)`:                        int64(2),
		`avg(2::bigint)`:                        2.0,
		`1::numeric / 3`:                        0.33333333333333333333,
		`'NaN'::numeric`:                        "NaN",
		`10::numeric ^ 400 + 0.5 > 0`:           int64(1),
		`round(10::numeric ^ 309, 1)`:           "1" + strings.Repeat("0", 309) + ".0",
		`true`:                                  int64(1),
		`false`:                                 int64(0),
		`null::boolean`:                         nil,
		`null`:                                  nil,
		`'x'`:                                   "x",
		`''`:                                    "",
		`'x'::char(3)`:                          "x  ",
		`'x'::name`:                             "x",
		`'\x00ff'::bytea`:                       []byte{0, 255},
		`'\x'::bytea`:                           []byte{},
		`'{"a": 2, "a":1}'::json`:               `{"a": 2, "a":1}`,
		`'{"a":2}'::jsonb -> 'a'`:               `2`,
		`'12:03:04.5+02'::timetz`:               `12:03:04.5+02`,
		`'2026-01-31 12:00:00+02'::timestamptz`: `2026-01-31 10:00:00`,
		`'2026-01-31 12:00:00.123456Z'::timestamptz`:   `2026-01-31 12:00:00.123456`,
		`'0044-03-15 12:00:00Z BC'::timestamptz`:       `0044-03-15 12:00:00 BC`,
		`'infinity'::timestamptz`:                      `infinity`,
		`'2026-01-31 12:00:00'::timestamp`:             `2026-01-31 12:00:00`,
		`'2026-01-31'::date`:                           `2026-01-31`,
		`'1 month 25 hours'::interval`:                 `1 mon 25:00:00`,
		`'123e4567-e89b-12d3-a456-426614174000'::uuid`: `123e4567-e89b-12d3-a456-426614174000`,
		`array[1, null, 3]`:                            `{1,NULL,3}`,
		`array['a b', '"']`:                            `{"a b","\""}`,
		`(1, 'x')`:                                     `(1,x)`,
		`int4range(1, 3)`:                              `[1,3)`,
		`'pg_class'::regclass`:                         `pg_class`,
	} {
		var got table
		if err := q.Ask(t.Context(), `select `+sql, nil, &got); err != nil {
			t.Errorf("%s: %v", sql, err)
		} else if diff := cmp.Diff([][]any{{want}}, got.rows); diff != "" {
			t.Errorf("%s (-want +got):\n%s", sql, diff)
		}
	}
}

func TestAskReportsWhereAnErrorIs(t *testing.T) {
	for way, q := range everyWay(t) {
		t.Run(way, func(t *testing.T) {
			for _, test := range []struct {
				sql, want, before string
				unknown           bool
			}{
				{``, `the query contains no SQL`, ``, false},
				{` ; -- nothing`, `the query contains no SQL`, ``, false},
				{`selct 1`, `line 1, column 1: syntax error at or near "selct"`, ``, false},
				{`.tables`, `line 1, column 1: syntax error at or near "."`, ``, false},
				{"select study,\n  bst\nfrom trials", `line 2, column 3: column "bst" does not exist`, `  `, true},
				{`; select 'é', 1 from nowhere`, `line 1, column 22: relation "nowhere" does not exist`, `; select 'é', 1 from `, true},
				{`select :study, :study, 'é' || :study, bst from trials`, `line 1, column 39: column "bst" does not exist`, `select :study, :study, 'é' || :study, `, true},
				{`select 1 + :study::boolean`, `line 1, column 10: operator does not exist: integer + boolean`, `select 1 `, false},
				{`select study from trials where success`, `line 1, column 32: argument of WHERE must be type boolean, not type integer: compare a column of 1 and 0, as in success = 1`, `select study from trials where `, false},
				{`select foo(:study)`, `line 1, column 8: function foo(unknown) does not exist`, `select `, false},
				{`select 1 where`, `line 1, column 15: syntax error at end of input`, `select 1 where`, false},
				{`select 'x`, `line 1, column 8: unterminated quoted string at or near "'x"`, `select `, false},
				{"select 1 \x00", `line 1, column 10: the character U+0000 cannot be part of SQL`, `select 1 `, false},
				{"select '\xff'", `invalid byte sequence for encoding "UTF8": 0xff`, ``, false},
				{`select '{'::json`, `line 1, column 8: invalid input syntax for type json`, `select `, false},
				{`select 1 / (trials - trials) from study_statistics`, `division by zero`, ``, false},
				{`select 1; select 2`, `line 1, column 11: a second statement begins here: run one statement at a time`, `select 1; `, false},
				{`select $1`, `line 1, column 8: $1 has no name: write a parameter as :name`, `select `, false},
				{`select 1, :a`, `line 1, column 11: the parameter :a has no value`, `select 1, `, false},
				{`select 1 where :study is null`, `line 1, column 16: could not determine data type of parameter :study: write its type, as in :study::text`, `select 1 where `, false},
				{`select 1 + :study`, `invalid input syntax for type integer: "bracket"`, ``, false},
				{`select U&"\0061"`, `line 1, column 8: U&"..." is refused: write the name as it is`, `select `, false},
				{`select from trials`, `line 1, column 1: the query has no columns`, ``, false},
			} {
				err := q.Ask(t.Context(), test.sql, nil, &table{})
				wrong, ok := errors.AsType[*store.SQLError](err)
				if !ok || wrong.Error() != test.want || wrong.UnknownName != test.unknown {
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
			if err := q.Ask(t.Context(), `select :a`, map[string]any{"a": 1}, &table{}); err == nil ||
				err.Error() != "the parameter :a has a value of type int: give an int64, a float64, a string, bytes or nil" {
				t.Errorf("a value of another type: %v", err)
			}
			wrong, ok := errors.AsType[*store.SQLError](q.Ask(t.Context(), `select :a`, nil, &table{}))
			if !ok || wrong.NoValue != "a" {
				t.Errorf("a parameter without a value: %v", wrong)
			}
		})
	}
}

func TestAskReturnsColumnNames(t *testing.T) {
	q := questionsAt(t, asked.Address(t))
	var got table
	if err := q.Ask(t.Context(), `select 1 as a, 2 as "A", 3 as a, 4 as "b c" where false`, nil, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "A", "a", "b c"}, got.columns); diff != "" || got.rows != nil {
		t.Errorf("%v (-want +got):\n%s", got.rows, diff)
	}
}

func TestEveryViewCanBeQueried(t *testing.T) {
	q := questionsAt(t, asked.Address(t))
	var views table
	if err := q.Ask(t.Context(), `select viewname from pg_views where schemaname = 'public'`, nil, &views); err != nil {
		t.Fatal(err)
	}
	if len(views.rows) < 20 {
		t.Errorf("there are %d views", len(views.rows))
	}
	for _, row := range views.rows {
		if err := q.Ask(t.Context(), fmt.Sprintf(`select * from %s`, row[0]), nil, &table{}); err != nil {
			t.Errorf("%s: %v", row[0], err)
		}
	}
}

// TestExamples compares the examples with those for SQLite. That they give the same rows, too,
// needs studies with content.
func TestExamples(t *testing.T) {
	q := questionsAt(t, asked.Address(t))
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"), true)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	other, err := s.Questions(t.Context(), map[string]any{"study": "bracket"})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if len(postgres.Examples) != len(sqlite.Examples) {
		t.Fatalf("%d examples", len(postgres.Examples))
	}
	for i, example := range postgres.Examples {
		var got, want table
		if err := errors.Join(q.Ask(t.Context(), example.SQL, nil, &got), other.Ask(t.Context(), sqlite.Examples[i].SQL, nil, &want)); err != nil {
			t.Errorf("%s: %v", example.Question, err)
		}
		if diff := cmp.Diff(want.columns, got.columns); diff != "" || example.Question != sqlite.Examples[i].Question {
			t.Errorf("%s (-SQLite +PostgreSQL):\n%s", example.Question, diff)
		}
	}
}

func TestNames(t *testing.T) {
	for way, q := range everyWay(t) {
		t.Run(way, func(t *testing.T) {
			names, err := q.Names(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range map[string]bool{"trials": true, "folded_ledger": true, "success_rate": true, "pg_class": false, "relname": false, "ctid": false} {
				if slices.Contains(names, name) != want {
					t.Errorf("%s: %v", name, !want)
				}
			}
		})
	}
}

func TestAskRefusesHugeValues(t *testing.T) {
	for way, q := range everyWay(t) {
		t.Run(way, func(t *testing.T) {
			for _, sql := range []string{
				`select repeat('x', (16 << 20) + 1)`,
				`select repeat('x', 300 << 20)`,
				`select string_agg(repeat('x', 1 << 20), '') from generate_series(1, 17)`,
				`select repeat('x', 8 << 20), repeat('x', (8 << 20) + 1)`,
				`select 1, convert_to(repeat('x', (16 << 20)), 'UTF8')`,
			} {
				err := q.Ask(t.Context(), sql, nil, &table{})
				if _, ok := errors.AsType[*store.SQLError](err); !ok || err.Error() != "a value or a row is larger than 16 MiB" {
					t.Errorf("%s: %v", sql, err)
				}
			}
			for _, sql := range []string{
				`select length(repeat('x', 300 << 20))`,
				`select repeat('x', 16 << 20)`,
				`select convert_to(repeat('x', (16 << 20)), 'UTF8')`,
			} {
				if err := q.Ask(t.Context(), sql, nil, &table{}); err != nil {
					t.Errorf("%s: %v", sql, err)
				}
			}
		})
	}
}

// TestAskCanBeCanceled cancels a question before its first row, while the next row is
// computed, and between rows.
func TestAskCanBeCanceled(t *testing.T) {
	for way, q := range everyWay(t) {
		t.Run(way, func(t *testing.T) {
			const runaway = `with recursive n (i) as (select 1::bigint union all select i + 1 from n) select count(*) from n`
			for _, test := range []struct {
				name, sql string
				rows      int
			}{
				{"before the first row", runaway, 0},
				{"after the first row", `select n, repeat('x', 20000) from generate_series(1, 3) n union all select n, '' from (` + runaway + `) t (n)`, 1},
				{"among many", `with recursive n (i) as (select 1::bigint union all select i + 1 from n) select i from n`, 1000},
				{"while it sleeps", `select pg_sleep(60)`, 0},
			} {
				t.Run(test.name, func(t *testing.T) {
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					got := table{}
					var canceled time.Time
					got.onRow = func() {
						if len(got.rows) == test.rows {
							canceled = time.Now()
							cancel()
						}
					}
					if test.rows == 0 {
						defer time.AfterFunc(50*time.Millisecond, func() { canceled = time.Now(); cancel() }).Stop()
					}
					if err := q.Ask(ctx, test.sql, nil, &got); !errors.Is(err, context.Canceled) {
						t.Errorf("got the error %v", err)
					}
					if took := time.Since(canceled); took > time.Second {
						t.Errorf("it took %v", took)
					}
					if err := q.Ask(t.Context(), `select 1`, nil, &table{}); err != nil {
						t.Errorf("the next question: %v", err)
					}
				})
			}
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			if err := q.Ask(ended, `select 1`, nil, &table{}); !errors.Is(err, context.Canceled) {
				t.Errorf("with a context that has ended: %v", err)
			}
		})
	}
}

func TestAskHasADeadline(t *testing.T) {
	for way, q := range everyWay(t) {
		t.Run(way, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			if err := q.Ask(ctx, `select pg_sleep(60)`, nil, &table{}); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got the error %v", err)
			}
			if err := q.Ask(t.Context(), `select 1`, nil, &table{}); err != nil {
				t.Errorf("the next question: %v", err)
			}
		})
	}
}

// TestTheServerLimitsAQuestion looks at the limit that holds without this program.
func TestTheServerLimitsAQuestion(t *testing.T) {
	address := asked.Address(t)
	q := questionsAt(t, address)
	shown := func(ctx context.Context) string {
		var got table
		if err := q.Ask(ctx, `show statement_timeout`, nil, &got); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(got.rows[0][0])
	}
	if limit := shown(t.Context()); limit != "0" {
		t.Errorf("without a deadline: %s", limit)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	if limit, err := time.ParseDuration(shown(ctx)); err != nil || limit < time.Hour || limit > time.Hour+time.Second {
		t.Errorf("with a deadline: %s, %v", limit, err)
	}
	execute(t, address, `alter role current_user in database `+database(address)+` set statement_timeout = '1s'`)
	q = questionsAt(t, address)
	if limit := shown(ctx); limit != "1s" {
		t.Errorf("with a limit of the user: %s", limit)
	}
	err := q.Ask(ctx, `select pg_sleep(60)`, nil, &table{})
	if _, ok := errors.AsType[*store.SQLError](err); !ok || err.Error() != "the server stopped the query: canceling statement due to statement timeout" {
		t.Errorf("got the error %v", err)
	}
}

// TestAskEndsWithTheReader also shows that an endless answer is not read to its end.
func TestAskEndsWithTheReader(t *testing.T) {
	for way, q := range everyWay(t) {
		t.Run(way, func(t *testing.T) {
			if err := q.Ask(t.Context(), `with recursive n (i) as (select 1::bigint union all select i + 1 from n) select i from n`, nil, &full{most: 10}); !errors.Is(err, errFull) {
				t.Errorf("got the error %v", err)
			}
			if err := q.Ask(t.Context(), `select 1`, nil, &table{}); err != nil {
				t.Errorf("the next question: %v", err)
			}
		})
	}
}

var errFull = errors.New("full")

// full takes no more than some rows.
type full struct {
	table
	most int
}

func (f *full) Row([]any) error {
	if f.most--; f.most < 0 {
		return errFull
	}
	return nil
}

func TestALostConnectionComesBack(t *testing.T) {
	address := asked.Address(t)
	q := questionsAt(t, address)
	execute(t, pgtest.Superuser(t, address), `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()`)
	if err := q.Ask(t.Context(), `select 1`, nil, &table{}); err != nil {
		t.Error(err)
	}
}

func TestALockedTableIsNotWaitedFor(t *testing.T) {
	address := asked.Address(t)
	q := questionsAt(t, address)
	conn := connect(t, address)
	if _, err := conn.Exec(t.Context(), `begin; lock table folded_studies`); err != nil {
		t.Fatal(err)
	}
	if err := q.Ask(t.Context(), `select * from studies`, nil, &table{}); !errors.Is(err, store.ErrBusy) {
		t.Errorf("got the error %v", err)
	}
}

// TestAnAnalystReadsOnly creates the role that the documentation describes.
func TestAnAnalystReadsOnly(t *testing.T) {
	address := asked.Address(t)
	role := "analyst_" + database(address)
	text, err := os.ReadFile("analyst.sql")
	if err != nil {
		t.Fatal(err)
	}
	asSuperuser, asOwner, _ := strings.Cut(strings.NewReplacer("analyst", role, "database playbook", "database "+database(address)).Replace(string(text)), "-- In the database")
	execute(t, pgtest.Superuser(t, address), asSuperuser+`alter role `+role+` password 'x'`)
	t.Cleanup(func() { execute(t, pgtest.Superuser(t, address), `drop owned by `+role+`; drop role `+role) })
	execute(t, address, "--"+asOwner)
	execute(t, address, `create view later as select 1 as a`)
	analyst := strings.Replace(address, "atomizer:no-rights", role+":x", 1)

	q := questionsAt(t, analyst)
	var tables table
	if err := q.Ask(t.Context(), `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v')`, nil, &tables); err != nil {
		t.Fatal(err)
	}
	for _, row := range tables.rows {
		if err := q.Ask(t.Context(), `select * from `+row[0].(string), nil, &table{}); err != nil {
			t.Errorf("%s: %v", row[0], err)
		}
	}
	for _, example := range postgres.Examples {
		if err := q.Ask(t.Context(), example.SQL, nil, &table{}); err != nil {
			t.Errorf("%s: %v", example.Question, err)
		}
	}
	// On a connection of its own, the role's rights are all that is in the way.
	conn := connect(t, analyst)
	if _, err := conn.Exec(t.Context(), `set default_transaction_read_only = off`); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		`insert into commits values ('123e4567-e89b-12d3-a456-426614174000', now())`, `update gate set epoch = 7`, `delete from folded_studies`,
		`truncate unfolded`, `select * from fold for update`, `create table x (a int)`, `create function f() returns int language sql as 'select 1'`,
		`drop view trials`, `select nextval('item_ids_item_no_seq')`, `select pg_read_file('/etc/hostname')`, `select * from pg_authid`,
		`copy studies to '/tmp/x'`, `copy (select 1) to program 'true'`, `select lo_import('/etc/hostname')`, `select pg_reload_conf()`,
		`alter role current_user createrole`, `set session_replication_role = replica`,
	} {
		if _, err := conn.Exec(t.Context(), sql); err == nil {
			t.Errorf("%s: it is allowed", sql)
		}
	}
}

func database(address string) string {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		panic(err)
	}
	return config.Database
}

func connect(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// execute runs statements on a connection of their own.
func execute(t *testing.T, address, sql string) {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), address)
	if err == nil {
		_, err = conn.Exec(context.Background(), sql, pgx.QueryExecModeSimpleProtocol)
		err = errors.Join(err, conn.Close(context.Background()))
	}
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}
