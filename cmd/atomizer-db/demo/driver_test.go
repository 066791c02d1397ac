package demo_test

import (
	"errors"
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
	if reflect.DeepEqual(one.followed, other.followed) {
		t.Error("seeds 1 and 2 make the same choices")
	}
}

func TestProposalFollowsTheFirstItems(t *testing.T) {
	numbers := map[int]int{}
	for trial := range int64(60) {
		context := (&study{}).context(trial)
		p, err := demo.Propose(1, trial, context, demo.NewState())
		if err != nil {
			t.Fatal(err)
		}
		numbers[len(p.Items)]++
		place := -1
		for _, id := range p.Items {
			next := slices.IndexFunc(context, func(i feedback.ContextItem) bool { return i.ID == id })
			if next <= place {
				t.Fatalf("trial %d follows %v, shown %v", trial, p.Items, context)
			}
			place = next
		}
	}
	if len(numbers) != 3 || numbers[0] > 0 {
		t.Errorf("numbers of items that are followed: %v", numbers)
	}
}

func TestItemsWithoutMoveAreIgnored(t *testing.T) {
	book := []feedback.ContextItem{
		{ID: "dom-00009", Content: "Check the mesh"},
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

func TestMoveWithoutChangeIsNotFollowed(t *testing.T) {
	// A design at its limits: there is nothing to scale.
	book := moves()
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
		p, err := demo.Propose(1, trial, []feedback.ContextItem{book[0], book[3], book[0]}, state)
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
