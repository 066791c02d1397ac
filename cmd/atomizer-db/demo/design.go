package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

// Design is the areas of the ten bars, in2.
type Design [10]float64

// start is the design that a study begins from: too weak, but not by much.
var start = Design{10, 10, 10, 10, 10, 10, 10, 10, 10, 10}

// Variables names the areas A1 to A10, as a trial's design variables.
func (d Design) Variables() map[string]any {
	variables := make(map[string]any, len(d))
	for bar, area := range d {
		variables[fmt.Sprintf("A%d", bar+1)] = area
	}
	return variables
}

// DesignOf reads the areas back from a trial's design variables. Variables of
// other names are not looked at.
func DesignOf(variables map[string]any) (d Design, err error) {
	for bar := range d {
		name := fmt.Sprintf("A%d", bar+1)
		switch area := variables[name].(type) {
		case float64:
			d[bar] = area
		case json.Number:
			d[bar], err = area.Float64()
		case nil:
			err = errors.New("there is none")
		default:
			err = fmt.Errorf("it is %v", area)
		}
		if err != nil {
			return Design{}, fmt.Errorf("design variable %s is not an area in in2, so this is no trial of the ten-bar truss: %w", name, err)
		}
	}
	return d, nil
}

// within brings each area between the limits.
func (d Design) within(l Limits) Design {
	for bar, area := range d {
		d[bar] = min(max(area, l.AreaMin), l.AreaMax)
	}
	return d
}

func (d Design) scaled(factor float64) Design {
	for bar := range d {
		d[bar] *= factor
	}
	return d
}

// differs tells two designs apart, but for what rounding does to an area.
func (d Design) differs(other Design) bool {
	for bar, area := range d {
		if math.Abs(area-other[bar]) > 1e-6*max(area, other[bar]) {
			return true
		}
	}
	return false
}

// Outcome is what the evaluation of a design gave.
type Outcome struct {
	Design     Design
	Weight     float64 // lb
	Analysis   Analysis
	Err        error    // of the solve, which then gave no analysis
	Violations []string // of limits
}

// Evaluate solves the ten-bar truss for a design and checks its limits.
func Evaluate(d Design) Outcome {
	o := Outcome{Design: d, Weight: TenBar.Weight(d[:])}
	if o.Analysis, o.Err = TenBar.Solve(d[:]); o.Err == nil {
		o.Violations = TenBarLimits.Violations(d[:], o.Analysis)
	}
	return o
}

// Feasible tells whether the design could be solved and meets all limits.
func (o Outcome) Feasible() bool { return o.Err == nil && len(o.Violations) == 0 }

// State is where a study stands. It follows from the trials' designs alone, so
// that a study that was interrupted is put back by recording them again.
type State struct {
	Best    *Outcome // the lightest feasible design, nil before the first
	Current Outcome  // the design that moves work on; always one that can be solved
}

// NewState is the state before the first trial.
func NewState() State { return State{Current: Evaluate(start)} }

// farther is the share of the best weight beyond which a feasible design is not
// worth going on from.
const farther = 1.02

// Record takes in a trial. What failed stays at hand, to be repaired, as does
// what is nearly as good as the best; else the study goes back to the best.
func (s *State) Record(o Outcome) {
	if o.Feasible() && (s.Best == nil || o.Weight < s.Best.Weight) {
		s.Best = &o
	}
	switch {
	case o.Feasible() && o.Weight > farther*s.Best.Weight:
		s.Current = *s.Best
	case o.Err == nil:
		s.Current = o
	}
}

// nearBest is the design to go on from near the best: the one at hand if it is
// feasible and hardly heavier, else the best. Before there is a best, it is the
// one at hand.
func (s State) nearBest() Outcome {
	if s.Best == nil || s.Current.Feasible() && s.Current.Weight <= farther*s.Best.Weight {
		return s.Current
	}
	return *s.Best
}
