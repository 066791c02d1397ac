package demo_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"atomizer-db/cmd/atomizer-db/demo"
)

func TestSeedsGoDifferentWays(t *testing.T) {
	one, other := (&study{seed: 1}).run(t, 10), (&study{seed: 2}).run(t, 10)
	if reflect.DeepEqual(one.followed, other.followed) {
		t.Error("seeds 1 and 2 make the same choices")
	}
}

func TestProposalFollowsWhatThePlaybookSays(t *testing.T) {
	const trials = 400
	named := func(helpful, harmful int64) (n int) {
		s := study{counts: counts{}}
		for _, id := range ids() {
			s.counts[id] = [2]int64{10, 10}
		}
		s.counts[random] = [2]int64{helpful, harmful}
		for trial := range int64(trials) {
			p, err := demo.Propose(1, trial, s.playbook(), demo.NewState())
			if err != nil {
				t.Fatal(err)
			}
			if len(p.Items) < 1 || len(p.Items) > 3 {
				t.Fatalf("trial %d follows %d items", trial, len(p.Items))
			}
			if slices.Contains(p.Items, random) {
				n++
			}
		}
		return n
	}
	if n := named(100, 0); n < trials*95/100 {
		t.Errorf("an item that always helped is followed in %d of %d trials", n, trials)
	}
	if n := named(0, 100); n > trials*5/100 {
		t.Errorf("an item that never helped is followed in %d of %d trials", n, trials)
	}
	if n := named(-50, -50); n == 0 || n == trials {
		t.Errorf("an item with counts below zero is followed in %d of %d trials", n, trials)
	}
}

func TestOnlyLiveItemsOfMovesAreFollowed(t *testing.T) {
	book := []demo.Advice{
		{ID: "dom-00009", Content: "Check the mesh", Helpful: 1000},
		{ID: "mine", Content: demo.Moves[slices.Index(ids(), random)].Content},
	}
	for trial := range int64(20) {
		p, err := demo.Propose(1, trial, book, demo.NewState())
		if err != nil || !slices.Equal(p.Items, []string{"mine"}) {
			t.Fatalf("trial %d follows %v, %v", trial, p.Items, err)
		}
	}
	if _, err := demo.Propose(1, 1, book[:1], demo.NewState()); !errors.Is(err, demo.ErrNoAdvice) {
		t.Errorf("a playbook without moves: %v", err)
	}
}

func TestMoveThatChangesNothingEarnsNothing(t *testing.T) {
	// A design at its limits: there is nothing to scale.
	book := (&study{}).playbook()
	scale, err := demo.Propose(1, 1, book[:1], demo.NewState())
	if err != nil {
		t.Fatal(err)
	}
	state := demo.NewState()
	state.Record(demo.Evaluate(scale.Design))
	if state.Best == nil {
		t.Fatalf("scaling misses the limits: %v", state.Current.Violations)
	}
	followed := 0
	for trial := range int64(50) {
		p, err := demo.Propose(1, trial, []demo.Advice{book[0], book[3]}, state)
		if err != nil {
			t.Fatal(err)
		}
		if p.Items[0] != book[3].ID {
			t.Fatalf("trial %d follows %v on a design at its limits", trial, p.Items)
		}
		followed += len(p.Items)
	}
	if followed == 50 {
		t.Error("after the step, too, nothing is scaled")
	}
}

func TestMovesAreItemsOfTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range demo.Moves {
		if content := strings.ToLower(m.Content); seen[content] || utf8.RuneCountInString(content) > 100 {
			t.Errorf("%q stands twice or is cut in a preview of 100", m.Content)
		} else {
			seen[content] = true
		}
		if !slices.Contains([]string{"str", "cal", "mis", "tool", "dom", "wf"}, m.Category) {
			t.Errorf("%q has the category %q", m.Content, m.Category)
		}
	}
}
