package attribution

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Stratum is one window: its trials with an item and those without it.
type Stratum struct{ With, Without Group }

// Comparable reports whether there are trials of both kinds.
func (s Stratum) Comparable() bool { return s.With.Trials > 0 && s.Without.Trials > 0 }

// informative reports whether there are also successes and failures: without them, any
// division of the trials has the same rates.
func (s Stratum) informative() bool {
	successes := s.With.Successes + s.Without.Successes
	return s.Comparable() && successes > 0 && successes < s.With.Trials+s.Without.Trials
}

// Comparison compares trials with an item and trials without it, window by window. It
// keeps sums, so that its size does not grow with the length of a study.
type Comparison struct {
	windows       int
	with, without Group
	weight        float64   // sum of Mantel and Haenszel's weights
	excess        float64   // sum of the successes with the item beyond those expected without an effect
	variance      float64   // of excess without an effect
	p, q          float64   // sums of Sato's P and Q
	exact         []Stratum // the informative windows, up to mostExact of them and one more
}

// mostExact is the number of informative windows up to which the test is exact. The
// effort grows with the cube of their number, and the difference to the approximate
// test vanishes.
const mostExact = 50

// Add adds a window. One that cannot be compared changes nothing.
func (c *Comparison) Add(s Stratum) {
	if !s.Comparable() {
		return
	}
	c.windows++
	c.with, c.without = c.with.plus(s.With), c.without.plus(s.Without)
	n1, n0 := float64(s.With.Trials), float64(s.Without.Trials)
	good1, good0 := float64(s.With.Successes), float64(s.Without.Successes)
	n, good := n1+n0, good1+good0
	c.weight += n1 * n0 / n
	c.excess += good1 - n1*good/n
	c.p += (n1*n1*good0 - n0*n0*good1 + n1*n0*(n0-n1)/2) / (n * n)
	c.q += (good1*(n0-good0) + good0*(n1-good1)) / (2 * n)
	if s.informative() {
		c.variance += n1 * n0 * good * (n - good) / (n * n * (n - 1))
		if len(c.exact) <= mostExact {
			c.exact = append(c.exact, s)
		}
	}
}

// Lift returns the success rate with the item minus that without it: the mean of the
// differences within the windows, weighted by n1·n0/(n1+n0) (N. Mantel, W. Haenszel,
// Statistical aspects of the analysis of data from retrospective studies of disease,
// JNCI 22, 1959; for differences of rates S. Greenland, J. Robins, Estimation of a common
// effect parameter from sparse follow-up data, Biometrics 41, 1985). It is NaN if no
// window can be compared.
func (c *Comparison) Lift() float64 { return c.excess / c.weight }

// Interval returns the interval of the lift that misses the true value at the given
// level: 0.05 for a 95% interval. Its variance is T. Sato's (On the variance estimator for
// the Mantel-Haenszel risk difference, Biometrics 45, 1989), which holds for many small
// windows as well as for few large ones: (d·P+Q)/W² for a difference d.
//
// Each limit is the farther one of two. One is quantile(level) standard deviations from the
// lift by the variance at the lift, the other by the variance at the limit itself (B.
// Klingenberg, A new and improved confidence interval for the Mantel-Haenszel risk
// difference, Statistics in Medicine 33, 2014). In simulations the first alone contains the
// true value in only 70 to 93% where nearly all trials succeed or nearly none, and the
// second in 88 to 93% where an item is rare and nearly always fails or succeeds.
//
// The variance is zero if the trials of each window all succeed or all fail. It then is
// Sato's with another window, of one success and one failure with the item and without
// it, as A. Agresti and B. Caffo add them (Simple and effective confidence intervals for
// proportions and differences of proportions, The American Statistician 54, 2000).
func (c *Comparison) Interval(level float64) Interval {
	lift, z, w := c.Lift(), quantile(level), c.weight
	if c.q == 0 {
		half := z * 0.5 / (w + 1)
		return Interval{max(lift-half, -1), min(lift+half, 1)}
	}
	atLift := z * math.Sqrt(max(lift*c.p+c.q, 0)) / w
	middle := lift + z*z*c.p/(2*w*w)
	atLimit := math.Sqrt(max(middle*middle-lift*lift+z*z*c.q/(w*w), 0))
	return Interval{max(min(lift-atLift, middle-atLimit), -1), min(max(lift+atLift, middle+atLimit), 1)}
}

// P returns the two-sided p-value of the lift: of [Fisher] for up to 50 informative
// windows, and for more of the Cochran-Mantel-Haenszel test with continuity correction,
// whose statistic has a chi-squared distribution with one degree of freedom (Mantel and
// Haenszel 1959; A. Agresti, Categorical Data Analysis, 2002, 6.3.2).
func (c *Comparison) P() float64 {
	if len(c.exact) <= mostExact {
		return Fisher(c.exact)
	}
	return CochranMantelHaenszel(c.excess, c.variance)
}

// CochranMantelHaenszel returns the p-value of the test of that name, with continuity
// correction: excess is the sum over the strata of the successes with the item beyond
// those expected, and variance that of excess, both without an effect.
func CochranMantelHaenszel(excess, variance float64) float64 {
	distance := max(math.Abs(excess)-0.5, 0)
	if variance == 0 {
		return 1
	}
	return distuv.ChiSquared{K: 1}.Survival(distance * distance / variance)
}
