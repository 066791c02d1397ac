package feedback_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

// TestRankings ranks an item that every trial uses, one that was used in one successful
// trial, one that helps and one that harms.
func TestRankings(t *testing.T) {
	loop := open(t, filepath.Join(t.TempDir(), "x.db"))
	for _, content := range []string{"harms", "lucky", "good", "always", "new"} {
		if _, _, err := loop.AddItem(t.Context(), "str", content); err != nil {
			t.Fatal(err)
		}
	}
	const harms, lucky, good, always = "str-00001", "str-00002", "str-00003", "str-00004"
	for n := range int64(60) {
		trial := event.Trial{Number: n, ContextItems: []string{always}, Success: n%2 == 0}
		switch {
		case n == 0:
			trial.ContextItems = append(trial.ContextItems, lucky)
		case n < 21:
			trial.ContextItems, trial.Success = append(trial.ContextItems, good), true
		case n < 41:
			trial.ContextItems, trial.Success = append(trial.ContextItems, harms), false
		default:
			trial.Success = n%4 > 0
		}
		apply(t, loop, trial)
	}
	for by, want := range map[feedback.Ranking]string{
		feedback.ByNetScore:   "good always lucky new harms",
		feedback.ByLowerBound: "good always lucky harms new", // 0 of both: by arrival
		feedback.ByLift:       "good lucky always new harms",
	} {
		items, err := loop.TopBy(t.Context(), by, 10)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, i := range items {
			got = append(got, i.Preview)
		}
		if !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("by %s: %v, want %s", by, got, want)
		}
		if first, err := loop.TopBy(t.Context(), by, 2); err != nil || len(first) != 2 || first[1].ID != items[1].ID {
			t.Errorf("the first two by %s: %v, %v", by, first, err)
		}
	}
	if _, err := loop.TopBy(t.Context(), feedback.ByLift, -1); err == nil {
		t.Error("no error for -1 items")
	}
}
