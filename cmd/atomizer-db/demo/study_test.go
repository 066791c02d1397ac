package demo_test

import (
	"cmp"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"atomizer-db/cmd/atomizer-db/demo"
	"atomizer-db/feedback"
	"atomizer-db/feedback/attribution"
)

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
	seed   uint64
	counts counts
	trials []trial
}

type trial struct {
	demo.Outcome
	items   []string // the followed ones
	heldOut bool
}

// moves returns the items of a new playbook, in order of arrival.
func moves() []feedback.ContextItem {
	var items []feedback.ContextItem
	for i, id := range ids() {
		items = append(items, feedback.ContextItem{ID: id, Content: demo.Moves[i].Content})
	}
	return items
}

// context returns the items that the driver is shown for a trial that is not held out.
func (s *study) context(trial int64) []feedback.ContextItem {
	items, draws := moves(), map[string]float64{}
	rng := rand.NewPCG(demo.ContextOptions(s.seed, trial).Seed, 0)
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
	for _, stored := range s.trials {
		d, err := demo.DesignOf(stored.Design.Variables())
		if err != nil {
			t.Fatal(err)
		}
		state.Record(demo.Evaluate(d))
	}
	for len(s.trials) < trials {
		number := int64(len(s.trials) + 1)
		var advice []feedback.ContextItem
		heldOut := demo.ContextOptions(s.seed, number).HoldsOut()
		if !heldOut {
			advice = s.context(number)
		}
		p := demo.Propose(s.seed, number, advice, state)
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
		s.trials = append(s.trials, trial{o, p.Items, heldOut})
	}
	return s
}

// rate returns the share of successes in some trials.
func rate(trials []trial) float64 {
	n := 0.0
	for _, o := range trials {
		if o.Feasible() {
			n++
		}
	}
	return n / float64(len(trials))
}

func (s *study) best() float64 {
	weight := 1e9
	for _, o := range s.trials {
		if o.Feasible() {
			weight = min(weight, o.Weight)
		}
	}
	return weight
}

const (
	seeds  = 30  // of a survey
	length = 600 // trials of a study
)

// TestStudiesTeachWhichMovesWork counts the seeds whose study shows what it is there for.
// Each limit is a few seeds below the number that was measured.
func TestStudiesTeachWhichMovesWork(t *testing.T) {
	shown := map[string]int{}
	for seed := range uint64(seeds) {
		s := (&study{seed: seed}).run(t, length)
		first, last := rate(s.trials[:50]), rate(s.trials[length-50:])
		helps, harms := s.calls()
		playbook := s.judge().Playbook
		for what, ok := range map[string]bool{
			"success begins below a half":       first < 0.5,
			"success rises by a fifth":          last >= first+0.2,
			"two items help":                    len(helps) >= 2,
			"an item harms":                     len(harms) >= 1,
			"the playbook is worth it":          playbook.Low > 0,
			"items help and harm, all worth it": len(helps) >= 2 && len(harms) >= 1 && playbook.Low > 0,
			"the best design is light":          s.best() < 5300,
		} {
			if ok {
				shown[what]++
			}
		}
		// 5,060.85 lb is the best known weight.
		if w := s.best(); w < 5060.8 {
			t.Errorf("seed %d: %.3f lb is better than the best known design", seed, w)
		}
		t.Logf("seed %2d: success %.2f, then %.2f; best %.1f lb; playbook %+.2f to %+.2f; helps %v; harms %v", seed, first, last, s.best(), playbook.Low, playbook.High, helps, harms)
	}
	for what, least := range map[string]int{
		"success begins below a half":       25,
		"success rises by a fifth":          23,
		"two items help":                    26,
		"an item harms":                     22,
		"the playbook is worth it":          30,
		"items help and harm, all worth it": 21,
		"the best design is light":          25,
	} {
		t.Logf("%s: %d of %d seeds", what, shown[what], seeds)
		if shown[what] < least {
			t.Errorf("%s on only %d of %d seeds", what, shown[what], seeds)
		}
	}
}

// TestVerdictsAgreeWithMechanics compares with what the moves do: one that only adds
// material should not be said to harm, and one that only takes it off not to help.
func TestVerdictsAgreeWithMechanics(t *testing.T) {
	right, wrong := 0, 0
	for seed := range uint64(seeds) {
		s := (&study{seed: seed}).run(t, length)
		helps, harms := s.calls()
		for _, verdict := range []struct {
			items           []string
			agrees, opposes int // the sign of the change of weight
		}{{helps, +1, -1}, {harms, -1, +1}} {
			for _, id := range verdict.items {
				switch added(demo.Moves[slices.Index(ids(), id)]) {
				case verdict.agrees:
					right++
				case verdict.opposes:
					wrong++
				}
			}
		}
	}
	t.Logf("%d verdicts agree with mechanics, %d oppose it", right, wrong)
	if right < 20*max(wrong, 1) {
		t.Errorf("%d verdicts agree with mechanics, %d oppose it", right, wrong)
	}
}

// added says whether a move adds material to a design that breaks limits (1), takes it
// off (-1), or does both or neither (0).
func added(m demo.Move) int {
	rng := rand.New(rand.NewPCG(1, 1))
	weak := published
	for bar := range weak {
		weak[bar] *= 0.9
	}
	from := demo.Evaluate(weak)
	more, less := false, false
	for bar, area := range m.Apply(rng, from) {
		more = more || area > from.Design[bar]
		less = less || area < from.Design[bar]
	}
	switch {
	case more && !less:
		return +1
	case less && !more:
		return -1
	}
	return 0
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
