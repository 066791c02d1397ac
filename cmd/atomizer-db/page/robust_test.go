package page

import (
	"math"
	"testing"

	"atomizer-db/feedback/course"
)

// TestRobustAxisLeavesOutliersOut has 100 objectives from 90 to 110 and a best one.
func TestRobustAxisLeavesOutliersOut(t *testing.T) {
	for name, c := range map[string]struct{ best, low, high float64 }{
		"an outlier to maximize": {1e9, 90, 110},
		"an outlier to minimize": {-1e9, 90, 110},
		"the largest number":     {math.MaxFloat64, 90, 110},
		"a leap that fits":       {40, 40, 110},
	} {
		var points []place
		for i := range 100 {
			points = append(points, place{float64(i), 100 + 10*math.Cos(float64(i)*math.Pi)})
		}
		points = append(points, place{100, c.best})
		low, high := robust(course.Fences{Low: 50, High: 150}, points, []*course.Point{{Objective: c.best}})
		if low != c.low || high != c.high {
			t.Errorf("%s: the axis goes from %g to %g", name, low, high)
		}
	}
}
