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

	// Apply returns the changed design. The design that it gets can be solved.
	Apply func(rng *rand.Rand, o Outcome) Design
}

// Moves are all moves that the playbook starts with: rules of thumb of which some help
// to keep the limits, some break them and some hardly matter. None of them says which it
// is; the study learns it.
var Moves = []Move{
	{"str", "Thicken the diagonals (bars 7 to 10) by 6%", changed(+6, 7, 8, 9, 10)},
	{"str", "Thicken the chords at the wall (bars 1 and 3) by 6%", changed(+6, 1, 3)},
	{"str", "Thicken the bottom chord (bars 3 and 4) by 6%", changed(+6, 3, 4)},
	{"str", "Keep a reserve: thicken every bar by 2%", changed(+2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)},
	{"cal", "Where node 1 deflects more than 2 in, scale all areas up by the excess", scaledForNode(1)},
	{"cal", "Where node 2 deflects more than 2 in, scale all areas up by the excess", scaledForNode(2)},
	{"cal", "Thicken each bar above 25 ksi in proportion to its excess, until none is", thickenOverstressed},
	{"dom", "Move material to the bars that work most for the worst deflection, at the same weight", followWork},
	{"wf", "Give areas with two decimals: round each one to the nearest 0.01 in2", roundAreas},
	{"str", "Thicken the uprights (bars 5 and 6) by 6%", changed(+6, 5, 6)},
	{"dom", "The loads hang on the bottom chord: thin the top chord (bars 1 and 2) by 10%", changed(-10, 1, 2)},
	{"dom", "The moment is at the wall: thin the outer bay (bars 2, 4, 6, 9 and 10) by 10%", changed(-10, 2, 4, 6, 9, 10)},
	{"cal", "Bars in tension cannot buckle: thin them by 6%", thinTension},
	{"cal", "Halfway to full stress: multiply each area by the root of its stress over 25 ksi", stressRoot},
	{"wf", "Small savings add up: thin every bar by another 3%", changed(-3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)},
	{"str", "Thin the five least stressed bars by 20%", thinSlack},
	{"dom", "Bars with little stress carry nothing: leave two or more of them out", dropBars},
	{"wf", "Buy bars in whole square inches: round each area down", wholeInches},
}

// changed returns a move that changes the areas of the bars, numbered from 1, by a
// percentage.
func changed(percent float64, bars ...int) func(*rand.Rand, Outcome) Design {
	return func(_ *rand.Rand, o Outcome) Design {
		d := o.Design
		for _, bar := range bars {
			d[bar-1] *= 1 + percent/100
		}
		return d.within(TenBarLimits)
	}
}

// scaledForNode returns a move that looks at one node, numbered from 1. Deflections fall
// as all areas grow together, so that the node then just meets its limit.
func scaledForNode(node int) func(*rand.Rand, Outcome) Design {
	return func(_ *rand.Rand, o Outcome) Design {
		factor := 1.0
		for _, deflection := range o.Analysis.Displacement[node-1] {
			factor = max(factor, math.Abs(deflection)/TenBarLimits.Displacement)
		}
		return o.Design.scaled(factor).within(TenBarLimits)
	}
}

func thickenOverstressed(_ *rand.Rand, o Outcome) Design {
	d, a := o.Design, o.Analysis
	// Thicker bars attract more force, so that one pass is rarely enough.
	for range 20 {
		if TenBarLimits.stressUse(a) <= 1 {
			break
		}
		for bar, stress := range a.Stress {
			d[bar] *= max(1, math.Abs(stress)/TenBarLimits.Stress)
		}
		d = d.within(TenBarLimits)
		var err error
		if a, err = TenBar.Solve(d[:]); err != nil {
			break
		}
	}
	return d
}

// followWork applies the optimality criterion for one deflection: at the optimum, the
// virtual work per volume is the same in all bars. The virtual load is a unit load at
// the node of the worst deflection and in its direction.
func followWork(rng *rand.Rand, o Outcome) Design {
	d := o.Design
	unit := TenBar
	unit.Loads = make([][2]float64, len(unit.Nodes))
	node, axis := worstDeflection(o.Analysis)
	unit.Loads[node][axis] = math.Copysign(1, o.Analysis.Displacement[node][axis])
	virtual, err := unit.Solve(d[:])
	if err != nil {
		return d
	}
	// If the forces did not change, the criterion would give 1/2.
	exponent := rng.Float64() / 2
	for bar, stress := range o.Analysis.Stress {
		d[bar] *= math.Pow(max(stress*virtual.Stress[bar], 0), exponent)
	}
	return d.weighing(o.Weight)
}

func roundAreas(_ *rand.Rand, o Outcome) Design {
	d := o.Design
	for bar, area := range d {
		d[bar] = math.Round(100*area) / 100
	}
	return d
}

func thinTension(_ *rand.Rand, o Outcome) Design {
	d := o.Design
	for bar, stress := range o.Analysis.Stress {
		if stress > 0 {
			d[bar] *= 0.94
		}
	}
	return d.within(TenBarLimits)
}

// stressRoot goes half the way to a fully stressed design. Deflections, not stresses,
// limit most bars of this truss.
func stressRoot(_ *rand.Rand, o Outcome) Design {
	d := o.Design
	for bar, stress := range o.Analysis.Stress {
		d[bar] *= math.Sqrt(math.Abs(stress) / TenBarLimits.Stress)
	}
	return d.within(TenBarLimits)
}

func thinSlack(_ *rand.Rand, o Outcome) Design {
	d := o.Design
	for _, bar := range byStress(o)[:5] {
		d[bar] *= 0.8
	}
	return d.within(TenBarLimits)
}

func dropBars(rng *rand.Rand, o Outcome) Design {
	d := o.Design
	slack := byStress(o)[:6]
	rng.Shuffle(len(slack), func(i, j int) { slack[i], slack[j] = slack[j], slack[i] })
	for _, bar := range slack[:2+rng.IntN(3)] {
		d[bar] = 0
	}
	return d
}

func wholeInches(_ *rand.Rand, o Outcome) Design {
	d := o.Design
	for bar, area := range d {
		d[bar] = math.Floor(area)
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
