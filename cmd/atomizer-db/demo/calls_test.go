package demo_test

import (
	"math"
	"slices"

	"atomizer-db/feedback/attribution"
)

// judge returns what attribution says of the study.
func (s *study) judge() attribution.Result {
	trials := make([]attribution.Trial, len(s.trials))
	for i, t := range s.trials {
		trials[i] = attribution.Trial{Success: t.Feasible(), Holdout: t.heldOut, Loss: math.NaN()}
		for _, id := range t.items {
			trials[i].Used = append(trials[i].Used, slices.Index(ids(), id))
		}
	}
	return attribution.Judge(len(ids()), trials)
}

// calls returns the items that attribution says help and those that it says harm.
func (s *study) calls() (helps, harms []string) {
	for i, c := range s.judge().Items {
		switch c.Verdict {
		case attribution.Helps:
			helps = append(helps, ids()[i])
		case attribution.Harms:
			harms = append(harms, ids()[i])
		}
	}
	return helps, harms
}
