package crash_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"atomizer-db/migrations"
	"atomizer-db/testdata/soak"
)

// readers are the commands that only read, each with the flags that change what is
// read.
func readers(t *testing.T) [][]string {
	t.Helper()
	commands := [][]string{
		{"items", "list", "--all"},
		{"items", "list", "--json"},
		{"items", "similar"},
		{"items", "show", item(1)},
		{"items", "show", item(2), "--json"},
		{"top"},
		{"top", "--by", "lift", "--json"},
		{"top", "--by", "lower-bound"},
		{"worst"},
		{"performance"},
		{"performance", "--json", "--all-studies"},
		{"attribution"},
		{"attribution", "--json", "--all-studies"},
		{"stats"},
		{"stats", "--json", "--all-studies"},
		{"insights", "list"},
		{"insights", "--json"},
		{"studies"},
		{"studies", "list", "--json"},
		{"trials", "list"},
		{"trials", "list", "--json"},
		{"trials", "list", "--failed", "--limit", "2"},
		{"trials", "show", "1"},
		{"trials", "show", "1", "--json"},
		{"context"},
		{"context", "--explore", "--seed", "1", "--json"},
		{"context", "--by", "lift", "--search", "advice"},
		{"context", "--about", "advice", "--tag", "advice"},
		{"report"},
		{"report", "-o", "-"},
		{"report", "--html", "-o", "-"},
		{"report", "--html", "-o", "-", "--all-studies"},
		{"export", "-o", "-"},
		{"export", "--format", "ace"},
		{"export", "--format", "skillbook"},
		{"export", "--format", "markdown"},
		{"export", "--format", "csv"},
		{"export", "--trials"},
		{"export", "--trials", "--format", "csv", "--all-studies"},
		{"export", "--events"},
		{"check"},
		{"schema"},
		{"backup", filepath.Join(t.TempDir(), "copy.db"), "--force"},
	}
	for _, view := range migrations.Views() {
		commands = append(commands, []string{"query", "select * from " + view.Name, "--jsonl"})
	}
	return commands
}

// answersOrComplains runs readers on a damaged database. Each answers, or fails with
// one line.
func answersOrComplains(t *testing.T, what string, p place, commands [][]string) {
	t.Helper()
	for _, args := range commands {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		r := outcome(t, exec.CommandContext(ctx, program, p.on(args)...))
		hung := ctx.Err()
		cancel()
		lines := strings.Count(r.stderr, "\n")
		if args[0] == "query" && lines == 3 {
			lines = 1 // and the place in the SQL
		}
		switch {
		case hung != nil:
			t.Errorf("%s: %v did not end", what, args)
		case r.code == 0, lines == 1 && (r.code == 1 || r.code == 3): // 3: the study or the item is gone
		default:
			t.Errorf("%s: %v: exit code %d: %.2000s", what, args, r.code, r.stderr)
		}
	}
}

// fuzzed returns a study with a row in every table that an event can fill.
func fuzzed(t *testing.T) place {
	t.Helper()
	p := studied(t, 300)
	p.must(t, "ingest", "--source", "more", eventFile(t, []string{
		`{"type": "trial", "trial_number": 500, "success": true, "objective_value": 2.5, "details": {"mesh": 3}, "key": "a",` +
			`"design_variables": {"web": 1.5}, "context_items_used": ["str-00001"], "context_items_shown": ["str-00002"]}`,
		`{"type": "trial", "trial_number": 501, "success": false, "errors": ["no"], "constraint_violations": ["stress"], "details": {}, "key": "b"}`,
		`{"type": "void", "trial_number": 500}`,
		`{"type": "trial", "trial_number": 1, "success": true, "study": "other", "context_items_used": ["str-00003"]}`,
	}))
	p.must(t, "items", "add", "mis", "advice of one's own")
	return p
}

// TestReadersSurviveDamagedFiles writes random bytes into random pages.
func TestReadersSurviveDamagedFiles(t *testing.T) {
	t.Parallel()
	random, study, commands := choices(t), fuzzed(t), readers(t)
	length := size(t, study, "playbook.db")
	for range soak.Rounds(4) {
		var places []string
		p := damaged(t, study, "playbook.db", func(content []byte) []byte {
			for range 1 + random.IntN(3) {
				page := random.IntN(length/4096) * 4096
				for range 1 + random.IntN(30) {
					at := page + random.IntN(4096)
					if random.IntN(2) == 0 {
						at = page + random.IntN(64) // what says how to read the page
					}
					content[at] = byte(random.IntN(256))
				}
				places = append(places, fmt.Sprint(page))
			}
			return content
		})
		answersOrComplains(t, "pages at "+strings.Join(places, ", "), p, commands)
	}
}

