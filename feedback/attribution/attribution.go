// Package attribution contains the statistics for crediting items with the success of
// trials: functions of counts, each of which is a published formula.
package attribution

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Group is a number of trials and how many of them succeeded.
type Group struct{ Trials, Successes int64 }

// Rate returns the share of successes, NaN without trials.
func (g Group) Rate() float64 { return float64(g.Successes) / float64(g.Trials) }

// Stratum is one study: its trials with an item and those without it. Some studies are
// easier than others, so trials are only compared within a study.
type Stratum struct{ With, Without Group }

// Comparable reports whether there are trials of both kinds.
func (s Stratum) Comparable() bool { return s.With.Trials > 0 && s.Without.Trials > 0 }

// Interval is a 95% confidence interval.
type Interval struct{ Low, High float64 }

var z = distuv.UnitNormal.Quantile(0.975)

// Wilson returns the score interval of a rate (E. B. Wilson, Probable inference,
// the law of succession, and statistical inference, JASA 22, 1927).
func Wilson(g Group) Interval {
	n, p := float64(g.Trials), g.Rate()
	if n == 0 {
		return Interval{0, 1}
	}
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	interval := Interval{max(middle-half, 0), min(middle+half, 1)}
	// Without successes, or without failures, a limit is exactly 0 or 1.
	if g.Successes == 0 {
		interval.Low = 0
	}
	if g.Successes == g.Trials {
		interval.High = 1
	}
	return interval
}

// Lift returns the success rate with the item minus that without it, over the strata
// that can be compared; ok is false if none can.
//
// The interval of a single stratum is Newcombe's (R. G. Newcombe, Interval estimation
// for the difference between independent proportions, Statistics in Medicine 17,
// 1998, method 10). For several strata, the differences are weighted as by Mantel and
// Haenszel, and Newcombe's squares are added with the squares of the weights (G. Y.
// Zou, A. Donner, Construction of confidence limits about effect measures, Statistics
// in Medicine 27, 2008).
func Lift(strata []Stratum) (lift float64, interval Interval, ok bool) {
	total, low, high := 0.0, 0.0, 0.0
	for _, s := range strata {
		if !s.Comparable() {
			continue
		}
		n1, n0 := float64(s.With.Trials), float64(s.Without.Trials)
		weight := n1 * n0 / (n1 + n0)
		p1, p0 := s.With.Rate(), s.Without.Rate()
		w1, w0 := Wilson(s.With), Wilson(s.Without)
		total += weight
		lift += weight * (p1 - p0)
		low += weight * weight * (square(p1-w1.Low) + square(w0.High-p0))
		high += weight * weight * (square(w1.High-p1) + square(p0-w0.Low))
	}
	if total == 0 {
		return 0, Interval{-1, 1}, false
	}
	lift /= total
	return lift, Interval{lift - math.Sqrt(low)/total, lift + math.Sqrt(high)/total}, true
}

func square(x float64) float64 { return x * x }

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

// MedianDifference returns the median of some minus the median of the other values in
// all; ok is false if either has no values, or if the difference overflows. Both slices
// must be sorted, and all must contain some.
func MedianDifference(all, some []float64) (difference float64, ok bool) {
	others := make([]float64, 0, max(len(all)-len(some), 0))
	taken := 0
	for _, value := range all {
		if taken < len(some) && some[taken] == value {
			taken++
			continue
		}
		others = append(others, value)
	}
	if len(some) == 0 || len(others) == 0 {
		return 0, false
	}
	difference = median(some) - median(others)
	return difference, !math.IsInf(difference, 0)
}

// median returns the middle one of sorted values, or the mean of the two middle ones.
func median(sorted []float64) float64 {
	n := len(sorted)
	return sorted[(n-1)/2]/2 + sorted[n/2]/2
}

// Draw returns a random probability that an item helps, given its counts: it draws
// from the beta distribution that follows from them and a uniform prior. Choosing the
// items with the highest draws is Thompson sampling (W. R. Thompson, On the
// likelihood that one unknown probability exceeds another, Biometrika 25, 1933). It
// treats negative counts, which a playbook.json may contain, as zero.
func Draw(rng rand.Source, helpful, harmful int64) float64 {
	return distuv.Beta{Alpha: float64(max(helpful, 0)) + 1, Beta: float64(max(harmful, 0)) + 1, Src: rng}.Rand()
}
