package main

import (
	"bytes"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"atomizer-db/feedback/golden"
	"atomizer-db/store/sqlite"
)

// TestExamplesReturnRows runs each query that --examples prints on a study that has data
// for all of them.
func TestExamplesReturnRows(t *testing.T) {
	db := filepath.Join(t.TempDir(), "playbook.db")
	for _, advice := range []string{"Thicken the web", "Widen the flange"} {
		done(t, "", "items", "add", "str", advice, "--db", db)
	}
	var events strings.Builder
	for i := 1; i <= 60; i++ {
		number := strconv.Itoa(i - i/20) // some of them again
		events.WriteString(`{"type": "trial", "trial_number": ` + number + `, "success": ` + strconv.FormatBool(i%4 > 0) +
			`, "objective_value": ` + strconv.Itoa(100-i) + `, "design_variables": {"web": ` + number + `, "grade": "S355"}` +
			`, "context_items_used": ["str-00001"` + map[bool]string{true: `, "str-00002"`}[i%3 == 0] + `]` +
			map[bool]string{true: `, "errors": ["did not converge"]`}[i%4 == 0] + "}\n")
	}
	done(t, events.String(), "ingest", "-", "--db", db)
	if len(sqlite.Examples) != 10 {
		t.Errorf("%d examples", len(sqlite.Examples))
	}
	for _, example := range sqlite.Examples {
		answer := done(t, example.SQL, "query", "-", "--db", db, "--json")
		if rows, ok := golden.Parse(t, answer).([]any); !ok || len(rows) == 0 {
			t.Errorf("%s: %s", example.Question, answer)
		}
	}
}

// TestAnInterruptedQuestion interrupts a query after its first row, where the driver
// does not check the context.
func TestAnInterruptedQuestion(t *testing.T) {
	db := filepath.Join(t.TempDir(), "playbook.db")
	done(t, "", "init", "--db", db)
	const count = `with recursive n (i) as (select 1 union all select i + 1 from n) select `
	for name, sql := range map[string]string{
		"in the middle of a row": `select * from (` + count + `i from n limit 10000) union all select * from (` + count + `count(*) from n)`,
		"among endless rows":     count + `i from n`,
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), "atomizer-db", "query", sql, "--jsonl", "--db", db)
			var said bytes.Buffer
			cmd.Stderr = &said
			rows, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if _, err := rows.Read(make([]byte, 100)); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, rows); err != nil {
				t.Fatal(err)
			}
			exit, ok := errors.AsType[*exec.ExitError](cmd.Wait())
			if !ok || exit.ExitCode() != 130 || !strings.HasPrefix(said.String(), "interrupted") {
				t.Errorf("%v: %s", exit, &said)
			}
		})
	}
}
