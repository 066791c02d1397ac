package attribution

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Group is a number of trials and how many of them succeeded.
type Group struct{ Trials, Successes int64 }

// Rate returns the share of successes, NaN without trials.
func (g Group) Rate() float64 { return float64(g.Successes) / float64(g.Trials) }

func (g *Group) add(success bool) {
	g.Trials++
	if success {
		g.Successes++
	}
}

func (g Group) plus(other Group) Group {
	return Group{g.Trials + other.Trials, g.Successes + other.Successes}
}

func (g Group) minus(other Group) Group {
	return Group{g.Trials - other.Trials, g.Successes - other.Successes}
}

// Interval is a confidence interval.
type Interval struct{ Low, High float64 }

// quantile returns the number of standard deviations that an interval which misses the
// true value at the given level extends to either side: 1.96 at 0.05.
func quantile(level float64) float64 { return distuv.UnitNormal.Quantile(1 - level/2) }

var z = quantile(0.05)

// Wilson returns the 95% score interval of a rate (E. B. Wilson, Probable inference,
// the law of succession, and statistical inference, JASA 22, 1927).
func Wilson(g Group) Interval {
	n := float64(g.Trials)
	if n == 0 {
		return Interval{0, 1}
	}
	interval := score(g.Rate(), n)
	// Without successes, or without failures, a limit is exactly 0 or 1.
	if g.Successes == 0 {
		interval.Low = 0
	}
	if g.Successes == g.Trials {
		interval.High = 1
	}
	return interval
}

// score returns Wilson's interval of a share p of n, which need not be an integer.
func score(p, n float64) Interval {
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return Interval{max(middle-half, 0), min(middle+half, 1)}
}
