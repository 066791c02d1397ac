package feedback_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/feedback"
	"atomizer-db/feedback/attribution"
	"atomizer-db/feedback/event"
	"atomizer-db/testdata/soak"
)

// prunedBy finalizes a study and returns what it pruned, by id.
func prunedBy(t *testing.T, loop *feedback.Loop, summary event.Summary) map[string]feedback.PrunedItem {
	t.Helper()
	summary.NoSave = true
	preview, err := loop.PreviewFinalize(t.Context(), summary)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := loop.Finalize(t.Context(), summary)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(preview.Pruned, append([]feedback.PrunedItem{}, answer.Pruned...)); diff != "" || answer.ItemsPruned != int64(len(answer.Pruned)) {
		t.Errorf("%d items pruned (-preview +finalize):\n%s", answer.ItemsPruned, diff)
	}
	pruned := map[string]feedback.PrunedItem{}
	for _, item := range answer.Pruned {
		pruned[item.ID] = item
	}
	return pruned
}

// TestPruningByAttributionSparesHarmlessItems has studies in which some 30% of the trials succeed, with
// 19 items without an effect and one that costs 30 points. At most 2% of the harmless ones may be
// pruned, where the net score prunes nearly all.
func TestPruningByAttributionSparesHarmlessItems(t *testing.T) {
	studies := soak.Rounds(20)
	harmless, caught, byScore := 0, 0, 0
	for seed := range uint64(studies) {
		loop, ids := withItems(t, 20)
		simulate(t, loop, seed, 400, 0.35, ids, effects{ids[4]: -0.3})
		byScore += len(prunedByPreview(t, loop, event.Summary{}))
		for id, item := range prunedBy(t, loop, event.Summary{PruneBy: event.PruneByAttribution}) {
			if item.Verdict != attribution.Harms || item.Lift == nil || *item.Lift >= 0 {
				t.Errorf("pruned: %+v", item)
			}
			if id == ids[4] {
				caught++
			} else {
				harmless++
			}
		}
	}
	t.Logf("of %d studies: the harmful item is pruned in %d, harmless ones %d times of %d; by net score %d items", studies, caught, harmless, 19*studies, byScore)
	if harmless*50 > 19*studies || caught < studies*3/4 {
		t.Errorf("of %d studies: the harmful item is pruned in %d, harmless ones %d times of %d", studies, caught, harmless, 19*studies)
	}
}

func prunedByPreview(t *testing.T, loop *feedback.Loop, summary event.Summary) []feedback.PrunedItem {
	t.Helper()
	preview, err := loop.PreviewFinalize(t.Context(), summary)
	if err != nil {
		t.Fatal(err)
	}
	return preview.Pruned
}

// harmed opens a loop with a harmful item, a harmless one with a low net score, and one with a net
// score of -1.
func (on backend) harmed(t *testing.T) (loop *feedback.Loop, ids []string) {
	t.Helper()
	loop, ids = on.withItems(t, 3)
	rng := rand.New(rand.NewPCG(9, 0))
	var events []event.Event
	for n := range int64(200) {
		trial := event.Trial{Number: n, Success: rng.IntN(5) < 2}
		if n%2 == 0 {
			trial.ContextItems = ids[1:2]
		}
		if n%3 == 0 {
			trial.Success = false
			trial.ContextItems = append(slices.Clone(trial.ContextItems), ids[0])
		}
		events = append(events, trial)
	}
	apply(t, loop, events...)
	apply(t, loop.Study("other"), event.Trial{ContextItems: ids[2:]})
	return loop, ids
}

func TestPruneRules(t *testing.T) {
	below := func(n int64) *int64 { return &n }
	for name, c := range map[string]struct {
		summary event.Summary
		want    []int // items
	}{
		"the legacy rule":         {event.Summary{}, []int{0, 1}},
		"net score, given":        {event.Summary{PruneBy: event.PruneByNetScore}, []int{0, 1}},
		"a higher net score":      {event.Summary{PruneBelow: below(-1)}, []int{0, 1, 2}},
		"a lower net score":       {event.Summary{PruneBelow: below(-1000)}, nil},
		"attribution":             {event.Summary{PruneBy: event.PruneByAttribution}, []int{0}},
		"attribution, as decided": {event.Summary{PruneBy: event.PruneByAttribution, PrunedItems: []string{"str-00003", "gone", "str-00003"}}, []int{2}},
		"attribution, of nothing": {event.Summary{PruneBy: event.PruneByAttribution, PrunedItems: []string{}}, nil},
		"nothing":                 {event.Summary{PruneBy: event.PruneNothing}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			loop, ids := onSQLite.harmed(t)
			pruned := prunedBy(t, loop, c.summary)
			if len(pruned) != len(c.want) {
				t.Errorf("pruned: %+v", pruned)
			}
			for _, i := range c.want {
				item, found := pruned[ids[i]]
				if verdict := [...]attribution.Verdict{attribution.Harms, attribution.Unclear, attribution.BeyondJudging}[i]; !found || item.Verdict != verdict {
					t.Errorf("%s: %+v, want %s", ids[i], item, verdict)
				}
			}
		})
	}
	loop, _ := withItems(t, 0)
	for _, wrong := range []event.Summary{
		{PruneBy: "luck"},
		{PruneBy: event.PruneNothing, PruneBelow: below(-3)},
		{PruneBy: event.PruneByAttribution, PruneBelow: below(-3)},
		{PrunedItems: []string{"str-00001"}},
	} {
		if _, err := loop.Finalize(t.Context(), wrong); err == nil {
			t.Errorf("%+v is accepted", wrong)
		}
	}
}

// TestReplayPrunesWhatAttributionPruned records an exported finalize where attribution has nothing to
// judge by.
func TestReplayPrunesWhatAttributionPruned(t *testing.T) {
	onEachEngine(t, replayPrunesWhatAttributionPruned)
}

func replayPrunesWhatAttributionPruned(t *testing.T, on backend) {
	t.Helper()
	loop, ids := on.harmed(t)
	if pruned := prunedBy(t, loop, event.Summary{Header: event.Header{Key: "end"}, PruneBy: event.PruneByAttribution}); len(pruned) != 1 {
		t.Fatalf("pruned: %+v", pruned)
	}
	var finalize event.Summary
	if err := loop.Events(t.Context(), func(e event.Event) error {
		finalize, _ = e.(event.Summary) // the last event
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(finalize.PrunedItems, ids[:1]) {
		t.Errorf("the finalize is exported as %s", event.Encode(finalize))
	}
	other, _ := on.withItems(t, 3)
	for range 2 { // the second is a duplicate
		apply(t, other, finalize)
	}
	items, err := other.Items(t.Context(), false)
	if err != nil || len(items) != 2 || items[0].ID != ids[1] {
		t.Errorf("%+v, %v", items, err)
	}
	// Without the list it is the same event.
	finalize.PrunedItems = nil
	if answer := apply(t, other, finalize); !answer[0].Duplicated() {
		t.Errorf("%+v", answer)
	}
	if problems, err := loop.Check(t.Context()); err != nil || len(problems) > 0 {
		t.Errorf("%+v, %v", problems, err)
	}
}
