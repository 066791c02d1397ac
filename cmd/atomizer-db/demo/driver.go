package demo

import (
	"math"
	"math/rand/v2"
	"slices"

	"atomizer-db/feedback"
)

// Proposal is a design to evaluate and the items that led to it.
type Proposal struct {
	Design Design
	Items  []string // ids of the items, in the order in which they were followed
}

const (
	considered = 9      // the moves that the driver considers in a trial, the first of the context
	followed   = 2. / 3 // the probability of following one of them
	widest     = 0.05   // the standard deviation of a random step is at most this share of an area
	saving     = 0.02   // the share of the weight that a step takes off
)

// Propose returns the design of a trial. The driver makes its own step from the current
// design, and changes the result as the first items of the advice say, in their order.
// Items without a move are ignored. Each of the others is followed or left aside by
// chance, so that trials with an item can be compared with trials without it that are
// alike otherwise. An item also counts as followed if its move finds nothing to change:
// were it not, the trials with it would be those that begin with a worse step.
//
// Without advice, the step alone is the proposal.
//
// Propose is deterministic in seed, trial number, advice and state.
func Propose(seed uint64, trial int64, advice []feedback.ContextItem, state State) Proposal {
	rng := rand.New(rand.NewPCG(seed, uint64(trial)))
	p := Proposal{Design: step(rng, state)}
	left := considered
	for _, item := range advice {
		i := slices.IndexFunc(Moves, func(m Move) bool { return m.Content == item.Content })
		if i < 0 {
			continue
		}
		if left--; left < 0 {
			break
		}
		if rng.Float64() >= followed {
			continue
		}
		o := Evaluate(p.Design)
		if o.Err != nil {
			break // no move can start from this design
		}
		p.Design, p.Items = Moves[i].Apply(rng, o), append(p.Items, item.ID)
	}
	return p
}

// step is what the driver does on its own: it changes all areas a little at random, and
// thins them together to save weight once there is a feasible design. It does not
// foresee whether the limits are kept.
func step(rng *rand.Rand, s State) Design {
	d, size := s.Current.Design, widest*rng.Float64()
	for bar := range d {
		d[bar] *= math.Exp(size * rng.NormFloat64())
	}
	weight := s.Current.Weight
	if s.Best != nil {
		weight *= 1 - saving
	}
	return d.weighing(weight)
}