// TestReadersSurviveChangedRows deletes and changes rows as no command of ours
// does, without constraints.
func TestReadersSurviveChangedRows(t *testing.T) {
	t.Parallel()
	random, study, commands := choices(t), fuzzed(t), readers(t)
	for _, table := range []string{"item_ids", "studies", "scores", "ledger", "errors", "finalizations", "voids", "playbook"} {
		p := study.copied(t)
		wrong := p.corrupt(t, "delete from "+table)
		answersOrComplains(t, wrong, p, pick(random, commands, 12))
	}
	for _, change := range []string{
		`update ledger set details = '{"broken": ' where details is not null`,
		`update ledger set details = '[1]', design_variables = 'null' where type = 'trial'`,
		`update ledger set trial_number = null`,
		`update ledger set success = null, duration_seconds = null, items_updated = null where event_id % 2`,
		`update ledger set objective_value = 9e999`,
		`delete from item_ids where item_no % 2`,
		`update usages set named = 9223372036854775807`,
	} {
		p := study.copied(t)
		answersOrComplains(t, p.corrupt(t, change), p, commands)
	}
	for range soak.Rounds(6) {
		p := study.copied(t)
		var changes []string
		for range 1 + random.IntN(4) {
			changes = append(changes, p.corrupt(t, p.change(t, random)))
		}
		answersOrComplains(t, strings.Join(changes, "; "), p, commands)
	}
}

func pick(random *rand.Rand, commands [][]string, n int) (picked [][]string) {
	for _, i := range random.Perm(len(commands))[:n] {
		picked = append(picked, commands[i])
	}
	return picked
}

// unconstrained opens the database with all constraints off that can be switched off.
func (p place) unconstrained(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", p.database()+"?_pragma=foreign_keys(off)&_pragma=ignore_check_constraints(on)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// corrupt runs a statement without constraints and returns it. A constraint that
// holds nevertheless leaves the rows as they are.
func (p place) corrupt(t *testing.T, statement string) string {
	t.Helper()
	db := p.unconstrained(t)
	_, err := db.ExecContext(t.Context(), statement)
	if err := errors.Join(db.Close()); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		return statement + " (refused)"
	}
	return statement
}

// wrongValues are values that a column of a type may hold, and our commands do not
// write there.
var wrongValues = map[string][]string{
	"INTEGER": {"null", "0", "1", "-1", "2", "9223372036854775807", "-9223372036854775808", "9007199254740993", "253402300800000000", "abs(random() % 20)"},
	"REAL":    {"null", "0", "-1.5", "9e999", "-9e999", "1e308", "-1e308", "1e-320"},
	"TEXT": {
		"null", "''", "'{'", "'[1'", "'{}'", "'[]'", "'null'", "'{\"a\":'", "'{\"a\": [1]}'", "'{\"a\": 1} x'", "'{\"a\": 1, \"a\": 2}'", "'[1]'",
		"cast(x'ff41' as text)", "'a' || char(0) || 'b'", "'{\"' || char(27) || '\": 1}'", "'{\"a\": 1e999}'",
		"replace(hex(zeroblob(100000)), '0', 'x')", "'trial'", "'error'", "'finalize'", "'void'", "'edit_item'", "'commit_insights'", "'merge_items'",
	},
	"BLOB": {"null", "x''", "x'00'", "zeroblob(100000)", "cast('{}' as blob)"},
}

// change returns a statement that changes or deletes random rows.
func (p place) change(t *testing.T, random *rand.Rand) string {
	t.Helper()
	db := p.unconstrained(t)
	rows, err := db.QueryContext(t.Context(), `
		select t.name, c.name, c.type
		from pragma_table_list t
		join pragma_table_info(t.name) c
		where t.type = 'table' and t.name not like 'sqlite_%' and t.name not like 'goose_%'
		order by t.name, c.cid`)
	if err != nil {
		t.Fatal(err)
	}
	type column struct{ table, name, kind string }
	var columns []column
	for rows.Next() {
		var c column
		if err := rows.Scan(&c.table, &c.name, &c.kind); err != nil {
			t.Fatal(err)
		}
		columns = append(columns, c)
	}
	if err := errors.Join(rows.Err(), rows.Close(), db.Close()); err != nil {
		t.Fatal(err)
	}
	c := columns[random.IntN(len(columns))]
	if random.IntN(3) > 0 { // tables that most commands read
		busy := slices.DeleteFunc(columns, func(c column) bool {
			return !slices.Contains([]string{"ledger", "items", "scores", "usages", "studies", "insights", "finalizations"}, c.table)
		})
		c = busy[random.IntN(len(busy))]
	}
	where := []string{"", " where random() % 2 = 0", " where random() % 10 = 0", " where " + c.name + " is not null"}[random.IntN(4)]
	if random.IntN(4) == 0 {
		return "delete from " + c.table + where
	}
	values := wrongValues[strings.ToUpper(c.kind)]
	return "update or ignore " + c.table + " set " + c.name + " = " + values[random.IntN(len(values))] + where
}
