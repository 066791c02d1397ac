package feedback_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/report"
)

// seen is everything that a void may change.
type seen struct {
	Performance report.Performances
	Statistics  report.Statistics
	Pending     []feedback.PendingInsight
}

func see(t *testing.T, loop *feedback.Loop) (s seen) {
	t.Helper()
	var err error
	if s.Performance, err = loop.Performance(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.Pending, err = loop.Insights(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Statistics = statistics(t, loop)
	return s
}

func TestVoidAndUndo(t *testing.T) { onEachEngine(t, voidAndUndo) }

func voidAndUndo(t *testing.T, on backend) {
	t.Helper()
	loop := on.new(t)
	for _, content := range []string{"one", "two"} {
		if _, _, err := loop.AddItem(t.Context(), "str", content); err != nil {
			t.Fatal(err)
		}
	}
	good := event.Trial{Number: 1, Success: true, ContextItems: []string{"str-00001", "str-00001", "nope"}}
	bad := event.Trial{Number: 1, ContextItems: []string{"str-00002"}, Errors: []string{"mesh"}}
	apply(t, loop, good)
	first := see(t, loop)
	apply(t, loop, bad)
	both := see(t, loop)

	answer := apply(t, loop, event.Void{TrialNumber: 1})[0].(feedback.VoidAnswer)
	if answer.Attempt != 2 || answer.Success || !answer.Voided {
		t.Errorf("voided %+v, want the latest attempt", answer)
	}
	if diff := cmp.Diff(first, see(t, loop)); diff != "" {
		t.Errorf("after the void (-before the trial +now):\n%s", diff)
	}
	apply(t, loop, event.Void{TrialNumber: 1, Undo: true})
	if diff := cmp.Diff(both, see(t, loop)); diff != "" {
		t.Errorf("after the undo (-before the void +now):\n%s", diff)
	}
	apply(t, loop, event.Void{TrialNumber: 1, Attempt: 1})
	alone := on.new(t)
	for _, content := range []string{"one", "two"} {
		if _, _, err := alone.AddItem(t.Context(), "str", content); err != nil {
			t.Fatal(err)
		}
	}
	apply(t, alone, bad)
	if diff := cmp.Diff(see(t, alone), see(t, loop)); diff != "" {
		t.Errorf("after voiding the earlier attempt (-without it +now):\n%s", diff)
	}
}

func TestVoidAfterAResetChangesOnlyCounts(t *testing.T) {
	onEachEngine(t, voidAfterAResetChangesOnlyCounts)
}

func voidAfterAResetChangesOnlyCounts(t *testing.T, on backend) {
	t.Helper()
	loop := on.new(t)
	if _, _, err := loop.AddItem(t.Context(), "str", "one"); err != nil {
		t.Fatal(err)
	}
	apply(t, loop, event.Trial{Number: 1, Success: true, ContextItems: []string{"str-00001"}}, event.Reset{},
		event.Trial{Number: 2, Success: true, ContextItems: []string{"str-00001"}}, event.Void{TrialNumber: 1})
	now := see(t, loop)
	if p := now.Performance[0]; p.Helpful != 1 || p.TrialsUsedIn != 1 || now.Statistics.TotalTrialsProcessed != 1 {
		t.Errorf("%+v", now)
	}
}

func TestVoidOfAMissingTrialIsRefused(t *testing.T) { onEachEngine(t, voidOfAMissingTrialIsRefused) }

func voidOfAMissingTrialIsRefused(t *testing.T, on backend) {
	t.Helper()
	loop := on.new(t)
	apply(t, loop, event.Trial{Number: 1})
	for want, void := range map[error][]event.Void{
		feedback.ErrNotFound: {{TrialNumber: 2}, {TrialNumber: 1, Attempt: 2}},
		feedback.ErrConflict: {{TrialNumber: 1, Undo: true}, {TrialNumber: 1, Attempt: 1, Undo: true}},
	} {
		for _, v := range void {
			if _, err := loop.Apply(t.Context(), v); !errors.Is(err, want) {
				t.Errorf("%+v: %v", v, err)
			}
		}
	}
	keyed := event.Void{Header: event.Header{Key: "v"}, TrialNumber: 1}
	apply(t, loop, keyed)
	if answer := apply(t, loop, keyed)[0]; !answer.Duplicated() {
		t.Error("the same void again is not a duplicate")
	}
	if _, err := loop.Apply(t.Context(), event.Void{TrialNumber: 1}); !errors.Is(err, feedback.ErrConflict) {
		t.Errorf("a second void: %v", err)
	}
}
