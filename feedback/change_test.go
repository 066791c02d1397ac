package feedback_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

// failing returns trials that exceed a stress limit by different amounts.
func failing(numbers ...int64) (trials []event.Event) {
	for _, n := range numbers {
		trials = append(trials, event.Trial{Number: n, ConstraintViolations: []string{fmt.Sprintf("stress %d exceeds 250", 250+n)}})
	}
	return trials
}

func TestMistakesShowHowOftenTheyHappened(t *testing.T) {
	onEachEngine(t, mistakesShowHowOftenTheyHappened)
}

func mistakesShowHowOftenTheyHappened(t *testing.T, on backend) {
	t.Helper()
	loop := on.new(t)
	apply(t, loop, failing(20, 291, 1, 7)...)
	pending, err := loop.Insights(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []feedback.PendingInsight{{
		ID: 1, Study: "default", Category: "mis", Content: "Constraint violated: stress 270 exceeds 250",
		Generalized: "Constraint violated: stress … exceeds 250 (4 trials, 251 to 541)", Insights: 4, Trials: []int64{20, 291, 1, 7}, Trial: new(int64(20)),
	}}
	if diff := cmp.Diff(want, pending); diff != "" {
		t.Errorf("pending (-want +got):\n%s", diff)
	}
	for range 2 { // the second time from the stored ranges
		apply(t, loop, event.CommitInsights{})
		apply(t, loop, failing(7, 30)...)
	}
	apply(t, loop, failing(700)...)
	apply(t, loop, event.Summary{NoSave: true})
	items, err := loop.Items(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := items[0].Generalized, "Constraint violated: stress … exceeds 250 (6 trials, 251 to 950)"; got != want || items[0].Content != "Constraint violated: stress 270 exceeds 250" {
		t.Errorf("the item is shown as %q, want %q", got, want)
	}
	apply(t, loop, event.EditItem{Item: items[0].ID, Content: "Thicken 2 ribs"})
	items, err = loop.Items(t.Context(), false)
	if err != nil || items[0].Generalized != "Thicken 2 ribs (6 trials)" {
		t.Errorf("the edited item is shown as %q, %v", items[0].Generalized, err)
	}
}

func TestAnswersNameUnknownItems(t *testing.T) { onEachEngine(t, answersNameUnknownItems) }

func answersNameUnknownItems(t *testing.T, on backend) {
	t.Helper()
	loop, ids := on.withItems(t, 3)
	apply(t, loop, event.MergeItems{Item: ids[1], Into: ids[0]}, event.RetireItem{Item: ids[2]})
	trial := event.Trial{Header: event.Header{Key: "k"}, Number: 1, Success: true, ContextItems: []string{"z", ids[0], ids[1], "a,b", ids[2], "z", ""}}
	for range 2 { // a duplicate gets the same answer
		answer, err := loop.RecordTrial(t.Context(), trial)
		want := feedback.Named{UnknownItems: []string{"", "a,b", ids[1], ids[2], "z"}, MergedItems: map[string]string{ids[1]: ids[0]}}
		if diff := cmp.Diff(want, answer.Named); err != nil || diff != "" || answer.ItemsUpdated != 1 {
			t.Errorf("%+v, %v (-want +got):\n%s", answer, err, diff)
		}
	}
	answer, err := loop.RecordError(t.Context(), event.ErrorReport{TrialNumber: 2, ErrorType: "license", ContextItems: []string{"st-0001", ids[0]}})
	if err != nil || !slices.Equal(answer.UnknownItems, []string{"st-0001"}) {
		t.Errorf("%+v, %v", answer, err)
	}
}

func TestStrictRefusesUnknownItems(t *testing.T) { onEachEngine(t, strictRefusesUnknownItems) }

func strictRefusesUnknownItems(t *testing.T, on backend) {
	t.Helper()
	loop := on.new(t, feedback.Strict())
	item, _, err := loop.AddItem(t.Context(), "str", "advice")
	if err != nil {
		t.Fatal(err)
	}
	answers, err := loop.Apply(t.Context(), event.Trial{Number: 1, ContextItems: []string{item.ID}},
		event.Trial{Number: 2, ContextItems: []string{item.ID, "str-00002"}}, event.Trial{Number: 3})
	failed, ok := errors.AsType[*feedback.EventError](err)
	if len(answers) != 1 || !ok || failed.Index != 1 || !errors.Is(err, feedback.ErrNoItem) {
		t.Errorf("%v, %v", answers, err)
	}
	if statistics, err := loop.Statistics(t.Context()); err != nil || statistics.TotalTrialsProcessed != 1 {
		t.Errorf("%+v, %v", statistics, err)
	}
}

// TestCommitEvery records trials of two studies in one batch, with a duplicate among them.
func TestCommitEvery(t *testing.T) { onEachEngine(t, commitEvery) }

func commitEvery(t *testing.T, on backend) {
	t.Helper()
	loop := on.new(t, feedback.CommitEvery(3))
	other := "other"
	var batch []event.Event
	for n := range int64(8) {
		batch = append(batch, event.Trial{Header: event.Header{Key: fmt.Sprint(n)}, Number: n, Errors: []string{fmt.Sprintf("error %c", 'a'+n)}})
		if n == 1 {
			batch = append(batch, batch[0], event.Trial{Header: event.Header{Study: &other}, Number: 1, Errors: []string{"of the other"}})
		}
	}
	answers, err := loop.Apply(t.Context(), batch...)
	if err != nil {
		t.Fatal(err)
	}
	var committed []int64 // trials
	for i, answer := range answers {
		if a := answer.(feedback.TrialAnswer); a.Committed != nil {
			committed = append(committed, batch[i].(event.Trial).Number)
			if a.Committed.Insights != 3 || a.Committed.Added != 3 || a.Committed.Pending != 0 {
				t.Errorf("%+v", *a.Committed)
			}
		}
	}
	if !slices.Equal(committed, []int64{2, 5}) {
		t.Errorf("committed after %v", committed)
	}
	statistics, err := loop.AllStudies().Statistics(t.Context())
	if err != nil || statistics.PendingInsights != 3 || statistics.PlaybookItems != 6 {
		t.Errorf("%+v, %v", statistics, err)
	}
	var types []string
	if err := loop.Events(t.Context(), func(e event.Event) error { types = append(types, e.Type()); return nil }); err != nil {
		t.Fatal(err)
	}
	if want := "playbook study trial trial trial commit_insights trial trial trial commit_insights trial trial"; fmt.Sprint(types) != "["+want+"]" {
		t.Errorf("the ledger has %v", types)
	}
}

func TestTheFirstDirectionCounts(t *testing.T) { onEachEngine(t, theFirstDirectionCounts) }

func theFirstDirectionCounts(t *testing.T, on backend) {
	t.Helper()
	loop := on.new(t)
	with := func(direction string) event.Event {
		return event.Trial{Header: event.Header{Direction: direction}, Success: true}
	}
	direction := func() string {
		studies, err := loop.Studies(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return studies[0].Direction
	}
	apply(t, loop, with(""), with(event.Maximize), with(""), with(event.Maximize))
	if got := direction(); got != event.Maximize {
		t.Errorf("the direction is %s", got)
	}
	if _, err := loop.Apply(t.Context(), with(event.Minimize)); !errors.Is(err, feedback.ErrConflict) {
		t.Errorf("another direction: %v", err)
	}
	if err := loop.SetDirection(t.Context(), event.Minimize); err != nil {
		t.Fatal(err)
	}
	apply(t, loop, with(event.Minimize))
	if _, err := loop.BeginStudy(t.Context(), event.Maximize); !errors.Is(err, feedback.ErrConflict) {
		t.Errorf("beginning the study with another direction: %v", err)
	}
	if _, err := loop.Study("new").BeginStudy(t.Context(), event.Maximize); err != nil {
		t.Fatal(err)
	}
	if _, err := loop.Apply(t.Context(), event.Trial{Header: event.Header{Direction: "up"}}); err == nil {
		t.Error("a direction of up is accepted")
	}
}

// TestChangesWithKeysAreRecordedOnce sends each change twice.
func TestChangesWithKeysAreRecordedOnce(t *testing.T) {
	onEachEngine(t, changesWithKeysAreRecordedOnce)
}

func changesWithKeysAreRecordedOnce(t *testing.T, on backend) {
	t.Helper()
	loop, ids := on.withItems(t, 3)
	apply(t, loop, failing(1, 2)...)
	apply(t, loop, event.Trial{Number: 3, Errors: []string{"mesh"}}, event.Trial{Number: 4, ContextItems: ids})
	text := event.InsightText{Category: "mis", Content: "Constraint violated: stress 1 exceeds 250"}
	for i, change := range []event.Event{
		event.EditInsight{Category: text.Category, Content: text.Content, NewContent: "Thicken the ribs"},
		event.CommitInsights{Insights: []event.InsightText{{Category: "mis", Content: "Thicken the ribs"}}},
		event.RejectInsights{Insights: []event.InsightText{{Category: "mis", Content: "Mesh failure: mesh"}}, Reason: "noise"},
		event.CommitInsights{},
		event.EditItem{Item: ids[0], Content: "Thicken it"},
		event.TagItem{Item: ids[0], Add: []string{"ribs"}},
		event.MergeItems{Item: ids[1], Into: ids[0]},
		event.RetireItem{Item: ids[2], Reason: "wrong"},
		event.RestoreItem{Item: ids[2]},
	} {
		change = keyed(change, fmt.Sprint("change ", i))
		first := apply(t, loop, change)[0]
		second := apply(t, loop, change)[0]
		if first.Duplicated() || !second.Duplicated() {
			t.Errorf("%s: %+v, then %+v", change.Type(), first, second)
		}
	}
	history, err := loop.ItemHistory(t.Context(), ids[0])
	if err != nil {
		t.Fatal(err)
	}
	if len(history.Changes) != 3 || history.Content != "Thicken it" || !slices.Equal(history.Tags, []string{"ribs"}) || history.HarmfulCount != 2 {
		t.Errorf("%+v", history)
	}
	// What an insight said before it was edited still leads to the item.
	apply(t, loop, append(failing(9), event.CommitInsights{})...)
	items, err := loop.Items(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	if last := items[len(items)-1]; len(items) != 4 || !slices.Equal(items[2].SourceTrials, []int64{1, 2, 9}) {
		t.Errorf("%d items, the last is %+v", len(items), last)
	}
}

// TestCountsFollowMergedItems merges an item, voids a trial that it was used in, prunes and restores.
func TestCountsFollowMergedItems(t *testing.T) { onEachEngine(t, countsFollowMergedItems) }

func countsFollowMergedItems(t *testing.T, on backend) {
	t.Helper()
	counts := func(loop *feedback.Loop, id string) [2]int64 {
		item, err := loop.ItemHistory(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return [2]int64{item.HelpfulCount, item.HarmfulCount}
	}
	expect := func(loop *feedback.Loop, what string, want map[string][2]int64) {
		t.Helper()
		for id, counts1 := range want {
			if got := counts(loop, id); got != counts1 {
				t.Errorf("%s: %s has %v, want %v", what, id, got, counts1)
			}
		}
		if problems, err := loop.Check(t.Context()); err != nil || len(problems) > 0 {
			t.Errorf("%s: %v, %v", what, problems, err)
		}
	}
	begin := func() (*feedback.Loop, string, string, string) {
		loop, ids := on.withItems(t, 3)
		a, b, c := ids[0], ids[1], ids[2]
		apply(t, loop, event.Trial{Number: 1, ContextItems: []string{a}}, event.Trial{Number: 2, ContextItems: []string{a}},
			event.Trial{Number: 3, ContextItems: []string{a, b, b}}, event.Trial{Number: 4, Success: true, ContextItems: []string{b}})
		return loop, a, b, c
	}
	loop, a, b, c := begin()
	apply(t, loop, event.MergeItems{Item: b, Into: a}, event.MergeItems{Item: a, Into: c}, event.Void{TrialNumber: 3})
	expect(loop, "after a void", map[string][2]int64{a: {0, 0}, b: {0, 0}, c: {1, 2}})
	apply(t, loop, event.Void{TrialNumber: 3, Undo: true})
	expect(loop, "after its undo", map[string][2]int64{a: {0, 0}, b: {0, 0}, c: {1, 5}})
	apply(t, loop, event.Void{TrialNumber: 3}, event.RestoreItem{Item: a}, event.RestoreItem{Item: b})
	expect(loop, "after restoring both", map[string][2]int64{a: {0, 2}, b: {1, 0}, c: {0, 0}})

	for _, bFirst := range []bool{true, false} {
		loop, a, b, _ := begin()
		apply(t, loop, event.MergeItems{Item: a, Into: b}, event.Summary{NoSave: true}) // prunes b at -4
		order := []event.Event{event.RestoreItem{Item: a}, event.RestoreItem{Item: b}}
		if bFirst {
			slices.Reverse(order)
		}
		apply(t, loop, order...)
		expect(loop, "after a prune", map[string][2]int64{a: {0, 3}, b: {1, map[bool]int64{true: 0, false: 1}[bFirst]}})
	}
}

// TestWhatTwoMergesBroughtStaysUntilBothAreRestored has two items that were learned from the same trial.
func TestWhatTwoMergesBroughtStaysUntilBothAreRestored(t *testing.T) {
	onEachEngine(t, whatTwoMergesBroughtStaysUntilBothAreRestored)
}

func whatTwoMergesBroughtStaysUntilBothAreRestored(t *testing.T, on backend) {
	t.Helper()
	loop, ids := on.withItems(t, 1)
	apply(t, loop, event.Trial{Number: 5, Errors: []string{"mesh", "diverged"}}, event.CommitInsights{})
	sources := func() []int64 {
		item, err := loop.ItemHistory(t.Context(), ids[0])
		if err != nil {
			t.Fatal(err)
		}
		return item.SourceTrials
	}
	apply(t, loop, event.MergeItems{Item: "mis-00001", Into: ids[0]}, event.MergeItems{Item: "mis-00002", Into: ids[0]}, event.RestoreItem{Item: "mis-00001"})
	if got := sources(); !slices.Equal(got, []int64{5}) {
		t.Errorf("with one of them merged: %v", got)
	}
	apply(t, loop, event.RestoreItem{Item: "mis-00002"})
	if got := sources(); len(got) > 0 {
		t.Errorf("with none of them merged: %v", got)
	}
}

// TestRangesAreOfOneText edits a mistake and then repeats what it said before.
func TestRangesAreOfOneText(t *testing.T) {
	loop := open(t, filepath.Join(t.TempDir(), "playbook.db"))
	apply(t, loop, append(failing(1, 2), event.CommitInsights{}, event.EditItem{Item: "mis-00001", Content: "Mesh of 5 mm breaks at 7 mm"})...)
	apply(t, loop, append(failing(400, 500), event.CommitInsights{})...)
	items, err := loop.Items(t.Context(), false)
	if want := "Mesh of 5 mm breaks at 7 mm (4 trials)"; err != nil || items[0].Generalized != want {
		t.Errorf("got %q, want %q, %v", items[0].Generalized, want, err)
	}
}

// TestTrialsOfARetiredItemAreThoseThatNamedIt records more trials with an item after it left the
// playbook: both numbers of its page count them.
func TestTrialsOfARetiredItemAreThoseThatNamedIt(t *testing.T) {
	onEachEngine(t, trialsOfARetiredItemAreThoseThatNamedIt)
}

func trialsOfARetiredItemAreThoseThatNamedIt(t *testing.T, on backend) {
	t.Helper()
	loop := on.new(t)
	item, _, err := loop.AddItem(t.Context(), "str", "Thicken the web")
	if err != nil {
		t.Fatal(err)
	}
	apply(t, loop, event.Trial{Number: 1, Success: true, ContextItems: []string{item.ID}}, event.Trial{Number: 2, Success: true})
	if _, err := loop.RetireItem(t.Context(), event.RetireItem{Item: item.ID}); err != nil {
		t.Fatal(err)
	}
	apply(t, loop, event.Trial{Number: 3, ContextItems: []string{item.ID}, Errors: []string{"mesh failed"}})
	history, err := loop.ItemHistory(t.Context(), item.ID)
	if err != nil {
		t.Fatal(err)
	}
	trials, err := loop.ItemTrials(t.Context(), item.ID)
	if err != nil || trials.With.Trials != history.TrialsUsedIn || trials.With.Trials != 2 || trials.Without.Trials != 1 {
		t.Errorf("%d trials used it; %d with it, %d without; %v", history.TrialsUsedIn, trials.With.Trials, trials.Without.Trials, err)
	}
}
