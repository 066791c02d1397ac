package demo

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// Move is a way to change a design, and the advice in the playbook that stands for it.
type Move struct {
	Category string // of the item
	Content  string // of the item; identifies the move
	Apply    func(rng *rand.Rand, s State) Design
}

// Moves are all moves of the driver. Some are good and some are bad; the driver learns
// which.
var Moves = []Move{
	{"cal", "Scale all areas together until the worst stress or deflection just meets its limit", meetLimits},
	{"cal", "Thin bars by up to 10%, scale up overstressed ones in proportion to the excess, all for deflection", resizeOverstressed},
	{"str", "Shrink the three least stressed bars, then scale to 1% inside the limits", shrinkSlack},
	{"str", "Step all areas at random by some 10% near the best design, then scale to 1% inside the limits", stepAll},
	{"str", "Change one bar near the best design, then scale to 1% inside the limits", stepOne},
	{"dom", "Move material to the bars that work most for the deflection, then scale to 1% inside the limits", followWork},
	{"str", "Trade up to 20% of one bar for more of another, at the same weight", tradeWeight},
	{"dom", "Bars with little stress carry nothing: leave two or more of them out", dropBars},
	{"wf", "Halve all areas to save weight quickly", halve},
	{"wf", "Start again from random areas to see new regions", restart},
}

// The use of the limits (see [Limits.Use]) to which designs are scaled. Steps keep a
// reserve that a later scaling can use up.
const (
	atLimit = 1 - 1e-5
	inHand  = 0.99
)

func meetLimits(_ *rand.Rand, s State) Design { return scaledToUse(s.Current.Design, atLimit) }

// resizeOverstressed repairs a design that failed. A feasible design is thinned first,
// so that there is something to repair.
func resizeOverstressed(rng *rand.Rand, s State) Design {
	d := s.Current.Design
	if s.Current.Feasible() {
		d = s.nearBest().Design
		for bar := range d {
			d[bar] *= 1 - 0.1*rng.Float64()
		}
	}
	d = d.within(TenBarLimits)
	a, err := TenBar.Solve(d[:])
	if err != nil {
		return d
	}
	// Thicker bars attract more force, so that one pass is rarely enough.
	for range 10 {
		for bar, stress := range a.Stress {
			d[bar] *= max(1, math.Abs(stress)/TenBarLimits.Stress)
		}
		d = d.within(TenBarLimits)
		if a, err = TenBar.Solve(d[:]); err != nil || TenBarLimits.stressUse(a) <= 1 {
			break
		}
	}
	return d.scaled(max(1, TenBarLimits.Use(a))).within(TenBarLimits)
}

func shrinkSlack(rng *rand.Rand, s State) Design {
	from := s.nearBest()
	d := from.Design
	for _, bar := range byStress(from)[:3] {
		d[bar] *= 1 - rng.Float64()/2
	}
	return scaledToUse(d, inHand)
}

func stepAll(rng *rand.Rand, s State) Design {
	d, size := s.nearBest().Design, 0.2*rng.Float64()
	for bar := range d {
		d[bar] *= math.Exp(size * rng.NormFloat64())
	}
	return scaledToUse(d, inHand)
}

func stepOne(rng *rand.Rand, s State) Design {
	d := s.nearBest().Design
	d[rng.IntN(len(d))] *= math.Exp(0.8 * rng.Float64() * rng.NormFloat64())
	return scaledToUse(d, inHand)
}

// followWork applies the optimality criterion for one deflection: at the optimum, the
// virtual work per volume is the same in all bars. The virtual load is a unit load at
// the node of the worst deflection and in its direction.
func followWork(rng *rand.Rand, s State) Design {
	from := s.nearBest()
	d := from.Design
	unit := TenBar
	unit.Loads = make([][2]float64, len(unit.Nodes))
	node, axis := worstDeflection(from.Analysis)
	unit.Loads[node][axis] = math.Copysign(1, from.Analysis.Displacement[node][axis])
	virtual, err := unit.Solve(d[:])
	if err != nil {
		return d
	}
	// If the forces did not change, the criterion would give 1/2.
	exponent := rng.Float64() / 2
	for bar, stress := range from.Analysis.Stress {
		d[bar] *= math.Pow(max(stress*virtual.Stress[bar], 0), exponent)
	}
	return scaledToUse(d.scaled(from.Weight/TenBar.Weight(d[:])), inHand)
}

func tradeWeight(rng *rand.Rand, s State) Design {
	d := s.nearBest().Design
	bars := rng.Perm(len(d))
	from, to := bars[0], bars[1]
	volume := 0.2 * rng.Float64() * d[from] * TenBar.length(from)
	d[from] -= volume / TenBar.length(from)
	d[to] += volume / TenBar.length(to)
	return d.within(TenBarLimits)
}

func dropBars(rng *rand.Rand, s State) Design {
	d := s.Current.Design
	slack := byStress(s.Current)[:6]
	rng.Shuffle(len(slack), func(i, j int) { slack[i], slack[j] = slack[j], slack[i] })
	for _, bar := range slack[:2+rng.IntN(3)] {
		d[bar] = 0
	}
	return d
}

func halve(_ *rand.Rand, s State) Design { return s.Current.Design.scaled(0.5).within(TenBarLimits) }

func restart(rng *rand.Rand, _ State) (d Design) {
	least, most := math.Log(TenBarLimits.AreaMin), math.Log(TenBarLimits.AreaMax)
	for bar := range d {
		d[bar] = math.Exp(least + (most-least)*rng.Float64())
	}
	return d
}

// scaledToUse scales a design up or down until its use of the limits is target. The use
// stays higher if bars reach the largest area.
func scaledToUse(d Design, target float64) Design {
	d = d.within(TenBarLimits)
	// One pass is not enough if bars stay at the least area.
	for range 10 {
		a, err := TenBar.Solve(d[:])
		if err != nil {
			break
		}
		d = d.scaled(TenBarLimits.Use(a) / target).within(TenBarLimits)
	}
	return d
}

// byStress returns the bars, the least stressed first.
func byStress(o Outcome) []int {
	bars := make([]int, len(o.Design))
	for bar := range bars {
		bars[bar] = bar
	}
	slices.SortStableFunc(bars, func(a, b int) int {
		return cmp.Compare(math.Abs(o.Analysis.Stress[a]), math.Abs(o.Analysis.Stress[b]))
	})
	return bars
}

func worstDeflection(a Analysis) (node, axis int) {
	for n, displacement := range a.Displacement {
		for x, d := range displacement {
			if math.Abs(d) > math.Abs(a.Displacement[node][axis]) {
				node, axis = n, x
			}
		}
	}
	return node, axis
}
