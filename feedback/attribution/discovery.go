package attribution

import (
	"cmp"
	"math"
	"slices"
)

// Adjust returns the p-values of several questions asked at once, adjusted for
// the false discovery rate (Y. Benjamini, Y. Hochberg, Controlling the false
// discovery rate, JRSS B 57, 1995).
func Adjust(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	adjusted, least := make([]float64, len(p)), 1.0
	for rank := len(order); rank > 0; rank-- {
		i := order[rank-1]
		least = min(least, p[i]*float64(len(p))/float64(rank))
		adjusted[i] = least
	}
	return adjusted
}

// CoverageLevel returns the level of intervals that agree with [Adjust]: an interval at
// this level contains zero just if the adjusted p-value is above share. If Adjust selects R
// of m questions, it is R·share/m, or share/m if it selects none. Of the intervals of the
// selected questions, the given share is expected to miss the true value (Y. Benjamini, D.
// Yekutieli, False discovery rate-adjusted multiple confidence intervals for selected
// parameters, JASA 100, 2005).
func CoverageLevel(p []float64, share float64) float64 {
	if len(p) == 0 {
		return share
	}
	selected := 0
	for _, adjusted := range Adjust(p) {
		if adjusted <= share {
			selected++
		}
	}
	return float64(max(selected, 1)) * share / float64(len(p))
}

// adjustInterval sets the interval at the level of all items.
//
// The interval and the test of the verdict are not the same method, so they can disagree
// about zero when it is near a limit. The verdict decides: that limit is then the
// test-based one, the lift times 1 - quantile(level)/quantile(P) (O. Miettinen,
// Estimability and estimation in case-referent studies, American Journal of Epidemiology
// 103, 1976).
func (c *Credit) adjustInterval(level float64) {
	if c.Windows == 0 {
		return
	}
	interval := c.comparison.Interval(level)
	called := c.Verdict == Helps || c.Verdict == Harms
	if excludes := interval.Low > 0 || interval.High < 0; called != excludes {
		near := 0.0 // of an item that is not judged
		if !math.IsNaN(c.P) {
			near = min(max(c.Lift*(1-quantile(level)/quantile(c.P)), -1), 1)
		}
		if c.Lift > 0 {
			interval.Low = near
		} else {
			interval.High = near
		}
	}
	c.AdjustedLow, c.AdjustedHigh = interval.Low, interval.High
}
