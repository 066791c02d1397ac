package crash_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// query reads one value from the database, past the program.
func (p place) query(t *testing.T, into any, statement string, args ...any) (found bool) {
	t.Helper()
	db, err := sql.Open("sqlite", p.database()+"?_pragma=busy_timeout(60000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.QueryRowContext(t.Context(), statement, args...).Scan(into)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		t.Fatalf("%s: %v", statement, err)
	}
	return err == nil
}

// execute changes the database, past the program.
func (p place) execute(t *testing.T, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", p.database()+"?_pragma=busy_timeout(60000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// whole looks at playbook.json, at any moment.
func (p place) whole(t *testing.T) {
	t.Helper()
	content, err := os.ReadFile(p.playbook())
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil || !json.Valid(content) {
		t.Fatalf("playbook.json is not whole (%d bytes), %v", len(content), err)
	}
}

// sound looks at what a process left behind: playbook.json is whole, and
// when the database has been opened again it is what was last to be written.
func (p place) sound(t *testing.T) {
	t.Helper()
	p.whole(t)
	if _, err := os.Stat(p.database()); errors.Is(err, fs.ErrNotExist) {
		return
	}
	if r := p.run(t, "check"); r.code != 0 {
		t.Fatalf("check: exit code %d: %s%s", r.code, r.stdout, r.stderr)
	}
	var content []byte
	if p.query(t, &content, `select content from playbook_file`) && read(t, p.playbook()) != string(content) {
		t.Fatal("playbook.json is not what was last read or written")
	}
}

// answers is what a place holds, in the program's own words and in rows.
type answers struct {
	Performance, Top, Statistics string // as the program answers
	Playbook                     string
	Events, Usages, Insights     string // rows
	Rows                         string // how many others there are
}

func (p place) answers(t *testing.T) (a answers) {
	t.Helper()
	a.Performance, a.Top = p.must(t, "performance", "--json"), p.must(t, "top", "--json")
	a.Statistics = p.must(t, "stats", "--json")
	if content, err := os.ReadFile(p.playbook()); err == nil {
		a.Playbook = string(content)
	}
	p.query(t, &a.Events, `select json_group_array(json_array(event_id, type, trial_number, key)) from ledger`)
	p.query(t, &a.Usages, `select json_group_array(json_array(event_id, item_no, named, counted)) from usages`)
	p.query(t, &a.Insights, `select json_group_array(json_array(insight_id, event_id, category, content, settled_by)) from insights`)
	p.query(t, &a.Rows, `select json_array(
		(select count(*) from studies), (select count(*) from outcomes), (select count(*) from errors), (select count(*) from blames),
		(select count(*) from items), (select count(*) from insights), (select count(*) from finalizations), (select count(*) from retirements),
		(select count(*) from adjustments), (select count(*) from imports), (select count(*) from goose_db_version))`)
	return a
}

var aTime = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)`)

// timeless leaves the times out, of what no event gave its time.
func (a answers) timeless() answers {
	for _, text := range []*string{&a.Performance, &a.Statistics, &a.Playbook} {
		*text = aTime.ReplaceAllString(*text, "TIME")
	}
	return a
}

// same compares with an uninterrupted run.
func same(t *testing.T, want, got answers) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		if len(diff) > 2000 {
			diff = diff[:2000] + " …"
		}
		t.Fatalf("it is not what an uninterrupted run leaves (-uninterrupted +this):\n%s", diff)
	}
}

// files are the contents of the files of a place that a reader must leave alone.
func (p place) files(t *testing.T) map[string][]byte {
	t.Helper()
	contents := map[string][]byte{}
	for _, path := range []string{p.database(), p.database() + "-wal", p.playbook()} {
		content, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		contents[path] = bytes.Clone(content)
	}
	return contents
}
