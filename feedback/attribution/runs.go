package attribution

import "math"

// Runs compares how often trials change between using an item and not using it with how
// often they would in a random order. If an item comes in long blocks, the trials of a
// window that have it are all earlier or all later than those that do not have it. Where
// success comes in blocks too, comparing them compares the times.
type Runs struct {
	runs, expected, variance float64
}

// Add adds a window of n trials that has the item in with of them, in runs of
// consecutive trials that have it or of trials that do not.
func (r *Runs) Add(runs, with, n int64) {
	pairs := float64(with * (n - with))
	if pairs == 0 {
		return
	}
	size := float64(n)
	r.runs += float64(runs)
	r.expected += 2*pairs/size + 1
	r.variance += 2 * pairs * (2*pairs - size) / (size * size * (size - 1))
}

// Sticky reports whether there are less than four fifths of the expected runs, and fewer than
// a random order has in one of a thousand cases (A. Wald, J. Wolfowitz, On a test whether
// two samples are from the same population, Annals of Mathematical Statistics 11, 1940).
// A driver that keeps its context while it succeeds has 60 to 80% of them.
func (r Runs) Sticky() bool {
	return r.runs < 0.8*r.expected && r.runs < r.expected-quantile(0.002)*math.Sqrt(r.variance)
}
