package demo

import (
	"errors"
	"fmt"

	"atomizer-db/feedback/event"
)

// Design holds the areas of the ten bars in in2.
type Design [10]float64

// start is the first design of a study. It is what statics alone gives: bars 2, 5, 6 and
// 10 carry no force in it, and the others are sized for 25 ksi. It deflects far too much.
var start = Design{8, 0.1, 8, 4, 0.1, 0.1, 5.7, 5.7, 5.7, 0.1}

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

// weighing returns the design scaled to a weight in lb, with each area within the limits.
func (d Design) weighing(weight float64) Design {
	// One pass is not enough if bars stay at a limit of their area.
	for range 10 {
		d = d.scaled(weight / TenBar.Weight(d[:])).within(TenBarLimits)
	}
	return d
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
	Best *Outcome // the lightest feasible design, nil before the first

	// Current is the design that steps start from; it can always be solved. It is the
	// best design or, before the first feasible one, that which exceeds its limits least.
	Current Outcome
}

// NewState returns the state before the first trial.
func NewState() State { return State{Current: Evaluate(start)} }

// Record updates the state with a trial.
func (s *State) Record(o Outcome) {
	switch {
	case o.Feasible() && (s.Best == nil || o.Weight < s.Best.Weight):
		s.Best, s.Current = &o, o
	case s.Best == nil && o.Err == nil && TenBarLimits.Use(o.Analysis) < TenBarLimits.Use(s.Current.Analysis):
		s.Current = o
	}
}
