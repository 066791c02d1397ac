package demo

import (
	"cmp"
	"errors"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Advice is a live item of the playbook, as the driver weighs it.
type Advice struct {
	ID      string
	Content string
	Helpful int64
	Harmful int64
}

// Proposal is a design to try and the items that led to it.
type Proposal struct {
	Design Design
	Items  []string // ids, in the order in which they were followed
}

// ErrNoAdvice is a playbook with no item that a move belongs to.
var ErrNoAdvice = errors.New("the playbook has no item that the demo's driver can follow: begin in a new folder, or restore one with items restore")

// mostMoves is how many moves a trial combines at most.
const mostMoves = 3

// Propose makes the design of a trial from one to three moves. Which moves, the
// playbook says as it stands: what has helped so far is more likely to be
// followed (Thompson sampling), and followed first. Items that no move belongs
// to are ignored; an item whose move would change nothing is not followed, so
// that it earns nothing.
//
// The same seed, trial number, playbook and state give the same proposal.
func Propose(seed uint64, trial int64, playbook []Advice, state State) (Proposal, error) {
	rng := rand.New(rand.NewPCG(seed, uint64(trial)))
	moves := 1 + rng.IntN(mostMoves)
	p := Proposal{Design: state.Current.Design}
	for _, choice := range rank(rng, playbook) {
		design := choice.move.Apply(rng, state)
		if !design.differs(p.Design) {
			continue
		}
		p.Design, p.Items = design, append(p.Items, choice.id)
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

type choice struct {
	id    string
	move  Move
	trust float64
}

// rank draws each item's chance to help from what its counts leave open, and
// puts the most promising first.
func rank(rng *rand.Rand, playbook []Advice) []choice {
	var choices []choice
	for _, advice := range playbook {
		i := slices.IndexFunc(Moves, func(m Move) bool { return m.Content == advice.Content })
		if i < 0 {
			continue
		}
		// A playbook made by hand may hold counts below zero.
		chance := distuv.Beta{Alpha: float64(max(advice.Helpful, 0)) + 1, Beta: float64(max(advice.Harmful, 0)) + 1, Src: rng}
		choices = append(choices, choice{advice.ID, Moves[i], chance.Rand()})
	}
	slices.SortStableFunc(choices, func(a, b choice) int { return cmp.Compare(b.trust, a.trust) })
	return choices
}
