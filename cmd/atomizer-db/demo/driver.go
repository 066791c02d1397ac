package demo

import (
	"errors"
	"math/rand/v2"
	"slices"

	"atomizer-db/feedback"
)

// Proposal is a design to evaluate and the items that led to it.
type Proposal struct {
	Design Design
	Items  []string // ids of the items, in the order in which they were followed
}

// ErrNoAdvice means that the playbook has no item with a move.
var ErrNoAdvice = errors.New("the playbook has no item that the demo's driver can follow: start in a new folder with --dir, or bring an item back with `atomizer-db items restore`")

// mostMoves is the largest number of moves in a trial.
const mostMoves = 3

// Propose returns the design of a trial. It applies one to three moves: those of the
// first items of the context, in their order. Items without a move are ignored. An item
// whose move would not change the design is not followed, so that it gets no credit.
//
// Propose is deterministic in seed, trial number, advice and state.
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
			break // no move can start from this design
		}
	}
	if len(p.Items) == 0 {
		return Proposal{}, ErrNoAdvice
	}
	return p, nil
}
