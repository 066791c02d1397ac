package course

import (
	"slices"

	"atomizer-db/feedback/event"
)

// mostRanked is the number of best trials that are kept.
const mostRanked = 10

// Ranking has the trials with the lowest and those with the highest objectives, best
// first. Of equal ones the first that was recorded comes first.
type Ranking struct{ low, high []*Point }

// Of returns the best trials by a direction.
func (r Ranking) Of(direction string) []*Point {
	if direction == event.Maximize {
		return r.high
	}
	return r.low
}

func (r *Ranking) add(p *Point) {
	r.low = insert(r.low, p, func(a, b float64) bool { return a < b })
	r.high = insert(r.high, p, func(a, b float64) bool { return a > b })
}

func insert(ranked []*Point, p *Point, before func(a, b float64) bool) []*Point {
	if len(ranked) == mostRanked && !before(p.Objective, ranked[mostRanked-1].Objective) {
		return ranked
	}
	at := slices.IndexFunc(ranked, func(other *Point) bool { return before(p.Objective, other.Objective) })
	if at < 0 {
		at = len(ranked)
	}
	return slices.Insert(ranked, at, p)[:min(len(ranked)+1, mostRanked)]
}
