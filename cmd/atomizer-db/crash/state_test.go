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

// query reads one value from the database, without the program.
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

// execute changes the database, without the program.
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

// whole checks that playbook.json is complete, if it exists. It may be called at any
// moment.
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

// sound checks what a process has left. playbook.json must be complete, the check command
// must find no problems, and playbook.json must then be what was last read or written.
func (p place) sound(t *testing.T) {
	t.Helper()
	p.whole(t)
	if _, err := os.Stat(p.database()); errors.Is(err, fs.ErrNotExist) {
		return
	}
	r := p.run(t, "check")
	if info, err := os.Stat(p.database()); err == nil && info.Size() == 0 && r.code == 3 {
		return // the database was not created yet
	}
	if r.code != 0 {
		t.Fatalf("check: exit code %d: %s%s", r.code, r.stdout, r.stderr)
	}
	var content []byte
	if p.query(t, &content, `select content from playbook_file`) && read(t, p.playbook()) != string(content) {
		t.Fatal("playbook.json is not what was last read or written")
	}
}

// state is the content of a place: rows of the database, and playbook.json.
type state struct {
	Events, Usages, Insights, Scores, Used, Studies string
	Rows                                            string // the numbers of rows in other tables
	Playbook                                        string
	Answers                                         string // of the program, see answers
}

func (p place) state(t *testing.T) (s state) {
	t.Helper()
	if content, err := os.ReadFile(p.playbook()); err == nil {
		s.Playbook = string(content)
	}
	var all string
	p.query(t, &all, `select json_object(
		'Events', (select json_group_array(json_array(event_id, type, trial_number, key)) from ledger),
		'Usages', (select json_group_array(json_array(event_id, item_no, named, counted)) from usages),
		'Insights', (select json_group_array(json_array(insight_id, event_id, category, content, settled_by)) from insights),
		'Scores', (select json_group_array(json_array(item_no, helpful, harmful, trials_used_in)) from scores),
		'Used', (select json_group_array(json_array(study_id, item_no, trials_used_in)) from (select * from study_items order by study_id, item_no)),
		'Studies', (select json_group_array(json_array(name, trials, successes, pending)) from studies),
		'Rows', json_array(
			(select count(*) from outcomes), (select count(*) from errors), (select count(*) from blames), (select count(*) from items),
			(select count(*) from finalizations), (select count(*) from retirements), (select count(*) from adjustments),
			(select count(*) from imports), (select count(*) from voids), (select count(*) from goose_db_version)))`)
	var rows map[string]json.RawMessage
	if err := json.Unmarshal([]byte(all), &rows); err != nil {
		t.Fatal(err)
	}
	s.Events, s.Usages, s.Insights = string(rows["Events"]), string(rows["Usages"]), string(rows["Insights"])
	s.Scores, s.Used, s.Studies, s.Rows = string(rows["Scores"]), string(rows["Used"]), string(rows["Studies"]), string(rows["Rows"])
	return s
}

// answers returns the state with the program's answers to some questions.
func (p place) answers(t *testing.T) state {
	t.Helper()
	s := p.state(t)
	for _, question := range []string{"performance", "top", "worst", "stats", "insights"} {
		s.Answers += p.must(t, question, "--json")
	}
	return s
}

var aTime = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)`)

// timeless replaces the times in playbook.json and in the answers.
func (s state) timeless() state {
	s.Answers, s.Playbook = aTime.ReplaceAllString(s.Answers, "TIME"), aTime.ReplaceAllString(s.Playbook, "TIME")
	return s
}

// same compares a state with that of an uninterrupted run.
func same(t *testing.T, want, got state) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		if len(diff) > 2000 {
			diff = diff[:2000] + " …"
		}
		t.Fatalf("the result differs from that of an uninterrupted run (-uninterrupted +this):\n%s", diff)
	}
}

// files returns the contents of the files of a place that a reader must not change.
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
