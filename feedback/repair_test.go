package feedback_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"atomizer-db/feedback/event"

	"github.com/google/go-cmp/cmp"
)

// An item without a row of counts is missing in all answers, so Check must find it.
func TestRepairRebuildsMissingCounts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	loop := open(t, path)
	for _, content := range []string{"one", "two"} {
		if _, _, err := loop.AddItem(t.Context(), "str", content); err != nil {
			t.Fatal(err)
		}
	}
	apply(t, loop, event.Trial{Number: 1, Success: true, ContextItems: []string{"str-00001", "str-00001"}},
		event.ErrorReport{TrialNumber: 2, ContextItems: []string{"str-00001"}})
	_, before := exported(t, loop)

	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(context.Background(), `delete from scores`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	problems, err := loop.Check(t.Context())
	if err != nil || len(problems) != 2 || !strings.HasPrefix(problems[0].What, "missing: the ledger and the adjustments give 2, 1 and 1") {
		t.Errorf("%+v, %v", problems, err)
	}
	if _, err := loop.Repair(t.Context()); err != nil {
		t.Fatal(err)
	}
	if problems, err := loop.Check(t.Context()); err != nil || len(problems) > 0 {
		t.Errorf("after the repair: %+v, %v", problems, err)
	}
	_, after := exported(t, loop)
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("the playbook (-before +after):\n%s", diff)
	}
}

// CHECK constraints hold for all programs. Check finds rows that were written with the
// constraints switched off.
func TestCheckFindsRowsThatViolateConstraints(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	loop := open(t, path)
	apply(t, loop, event.Trial{Number: 1, Success: true})
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	const spoil = `update ledger set objective_value = 9e999`
	if _, err := db.ExecContext(t.Context(), spoil); err == nil || !strings.Contains(err.Error(), "CHECK constraint failed") {
		t.Errorf("SQL that violates a constraint: %v", err)
	}
	if problems, err := loop.Check(t.Context()); err != nil || len(problems) > 0 {
		t.Fatalf("%+v, %v", problems, err)
	}
	if _, err := db.ExecContext(t.Context(), `pragma ignore_check_constraints = on; `+spoil); err != nil {
		t.Fatal(err)
	}
	problems, err := loop.Check(t.Context())
	if err != nil || len(problems) != 1 || !strings.Contains(problems[0].What, "CHECK constraint failed in ledger") {
		t.Errorf("%+v, %v", problems, err)
	}
}
