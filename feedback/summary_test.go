package feedback_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

func summarize(t *testing.T, loop *feedback.Loop, key string) event.Summary {
	t.Helper()
	summary, _, err := loop.Summarize(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

func TestSummarizeSaysWhatTheLedgerHas(t *testing.T) { onEachEngine(t, summarizeSaysWhatTheLedgerHas) }

func summarizeSaysWhatTheLedgerHas(t *testing.T, on backend) {
	t.Helper()
	loop := on.new(t)
	if diff := cmp.Diff(event.Summary{Name: "default"}, summarize(t, loop, "")); diff != "" {
		t.Errorf("before the first trial: %s", diff)
	}
	apply(t, loop, trial(1, 0.5), event.Reset{}, trial(2, 5), trial(3, 4), trial(4, 1), failed(5, "diverged"), event.Void{TrialNumber: 4})
	want := event.Summary{Name: "default", TotalTrials: 3, BestValue: 4, ConvergenceRate: 2.0 / 3}
	if diff := cmp.Diff(want, summarize(t, loop, "")); diff != "" {
		t.Error(diff)
	}
	if err := loop.SetDirection(t.Context(), event.Maximize); err != nil {
		t.Fatal(err)
	}
	want.BestValue = 5
	if diff := cmp.Diff(want, summarize(t, loop, "")); diff != "" {
		t.Errorf("to maximize: %s", diff)
	}
	if _, _, err := loop.AllStudies().Summarize(t.Context(), ""); err == nil {
		t.Error("all studies were summarized as one")
	}
}

func TestASummaryWithAKeyIsADuplicateAfterFurtherTrials(t *testing.T) {
	onEachEngine(t, aSummaryWithAKeyIsADuplicateAfterFurtherTrials)
}

func aSummaryWithAKeyIsADuplicateAfterFurtherTrials(t *testing.T, on backend) {
	t.Helper()
	loop := on.new(t)
	apply(t, loop, trial(1, 5))
	for _, duplicate := range []bool{false, true} {
		answer, err := loop.Finalize(t.Context(), summarize(t, loop, "end"))
		if err != nil || answer.Duplicate != duplicate {
			t.Errorf("%+v, %v", answer, err)
		}
		if told := answer.BestObjective != nil; told == duplicate {
			t.Errorf("best objective %+v", answer.BestObjective)
		}
		apply(t, loop, trial(2, 3))
	}
}
