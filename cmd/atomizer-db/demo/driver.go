package demo

import (
	"errors"
	"math/rand/v2"
	"slices"

	"atomizer-db/feedback"
)

// Proposal is a design to try and the items that led to it.
type Proposal struct {
	Design Design
	Items  []string // ids, in the order in which they were followed
}

// ErrNoAdvice is a playbook with no item that a move belongs to.
var ErrNoAdvice = errors.New("the playbook has no item that the demo's driver can follow: begin in a new folder, or restore one with items restore")

// mostMoves is how many moves a trial combines at most.
const mostMoves = 3

// Propose makes the design of a trial from one to three moves: those of the
// first items of the context, in their order. Items that no move belongs to are
// ignored; an item whose move would change nothing is not followed, so that it
// earns nothing.
//
// The same seed, trial number, advice and state give the same proposal.
func Propose(seed uint64, trial int64, advice []feedback.ContextItem, state State) (Proposal, error) {
	rng := rand.New(rand.NewPCG(seed, uint64(trial)))
	moves := 1 + rng.IntN(mostMoves)
	p := Proposal{Design: state.Current.Design}
	for _, item := range advice {
		i := slices.IndexFunc(Moves, func(m Move) bool { return m.Content == item.Content })
		if i < 0 {
			continue
		}
		design := Moves[i].Apply(rng, state)
		if !design.differs(p.Design) {
			continue
		}
		p.Design, p.Items = design, append(p.Items, item.ID)
		if len(p.Items) == moves {
			break
		}
		if state.Current = Evaluate(design); state.Current.Err != nil {
			break // nothing to go on from
		}
	}
	if len(p.Items) == 0 {
		return Proposal{}, ErrNoAdvice
	}
	return p, nil
}
