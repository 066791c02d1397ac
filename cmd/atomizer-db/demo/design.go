package demo

import (
	"errors"
	"fmt"
	"math"

	"atomizer-db/feedback/event"
)

// Design holds the areas of the ten bars in in2.
type Design [10]float64

// start is the first design of a study. It is slightly too weak.
var start = Design{10, 10, 10, 10, 10, 10, 10, 10, 10, 10}

// Variables returns the areas as the design variables A1 to A10 of a trial.
func (d Design) Variables() map[string]any {
	variables := make(map[string]any, len(d))
	for bar, area := range d {
		variables[fmt.Sprintf("A%d", bar+1)] = area
	}
	return variables
}

// DesignOf returns the design with the areas in a trial's design variables. Other
// variables are ignored.
func DesignOf(variables map[string]any) (d Design, err error) {
	for bar := range d {
		name := fmt.Sprintf("A%d", bar+1)
		switch area := variables[name].(type) {
		case float64:
			d[bar] = area
		case event.Number:
			d[bar], err = area.Float64()
		case nil:
			err = errors.New("it is missing")
		default:
			err = fmt.Errorf("it is %v", area)
		}
		if err != nil {
			return Design{}, fmt.Errorf("design variable %s must be an area in in2, but %w", name, err)
		}
	}
	return d, nil
}

// within returns the design with each area moved within the limits.
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

// differs reports whether two designs differ by more than rounding errors.
func (d Design) differs(other Design) bool {
	for bar, area := range d {
		if math.Abs(area-other[bar]) > 1e-6*max(area, other[bar]) {
			return true
		}
	}
	return false
}

// Outcome is the result of the evaluation of a design.
type Outcome struct {
	Design     Design
	Weight     float64 // lb
	Analysis   Analysis
	Err        error    // of the solve; Analysis is then empty
	Violations []string // the limits that the design breaks
}

// Evaluate solves the ten-bar truss for a design and checks its limits.
func Evaluate(d Design) Outcome {
	o := Outcome{Design: d, Weight: TenBar.Weight(d[:])}
	if o.Analysis, o.Err = TenBar.Solve(d[:]); o.Err == nil {
		o.Violations = TenBarLimits.Violations(d[:], o.Analysis)
	}
	return o
}

// Feasible reports whether the design could be solved and keeps all limits.
func (o Outcome) Feasible() bool { return o.Err == nil && len(o.Violations) == 0 }

// State is the state of a study. It depends only on the designs of the trials, so that
// the state of an interrupted study is restored by recording them again.
type State struct {
	Best    *Outcome // the lightest feasible design, nil before the first
	Current Outcome  // the design that moves start from; it can always be solved
}

// NewState returns the state before the first trial.
func NewState() State { return State{Current: Evaluate(start)} }

// farther is the ratio to the best weight above which the study does not continue from a
// feasible design.
const farther = 1.02

// Record updates the state with a trial. A design that failed becomes the current one,
// to be repaired, and so does a design that is nearly as good as the best. Otherwise the
// study continues from the best design.
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

// nearBest returns the current design if it is feasible and hardly heavier than the
// best, and the best design otherwise. Without a best design it returns the current one.
func (s State) nearBest() Outcome {
	if s.Best == nil || s.Current.Feasible() && s.Current.Weight <= farther*s.Best.Weight {
		return s.Current
	}
	return *s.Best
}
