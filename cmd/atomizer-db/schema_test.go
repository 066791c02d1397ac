package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jmoiron/sqlx"

	"atomizer-db/feedback/golden"
	"atomizer-db/migrations"
)

// TestMigrationsReadmeListsTheViews compares the list of views in
// migrations/README.md with `atomizer-db schema --markdown`. With -update it writes
// the list.
func TestMigrationsReadmeListsTheViews(t *testing.T) {
	const path, begin, end = "../../migrations/README.md", "<!-- views -->\n", "<!-- end of views -->\n"
	readme := string(golden.Read(t, path))
	before, rest, found := strings.Cut(readme, begin)
	list, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("%s has no list of views", path)
	}
	want := string(done(t, "", "schema", "--markdown"))
	if list == want {
		return
	}
	if !*update {
		t.Fatalf("%s and `atomizer-db schema --markdown` differ: run the test with -update", path)
	}
	if err := os.WriteFile(path, []byte(before+begin+want+end+after), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestViewsAgreeWithCounts replays the event files, voids and unvoids trials, and compares
// the sums of the views with the counts of the program.
func TestViewsAgreeWithCounts(t *testing.T) {
	golden.Each(t, "../../testdata/replay", func(t *testing.T, c golden.Case) {
		t.Helper()
		database := filepath.Join(t.TempDir(), "playbook.db")
		c.Begin(t, strings.TrimSuffix(database, ".db")+".json")
		done(t, timed(c.Events), "ingest", "-", "--db", database)
		agree(t, database)
		var numbers []int64
		db := openSQL(t, database)
		if err := db.Select(&numbers, `select distinct trial_number from trials order by trial_number limit 5`); err != nil {
			t.Fatal(err)
		}
		var voids strings.Builder
		for i, number := range numbers {
			fmt.Fprintf(&voids, `{"type": "void", "trial_number": %d}`+"\n", number)
			if i%2 == 0 {
				fmt.Fprintf(&voids, `{"type": "void", "trial_number": %d, "undo": true}`+"\n", number)
			}
		}
		done(t, voids.String(), "ingest", "-", "--db", database)
		agree(t, database)
		done(t, `{"type": "reset"}`+"\n"+`{"type": "trial", "trial_number": 1, "success": true}`, "ingest", "-", "--db", database)
		agree(t, database)
	})
}

// agree checks that the views and the counts agree.
func agree(t *testing.T, database string) {
	t.Helper()
	db := openSQL(t, database)
	for _, query := range []string{
		`select name from studies s
		where (trials, successes) is not (select count(*), ifnull(sum(success), 0) from trials where study = s.name)`,
		`select study from study_statistics s
		where recordings <> (select count(*) from all_trials where study = s.study) or trials <> (select count(*) from all_trials where study = s.study and counts)`,
		`select study from study_statistics s
		where best_objective is not (
			select best_so_far from trials where study = s.study order by nth desc limit 1)`,
		`select item from playbook_items i
		where (helpful, harmful) is not (
			select ifnull(sum(helpful_change), 0), ifnull(sum(harmful_change), 0) from score_history where item = i.item)`,
		`select item from playbook_items i
		where exists (select 1 from score_history where item = i.item) and net_score is not (
			select net_score from score_history where item = i.item order by nth desc limit 1)`,
		`select id from performance p
		where trials_used_in <> (select count(*) from trial_items where item = p.id and study = p.study and is_current)`,
		`select study from study_statistics s
		where pending_insights <> (select count(*) from insight_history where study = s.study and state = 'pending')`,
		`select study from learning_curve group by study, window_size
		having (sum(trials), sum(successes)) is not (select s.trials, s.successes from study_statistics s where s.study = learning_curve.study)`,
		`select study from error_classes group by study
		having sum(messages) <> (select count(*) from error_messages m where m.study = error_classes.study and counts)`,
		`select study from trials where is_current group by study, trial_number having count(*) > 1`,
		`select study from all_trials group by study, trial_number having max(attempt) <> count(*)`,
	} {
		var wrong []string
		if err := db.Select(&wrong, query); err != nil || len(wrong) > 0 {
			t.Errorf("%q, %v, found by\n%s", wrong, err, query)
		}
	}
	best, listed := []bestOfStudy{}, []bestOfStudy{}
	if err := db.Select(&best, `select study, direction, best_objective, best_trial from study_statistics`); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(done(t, "", "studies", "--json", "--db", database), &listed); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(best, listed, cmpopts.SortSlices(func(a, b bestOfStudy) bool { return a.Study < b.Study })); diff != "" {
		t.Errorf("the view and `studies` differ: %s", diff)
	}
}

type bestOfStudy struct {
	Study     string   `db:"study" json:"study"`
	Direction string   `db:"direction" json:"direction"`
	Objective *float64 `db:"best_objective" json:"best_objective"`
	Trial     *int64   `db:"best_trial" json:"best_trial"`
}

// TestInstalledSQLiteReadsViews selects every column of every view with the installed
// sqlite3.
func TestInstalledSQLiteReadsViews(t *testing.T) {
	database := filepath.Join(t.TempDir(), "playbook.db")
	done(t, `{"type": "trial", "trial_number": 1, "success": true}`, "ingest", "-", "--db", database)
	var script strings.Builder
	for _, view := range migrations.Views() {
		var columns []string
		for _, column := range view.Columns {
			columns = append(columns, `"`+column.Name+`"`)
		}
		fmt.Fprintf(&script, "select %s from %s;\n", strings.Join(columns, ", "), view.Name)
	}
	cmd := exec.CommandContext(t.Context(), "sqlite3", "-readonly", "-bail", database)
	cmd.Stdin = strings.NewReader(".dbconfig dqs_dml off\n" + script.String())
	if said, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(said), "rror") {
		t.Errorf("%v: %s", err, said)
	}
}

func openSQL(t *testing.T, database string) *sqlx.DB {
	t.Helper()
	db, err := sqlx.Open("sqlite", database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
