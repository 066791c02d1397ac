package feedback_test

import (
	"testing"

	"atomizer-db/feedback/event"

	"github.com/google/go-cmp/cmp"
)

// The legacy loop multiplies the rate by 100 before it formats it, so that it can
// overflow.
func TestARateThatOverflowsIsWrittenAsInTheLegacyLoop(t *testing.T) {
	onEachEngine(t, aRateThatOverflowsIsWrittenAsInTheLegacyLoop)
}

func aRateThatOverflowsIsWrittenAsInTheLegacyLoop(t *testing.T, on backend) {
	t.Helper()
	loop := on.new(t)
	apply(t, loop, event.Summary{Name: "s", Method: "m", TotalTrials: 2, ConvergenceRate: 1e308, BestValue: 1})
	apply(t, loop, event.Summary{Name: "s", Method: "m", TotalTrials: 2, ConvergenceRate: -1e308})
	items, err := loop.Items(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	var contents []string
	for _, item := range items {
		contents = append(contents, item.Content)
	}
	if diff := cmp.Diff([]string{
		"m converges reliably on s: inf% of 2 trials succeeded, best value 1",
		"m struggles on s: -inf% of 2 trials succeeded",
	}, contents); diff != "" {
		t.Error(diff)
	}
}
