package storetest

import (
	_ "embed"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"atomizer-db/migrations"
	"atomizer-db/store"
)

// viewRows are the rows of all views after views has recorded its events.
//
//go:embed views.txt
var viewRows string

var viewsFile = flag.String("storetest.views", "", "a file to write the rows of all views to, as a new views.txt")

// views tests that the documented views have the same rows in all engines.
func views(run runner) {
	run("they have no rows in a new database", func(t *T) {
		for _, view := range migrations.Views() {
			t.same(view.Name, rowsOf(t, view), []string{})
		}
	})
	run("they have the same rows in all engines", func(t *T) {
		t.write(recordForViews)
		t.write(func(w store.Writer) { // what an engine may keep apart until it has the time
			id := study(w, "bracket")
			late := taught(failed(id, 40, "error 1", "late"), "late")
			late.Items, late.Shown = []string{"a", "later", "a"}, []string{"b"}
			again := objective(id, 2, -7)
			again.Items = []string{"a", "none"}
			record(w, late, again, again, blame(id, 2, "a", "c"), objective(study(w, "beam"), 9, 99))
		})
		var text strings.Builder
		for _, view := range migrations.Views() {
			fmt.Fprintf(&text, "%s:\n%s\n", view.Name, strings.Join(rowsOf(t, view), "\n"))
		}
		t.same("the rows", strings.Split(text.String(), "\n"), strings.Split(viewRows, "\n"))
		if *viewsFile != "" {
			if err := os.WriteFile(*viewsFile, []byte(text.String()), 0o666); err != nil {
				t.Error(err)
			}
		}
	})
}

// rowsOf returns the rows of a view in an order that does not depend on the engine.
func rowsOf(t *T, view migrations.View) (rows []string) {
	t.Helper()
	q, err := t.Questions(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	}()
	var a answer
	if err := q.Ask(t.Context(), "select * from "+view.Name, nil, &a); err != nil {
		t.Fatal(err)
	}
	var columns []string
	for _, c := range view.Columns {
		columns = append(columns, c.Name)
	}
	t.same("the columns of "+view.Name, a.columns, columns)
	for _, values := range a.rows {
		var row []string
		for i, value := range values {
			// A value of a design variable is a number in SQLite, and text in PostgreSQL.
			row = append(row, shownValue(value, view.Name == "design_variables" && columns[i] == "value"))
		}
		rows = append(rows, strings.Join(row, " | "))
	}
	slices.Sort(rows)
	return rows
}

func shownValue(value any, plain bool) string {
	switch v := value.(type) {
	case float64:
		return strconv.FormatFloat(v, 'g', 12, 64) // engines may add in another order
	case string:
		if !plain {
			return strconv.Quote(v)
		}
	}
	return fmt.Sprint(value)
}

// recordForViews records events of all kinds.
func recordForViews(w store.Writer) {
	bracket, beam := study(w, "bracket"), study(w, "beam")
	study(w, "empty")
	done(w.SetDirection(beam, "maximize"))
	dated := item("tool-1")
	dated.CreatedAt, dated.LastUsedAt, dated.Category, dated.Tags = "2025-12-31T23:30:00.5-01:30", new("2026-02-30"), "tool", `["a", "b"]`
	got(w.AddItem(dated))
	numbers := add(w, "a", "b", "c", "d")
	for n := range int64(30) {
		e := objective(bracket, n%25, float64((n*7)%11)-0.5)
		if n%3 == 0 {
			e = failed(bracket, n%25, fmt.Sprint("error ", n%2), "Diverged; é")
			e.Outcome.Objective = new(-1000.0)
			e.Errors[1].Kind = store.ConstraintViolation
		}
		e.Time = noon.Add(time.Duration(n) * time.Minute)
		e.Items = []string{[]string{"a", "b", "later"}[n%3], "a", "c"}[:n%4]
		e.Shown = []string{"b", "d", "later"}[:n%3]
		e.Outcome.DesignVariables = fmt.Sprintf(`{"x": %d, "y": 0.5, "name": "é", "on": %v, "off": null}`, n, n%2 == 0)
		e.Outcome.Extractor, e.Outcome.DurationSeconds = "stress", float64(n)/4
		if n%5 == 0 {
			e.Outcome.Details = new(`{"n":  1}`)
			e = taught(e, fmt.Sprint("insight ", n%10))
		}
		e.Outcome.Holdout = len(e.Items) == 0
		record(w, e)
	}
	early := blame(beam, 7, "a", "a", "none")
	early.Time = time.UnixMicro(-1)
	record(w, objective(beam, 1, 3), objective(beam, 2, 5), objective(beam, 3, 5), early)
	reset(w, beam)
	record(w, objective(beam, 1, 4), objective(beam, 1, 2), trial(beam, 2, false, "b"))
	void(w, bracket, 1, 1, false)
	void(w, bracket, 2, 1, false)
	void(w, bracket, 2, 1, true)
	add(w, "later")

	pending := got(w.PendingInsights(bracket, 0, -1))
	done(w.EditInsight(pending[0].ID, "edited"))
	end := happen(w, bracket, store.FinalizeEvent)
	done(w.SettleInsight(pending[0].ID, end, numbers[1], true))
	done(w.SettleInsight(pending[1].ID, end, numbers[0], false))
	done(w.Retire(store.Retirement{Item: numbers[2], Reason: store.Pruned, Event: &end, RetiredUS: noon.UnixMicro()}))
	done(w.AddFinalization(store.Finalization{
		Event: end, Name: "bracket", TotalTrials: 30, BestValue: -0.5, ConvergenceRate: 0.25, Method: "tpe", SavePlaybook: true, PruneBy: "net-score",
		PruneBelow: new(int64(-3)), Added: 1, Merged: 1, Pruned: 1, Size: 5, Version: 3, Trials: 29, Successes: 19,
	}))
	reject := happen(w, bracket, store.RejectEvent)
	done(w.AddReason(reject, "noise"))
	done(w.RejectInsight(pending[2].ID, reject))
	done(w.CountSettled(bracket, 3))

	edit := happen(w, bracket, store.EditItemEvent)
	done(w.AddItemChange(store.ItemChange{Event: edit, Item: numbers[0], Before: new("before"), After: new("after")}))
	merge := retire(w, beam, numbers[3], store.Merged)
	done(w.AddItemChange(store.ItemChange{Event: merge, Item: numbers[3], Into: &numbers[0]}))
	done(w.Adjust(store.Adjustment{Item: numbers[0], Helpful: 2, Harmful: 1, Reason: store.ByMerge, Event: &merge}))
	file := got(w.AddImport("/playbook.json", []byte{1}, noon))
	done(w.Adjust(store.Adjustment{Item: numbers[1], Helpful: 4, Reason: store.ByImport, Import: &file, TimeUS: -1_500_000}))
	done(w.Retire(store.Retirement{Item: numbers[1], Reason: store.Removed, Import: &file, RetiredUS: noon.UnixMicro()}))
}
