package feedback_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/report"
	"atomizer-db/store"
)

func apply(t *testing.T, loop *feedback.Loop, events ...event.Event) []feedback.Answer {
	t.Helper()
	answers, err := loop.Apply(t.Context(), events...)
	if err != nil {
		t.Fatal(err)
	}
	return answers
}

func statistics(t *testing.T, loop *feedback.Loop) report.Statistics {
	t.Helper()
	s, err := loop.Statistics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStudiesShareOnlyThePlaybook(t *testing.T) { onEachEngine(t, studiesShareOnlyThePlaybook) }

func studiesShareOnlyThePlaybook(t *testing.T, on backend) {
	t.Helper()
	a := on.new(t)
	b := a.Study("")
	name := "third"
	apply(t, a, event.Trial{Number: 1, Errors: []string{"mesh"}}, event.Trial{Header: event.Header{Study: &name}, Number: 1, Errors: []string{"license"}})
	apply(t, b, event.Trial{Number: 1, Errors: []string{"disk"}})
	apply(t, a, event.Summary{})
	apply(t, b, event.Trial{Number: 2, Success: true, ContextItems: []string{"mis-00001"}})

	if got := statistics(t, a); got.TotalTrialsProcessed != 1 || got.PendingInsights != 0 || got.PlaybookItems != 1 {
		t.Errorf("the first study: %+v", got)
	}
	if got := statistics(t, b); got.TotalTrialsProcessed != 2 || got.SuccessfulTrials != 1 || got.PendingInsights != 1 || got.PlaybookItems != 1 {
		t.Errorf("the study with the empty name: %+v", got)
	}
	if got := statistics(t, a.AllStudies()); got.TotalTrialsProcessed != 4 || got.PendingInsights != 2 {
		t.Errorf("all studies: %+v", got)
	}
	for loop, want := range map[*feedback.Loop]int64{a: 0, b: 1, a.AllStudies(): 1} {
		performance, err := loop.Performance(t.Context())
		if err != nil || len(performance) != 1 || performance[0].TrialsUsedIn != want || performance[0].Helpful != 1 {
			t.Errorf("study %q: %+v, %v", loop.StudyName(), performance, err)
		}
	}
	if _, err := a.AllStudies().RecordTrial(t.Context(), event.Trial{}); err == nil {
		t.Error("a trial of no study was recorded")
	}
}

func TestSourceTrialsOfSeveralStudiesAreExportedOnce(t *testing.T) {
	onEachEngine(t, sourceTrialsOfSeveralStudiesAreExportedOnce)
}

func sourceTrialsOfSeveralStudiesAreExportedOnce(t *testing.T, on backend) {
	t.Helper()
	a := on.new(t)
	for _, loop := range []*feedback.Loop{a, a.Study("b")} {
		apply(t, loop, event.Trial{Number: 7, Errors: []string{"mesh"}}, event.Summary{})
	}
	book, _ := exported(t, a)
	if diff := cmp.Diff([]int64{7}, book.Items[0].SourceTrials); diff != "" {
		t.Error(diff)
	}
}

func TestAnEventWithAKeyIsRecordedOnce(t *testing.T) { onEachEngine(t, anEventWithAKeyIsRecordedOnce) }

func anEventWithAKeyIsRecordedOnce(t *testing.T, on backend) {
	t.Helper()
	loop := on.new(t)
	apply(t, loop, event.Trial{Number: 1, Errors: []string{"mesh"}})
	keyed := func(key string) event.Header { return event.Header{Key: key} }
	one := 1.0
	events := []event.Event{
		event.Trial{Header: keyed("t"), Number: 2, Success: true, Objective: &one, Extractor: "e", DesignVariables: map[string]any{"a": 1, "b": "x"}},
		event.ErrorReport{Header: keyed("e"), TrialNumber: 2, ErrorType: "a", Message: "b"},
		event.Summary{Header: keyed("f"), Name: "n"},
		event.Reset{Header: keyed("r")},
	}
	first := apply(t, loop, events...)
	before := statistics(t, loop)
	again := apply(t, loop, events...)
	for i := range events {
		if first[i].Duplicated() || !again[i].Duplicated() {
			t.Errorf("event %d: %+v, then %+v", i, first[i], again[i])
		}
	}
	trial, finalize := first[0].(feedback.TrialAnswer), first[2].(feedback.FinalizeAnswer)
	trial.Duplicate, finalize.Duplicate = true, true
	if diff := cmp.Diff([]feedback.Answer{trial, again[1], finalize, again[3]}, again); diff != "" {
		t.Errorf("the duplicates have other answers:\n%s", diff)
	}
	if after := statistics(t, loop); after != before {
		t.Errorf("a duplicate counted: %+v, %+v", before, after)
	}
	for _, line := range []string{ // the same content, written differently
		`{"type": "trial", "key": "t", "success": true, "trial_number": 2, "objective_value": 1e0, "extractor_used": "e", "design_variables": {"b": "\u0078", "a": 1.0}, "errors": null}`,
		`{"type": "finalize", "key": "f", "name": "n", "save_playbook": true, "total_trials": 0}`,
	} {
		event, err := event.Decode([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		if answers := apply(t, loop, event); !answers[0].Duplicated() {
			t.Errorf("%s is not a duplicate", line)
		}
	}
	for _, event := range []event.Event{
		event.Trial{Header: keyed("t"), Number: 3, Success: true},
		event.Trial{Header: keyed("e"), Number: 3},
		event.Reset{Header: keyed("f")},
	} {
		if _, err := loop.Apply(t.Context(), event); !errors.Is(err, feedback.ErrConflict) {
			t.Errorf("other content under the same key: %v", err)
		}
	}
	if answers := apply(t, loop.Study("other"), events[0]); answers[0].Duplicated() {
		t.Error("the same key in another study is a duplicate")
	}
}

func TestApplyRecordsTheEventsBeforeAnInvalidOne(t *testing.T) {
	onEachEngine(t, applyRecordsTheEventsBeforeAnInvalidOne)
}

func applyRecordsTheEventsBeforeAnInvalidOne(t *testing.T, on backend) {
	t.Helper()
	loop := on.new(t)
	answers, err := loop.Apply(t.Context(), event.Trial{Number: 1}, event.Trial{Number: 2}, event.Trial{Number: 3, Errors: []string{"\x00"}}, event.Trial{Number: 4})
	var failed *feedback.EventError
	if !errors.As(err, &failed) || failed.Index != 2 || len(answers) != 2 {
		t.Fatalf("%d answers, %v", len(answers), err)
	}
	if got := statistics(t, loop); got.TotalTrialsProcessed != 2 {
		t.Errorf("%d trials, want 2", got.TotalTrialsProcessed)
	}
}

func TestLargeTextIsKeptWhole(t *testing.T) { onEachEngine(t, largeTextIsKeptWhole) }

func largeTextIsKeptWhole(t *testing.T, on backend) {
	t.Helper()
	p := on.place(t)
	loop := p.open(t)
	large := strings.Repeat("Ω", 1<<19)
	item, _, err := loop.AddItem(t.Context(), "str", large)
	if err != nil {
		t.Fatal(err)
	}
	apply(t, loop, event.Trial{
		Number: 1, Success: true, ContextItems: []string{large[:2000], item.ID}, Errors: []string{large}, Extractor: large,
		DesignVariables: map[string]any{large: large},
	}, event.ErrorReport{ErrorType: large, Message: large}, event.Summary{Name: large, Method: large, TotalTrials: 1})
	book, first := exported(t, loop)
	if book.Items[0].Content != large || book.Items[0].Helpful != 1 {
		t.Error("the item changed")
	}
	trials, err := loop.Trials(t.Context())
	if err != nil || trials[0].DesignVariables[large] != large {
		t.Errorf("the design variable changed: %v", err)
	}
	other := on.new(t)
	importFile(t, other, p.playbook, "")
	copied, _ := exported(t, other)
	copied.Version, copied.LastUpdated = book.Version, book.LastUpdated
	if text, err := copied.Encode(); err != nil || string(text) != first {
		t.Errorf("export after import has other content: %v", err)
	}
}

// TestPostgreSQLRefusesTextThatItCannotIndex records ids, keys and studies with long names.
func TestPostgreSQLRefusesTextThatItCannotIndex(t *testing.T) {
	loop := onPostgreSQL.new(t)
	var long strings.Builder
	for n := range 3000 { // compressing it does not make it much shorter
		fmt.Fprint(&long, n*n)
	}
	for _, refused := range []event.Event{
		event.Trial{ContextItems: []string{long.String()}},
		event.Trial{Header: event.Header{Key: long.String()}},
		event.Trial{Header: event.Header{Study: new(long.String())}},
	} {
		if _, err := loop.Apply(t.Context(), refused); !errors.Is(err, store.ErrUnstorable) || strings.Contains(err.Error(), "\n") {
			t.Errorf("got %v", err)
		}
	}
	if studies, err := loop.Studies(t.Context()); err != nil || len(studies) > 0 {
		t.Errorf("%+v, %v", studies, err)
	}
}

func TestPreviewAgreesWithFinalizeAndChangesNothing(t *testing.T) {
	onEachEngine(t, previewAgreesWithFinalizeAndChangesNothing)
}

func previewAgreesWithFinalizeAndChangesNothing(t *testing.T, on backend) {
	t.Helper()
	loop := on.new(t)
	bad, _, err := loop.AddItem(t.Context(), "wf", "halve it")
	if err != nil {
		t.Fatal(err)
	}
	for n := range int64(3) {
		apply(t, loop, event.Trial{Number: n, ContextItems: []string{bad.ID}, Errors: []string{"mesh"}})
	}
	_, before := exported(t, loop)
	preview, err := loop.PreviewFinalize(t.Context(), event.Summary{})
	if err != nil {
		t.Fatal(err)
	}
	if _, after := exported(t, loop); after != before {
		t.Error("the preview changed the playbook")
	}
	if _, err := os.Stat(loop.PlaybookFile()); !errors.Is(err, os.ErrNotExist) {
		t.Error("the preview wrote playbook.json")
	}
	if len(preview.Added) != 1 || preview.Added[0].ID != "mis-00001" || len(preview.Pruned) != 1 || preview.Pruned[0].ID != bad.ID {
		t.Errorf("the preview is %+v", preview)
	}
	answer, err := loop.Finalize(t.Context(), event.Summary{})
	preview.Answer.Pruned = preview.Pruned
	if diff := cmp.Diff(preview.Answer, answer); err != nil || diff != "" {
		t.Errorf("finalize: %v (-preview +finalize):\n%s", err, diff)
	}
	item, err := loop.RestoreItem(t.Context(), event.RestoreItem{Item: bad.ID})
	if err != nil || item.NetScore != 0 || item.Retired != nil {
		t.Errorf("restored: %+v, %v", item, err)
	}
	book, _ := exported(t, loop)
	if book.Items[0].ID != bad.ID {
		t.Error("the restored item is not in its old place")
	}
	if _, err := loop.RestoreItem(t.Context(), event.RestoreItem{Item: bad.ID}); !errors.Is(err, feedback.ErrConflict) {
		t.Errorf("restoring a live item: %v", err)
	}
	if _, err := loop.RestoreItem(t.Context(), event.RestoreItem{Item: "none"}); !errors.Is(err, feedback.ErrNotFound) {
		t.Errorf("restoring a missing item: %v", err)
	}
}

func TestManyGoroutinesRecord(t *testing.T) { onEachEngine(t, manyGoroutinesRecord) }

func manyGoroutinesRecord(t *testing.T, on backend) {
	t.Helper()
	loop := on.new(t)
	item, _, err := loop.AddItem(t.Context(), "str", "s")
	if err != nil {
		t.Fatal(err)
	}
	const goroutines, each = 8, 20
	var group sync.WaitGroup
	for g := range goroutines {
		group.Go(func() {
			for n := range each {
				trial := event.Trial{Number: int64(g*each + n), Success: n%2 == 0, ContextItems: []string{item.ID}}
				if _, err := loop.Study(fmt.Sprint(g%3)).RecordTrial(t.Context(), trial); err != nil {
					t.Error(err)
				}
				if _, err := loop.Top(t.Context(), 1); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	performance, err := loop.AllStudies().Performance(t.Context())
	if err != nil || performance[0].Helpful != goroutines*each/2 || performance[0].TrialsUsedIn != goroutines*each {
		t.Errorf("%+v, %v", performance, err)
	}
}

func TestReadOnlyCreatesNoDatabaseAndCannotWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	if _, err := feedback.Open(t.Context(), path, feedback.ReadOnly()); !errors.Is(err, feedback.ErrNotFound) || !strings.Contains(err.Error(), path) {
		t.Errorf("a missing database: %v", err)
	}
	apply(t, open(t, path), event.Trial{Number: 1})
	loop, err := feedback.Open(t.Context(), path, feedback.ReadOnly())
	if err != nil {
		t.Fatal(err)
	}
	defer loop.Close()
	if _, err := loop.RecordTrial(t.Context(), event.Trial{Number: 2}); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("writing: %v", err)
	}
	if got := statistics(t, loop); got.TotalTrialsProcessed != 1 {
		t.Errorf("%+v", got)
	}
}

func TestInvalidStudyNamesAreRefused(t *testing.T) { onEachEngine(t, invalidStudyNamesAreRefused) }

func invalidStudyNamesAreRefused(t *testing.T, on backend) {
	t.Helper()
	loop := on.new(t)
	for _, name := range []string{"\xff", "a\x00"} {
		if _, err := loop.Study(name).RecordTrial(t.Context(), event.Trial{Number: 1}); err == nil {
			t.Errorf("%q was accepted", name)
		}
	}
	if studies, err := loop.Studies(t.Context()); err != nil || len(studies) > 0 {
		t.Errorf("%+v, %v", studies, err)
	}
}
