package demo

import (
	"fmt"
	"math"
)

// Limits are the constraints on a design.
type Limits struct {
	Stress       float64 // psi, in tension and in compression
	Displacement float64 // in, of each node in x and in y
	AreaMin      float64 // in2
	AreaMax      float64 // in2
}

// TenBarLimits are the limits of the benchmark.
var TenBarLimits = Limits{Stress: 25e3, Displacement: 2, AreaMin: 0.1, AreaMax: 35}

// rounding is the relative error of the arithmetic.
const rounding = 1e-9

func exceeds(value, limit float64) bool { return value > limit*(1+rounding) }

// Violations describes the limits that a design breaks, one line for each: areas, then
// stresses, then displacements. It returns nil for a feasible design.
func (l Limits) Violations(areas []float64, a Analysis) []string {
	var broken []string
	for bar, area := range areas {
		switch {
		case exceeds(l.AreaMin, area):
			broken = append(broken, fmt.Sprintf("bar %d area %.4f in2 is below %g in2", bar+1, down(area, 4), l.AreaMin))
		case exceeds(area, l.AreaMax):
			broken = append(broken, fmt.Sprintf("bar %d area %.4f in2 is above %g in2", bar+1, up(area, 4), l.AreaMax))
		}
	}
	for bar, stress := range a.Stress {
		if stress = math.Abs(stress); exceeds(stress, l.Stress) {
			broken = append(broken, fmt.Sprintf("bar %d stress %.2f ksi exceeds %g ksi", bar+1, up(stress/1000, 2), l.Stress/1000))
		}
	}
	for node, displacement := range a.Displacement {
		for axis, d := range displacement {
			if d = math.Abs(d); exceeds(d, l.Displacement) {
				broken = append(broken, fmt.Sprintf("node %d deflects %.3f in in %s, limit %g in", node+1, up(d, 3), axes[axis], l.Displacement))
			}
		}
	}
	return broken
}

// Use returns the largest ratio of a stress or displacement to its limit. Above 1, a
// limit is broken.
func (l Limits) Use(a Analysis) float64 {
	return max(l.stressUse(a), l.displacementUse(a))
}

func (l Limits) stressUse(a Analysis) (use float64) {
	for _, stress := range a.Stress {
		use = max(use, math.Abs(stress)/l.Stress)
	}
	return use
}

func (l Limits) displacementUse(a Analysis) (use float64) {
	for _, displacement := range a.Displacement {
		for _, d := range displacement {
			use = max(use, math.Abs(d)/l.Displacement)
		}
	}
	return use
}

// up and down round a value away from the limit, so that a value that breaks the limit
// is not printed as equal to it.
func up(value float64, digits int) float64 {
	unit := math.Pow10(digits)
	return math.Ceil(value*unit) / unit
}

func down(value float64, digits int) float64 {
	unit := math.Pow10(digits)
	return math.Floor(value*unit) / unit
}
