package demo_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"atomizer-db/cmd/atomizer-db/demo"
	"atomizer-db/feedback"
)

func TestSeedsGiveDifferentProposals(t *testing.T) {
	one, other := (&study{seed: 1}).run(t, 10), (&study{seed: 2}).run(t, 10)
	if reflect.DeepEqual(one.trials, other.trials) {
		t.Error("seeds 1 and 2 make the same choices")
	}
}

// TestProposalFollowsTheFirstItemsByChance also checks that each of them is followed in
// some trials and left aside in others.
func TestProposalFollowsTheFirstItemsByChance(t *testing.T) {
	const trials, considered = 300, 9
	places := make([]int, len(demo.Moves)) // how often the item at a place of the context is followed
	for trial := range int64(trials) {
		context, last := (&study{}).context(trial), -1
		for _, id := range demo.Propose(1, trial, context, demo.NewState()).Items {
			place := slices.IndexFunc(context, func(i feedback.ContextItem) bool { return i.ID == id })
			if place <= last {
				t.Fatalf("trial %d follows the item at place %d after that at %d", trial, place, last)
			}
			places[place]++
			last = place
		}
	}
	for place, n := range places {
		if place >= considered && n > 0 {
			t.Errorf("the item at place %d is followed in %d trials, although it is beyond the first %d", place, n, considered)
		}
		// Fewer at later places: no move follows one that makes a mechanism.
		if place < considered && (n < trials/5 || n > trials*4/5) {
			t.Errorf("the item at place %d is followed in %d of %d trials", place, n, trials)
		}
	}
}

func TestItemsWithoutMoveAreIgnored(t *testing.T) {
	book := []feedback.ContextItem{{ID: "dom-00009", Content: "Check the mesh"}}
	mine := append(slices.Clone(book), feedback.ContextItem{ID: "mine", Content: demo.Moves[0].Content})
	followed := 0
	for trial := range int64(20) {
		if p := demo.Propose(1, trial, book, demo.NewState()); len(p.Items) > 0 {
			t.Fatalf("trial %d follows %v", trial, p.Items)
		}
		if p := demo.Propose(1, trial, mine, demo.NewState()); slices.Equal(p.Items, []string{"mine"}) {
			followed++
		} else if len(p.Items) > 0 {
			t.Fatalf("trial %d follows %v", trial, p.Items)
		}
	}
	if followed == 0 {
		t.Error("the item with a move is never followed")
	}
}

// TestAdviceChangesTheDriversOwnStep has the same step with advice and without.
func TestAdviceChangesTheDriversOwnStep(t *testing.T) {
	advice := moves()[:1] // thicken bars 7 to 10 by 6%
	for trial := range int64(20) {
		alone, advised := demo.Propose(1, trial, nil, demo.NewState()), demo.Propose(1, trial, advice, demo.NewState())
		want := alone.Design
		if len(advised.Items) > 0 {
			for bar := 6; bar < 10; bar++ {
				want[bar] *= 1.06
			}
		}
		for bar := range want {
			near(t, "area", advised.Design[bar], want[bar], 1e-12)
		}
	}
}

func TestDriverAloneSavesWeightButRarelyKeepsTheLimits(t *testing.T) {
	state := demo.NewState()
	state.Record(demo.Evaluate(uniform(25)))
	lighter := (1 - 0.02) * state.Best.Weight
	near(t, "weight of a step", demo.TenBar.Weight(slice(demo.Propose(1, 1, nil, state).Design)), lighter, 0.01)
	feasible, heldOut := 0, 0
	for seed := range uint64(10) {
		for _, trial := range (&study{seed: seed}).run(t, length).trials {
			if trial.heldOut {
				heldOut++
				if trial.Feasible() {
					feasible++
				}
			}
		}
	}
	if heldOut < 10*length/12 || heldOut > 10*length/8 || feasible > heldOut/5 {
		t.Errorf("%d of %d trials are held out, and %d of these feasible", heldOut, 10*length, feasible)
	}
}

func TestMovesAreDistinctItems(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range demo.Moves {
		if content := strings.ToLower(m.Content); seen[content] || utf8.RuneCountInString(content) > 100 {
			t.Errorf("%q occurs twice or is cut in a preview of 100", m.Content)
		} else {
			seen[content] = true
		}
		if !slices.Contains([]string{"str", "cal", "mis", "tool", "dom", "wf"}, m.Category) {
			t.Errorf("%q has the category %q", m.Content, m.Category)
		}
	}
}

func slice(d demo.Design) []float64 { return d[:] }
