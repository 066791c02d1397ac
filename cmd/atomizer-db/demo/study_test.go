package demo_test

import (
	"cmp"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"atomizer-db/cmd/atomizer-db/demo"
	"atomizer-db/feedback"
	"atomizer-db/feedback/attribution"
)

// Items of a new playbook.
const random = "wf-00002"

var bad = []string{"dom-00002", "wf-00001", random}

// ids returns the ids that the moves get in a new playbook.
func ids() []string {
	numbers := map[string]int{}
	ids := make([]string, len(demo.Moves))
	for i, m := range demo.Moves {
		numbers[m.Category]++
		ids[i] = m.Category + "-0000" + strconv.Itoa(numbers[m.Category])
	}
	return ids
}

// counts holds the helpful and harmful counts of each item.
type counts map[string][2]int64

// study is a study in memory; counts takes the place of the database.
type study struct {
	seed     uint64
	counts   counts
	outcomes []demo.Outcome
	followed [][]string
}

// moves returns the items of a new playbook, in order of arrival.
func moves() []feedback.ContextItem {
	var items []feedback.ContextItem
	for i, id := range ids() {
		items = append(items, feedback.ContextItem{ID: id, Content: demo.Moves[i].Content})
	}
	return items
}

// context returns the items that the driver is shown for a trial.
func (s *study) context(trial int64) []feedback.ContextItem {
	items, draws := moves(), map[string]float64{}
	rng := rand.NewPCG(demo.ContextSeed(s.seed, trial), 0)
	for _, i := range items {
		draws[i.ID] = attribution.Draw(rng, s.counts[i.ID][0], s.counts[i.ID][1])
	}
	slices.SortStableFunc(items, func(a, b feedback.ContextItem) int { return cmp.Compare(draws[b.ID], draws[a.ID]) })
	return items
}

// run continues to the given number of trials, using only what is stored.
func (s *study) run(t *testing.T, trials int) *study {
	t.Helper()
	if s.counts == nil {
		s.counts = counts{}
	}
	state := demo.NewState()
	for _, stored := range s.outcomes {
		d, err := demo.DesignOf(stored.Design.Variables())
		if err != nil {
			t.Fatal(err)
		}
		state.Record(demo.Evaluate(d))
	}
	for len(s.outcomes) < trials {
		trial := int64(len(s.outcomes) + 1)
		p, err := demo.Propose(s.seed, trial, s.context(trial), state)
		if err != nil {
			t.Fatal(err)
		}
		o := demo.Evaluate(p.Design)
		for _, id := range p.Items {
			c := s.counts[id]
			if o.Feasible() {
				c[0]++
			} else {
				c[1]++
			}
			s.counts[id] = c
		}
		state.Record(o)
		s.outcomes, s.followed = append(s.outcomes, o), append(s.followed, p.Items)
	}
	return s
}

func (s *study) successes(from, to int) (n int) {
	for _, o := range s.outcomes[from:to] {
		if o.Feasible() {
			n++
		}
	}
	return n
}

func (s *study) best(trials int) float64 {
	weight := 1e9
	for _, o := range s.outcomes[:trials] {
		if o.Feasible() {
			weight = min(weight, o.Weight)
		}
	}
	return weight
}

func TestSuccessRateRises(t *testing.T) {
	singular, violated := 0, 0
	for seed := range uint64(12) {
		s := (&study{seed: seed}).run(t, 300)
		first, last := s.successes(0, 100), s.successes(200, 300)
		if last <= first {
			t.Errorf("seed %d: %d successes in the last third, %d in the first", seed, last, first)
		}
		if w := s.best(200); w > 5300 {
			t.Errorf("seed %d: %.1f lb after 200 trials", seed, w)
		}
		// 5,060.85 lb is the best known weight.
		if w := s.best(300); w < 5060.8 {
			t.Errorf("seed %d: %.3f lb is better than the best known design", seed, w)
		}
		for _, o := range s.outcomes {
			if _, ok := errors.AsType[*demo.SingularError](o.Err); ok {
				singular++
			} else if !o.Feasible() {
				violated++
			}
		}
		t.Logf("seed %2d: successes %d, %d, %d; best %.1f lb; %v", seed, first, s.successes(100, 200), last, s.best(300), s.counts)
	}
	if singular < 12 || violated < 12 {
		t.Errorf("%d mechanisms and %d broken limits in 12 studies: too few to learn from", singular, violated)
	}
}

func TestBadMovesAreFollowedLessOverTime(t *testing.T) {
	net, first, last := int64(0), 0, 0
	for seed := range uint64(12) {
		s := (&study{seed: seed}).run(t, 300)
		for _, id := range bad {
			net += s.counts[id][0] - s.counts[id][1]
			first += uses(s.followed[:100], id)
			last += uses(s.followed[200:], id)
		}
	}
	if net >= 0 {
		t.Errorf("the bad moves have a net score of %d in 12 studies", net)
	}
	if first < 36 || last > first/10 {
		t.Errorf("the bad moves are followed %d times in the first third of 12 studies, %d times in the last", first, last)
	}
}

func uses(followed [][]string, id string) (n int) {
	for _, items := range followed {
		if slices.Contains(items, id) {
			n++
		}
	}
	return n
}

func TestInterruptedStudyContinuesIdentically(t *testing.T) {
	whole := (&study{seed: 7}).run(t, 120)
	parts := &study{seed: 7}
	for _, trials := range []int{1, 2, 17, 60, 120} {
		parts.run(t, trials)
	}
	if !reflect.DeepEqual(parts, whole) {
		t.Error("a study in five parts took another way than one in one piece")
	}
}
