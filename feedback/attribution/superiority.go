package attribution

import (
	"cmp"
	"math"
	"slices"
)

// ranking is the order of the trials of one window by merit: a success with a lower loss
// is better, and all failures are last. Successes without an objective have no rank.
type ranking struct {
	rank   []float64 // of each trial of the window, from 1 for the worst; equal ones share the mean; NaN: none
	ranked int64     // trials with a rank
	spread float64   // twelve times the variance of a Mann-Whitney count, by the number of pairs
}

// rank ranks those trials of a window that are compared.
func rank(window []Trial, compared func(Trial) bool) ranking {
	r := ranking{rank: make([]float64, len(window))}
	var order []int
	for i, t := range window {
		r.rank[i] = math.NaN()
		if compared(t) && (!t.Success || !math.IsNaN(t.Loss)) {
			order = append(order, i)
		}
	}
	merit := func(i int) float64 {
		if !window[i].Success {
			return math.Inf(-1)
		}
		return -window[i].Loss
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(merit(a), merit(b)) })
	ties := 0.0
	for first := 0; first < len(order); {
		last := first
		for last+1 < len(order) && merit(order[last+1]) == merit(order[first]) {
			last++
		}
		for _, i := range order[first : last+1] {
			r.rank[i] = float64(first+last)/2 + 1
		}
		size := float64(last - first + 1)
		ties += size*size*size - size
		first = last + 1
	}
	r.ranked = int64(len(order))
	if n := float64(r.ranked); n > 1 {
		r.spread = n + 1 - ties/(n*(n-1))
	}
	return r
}

// Superiority estimates the probability that a trial with an item is better than a trial
// without it in the same window, where equal trials count as half: the Mann-Whitney count
// of the pairs of trials in which the one with the item wins, by the number of pairs.
// Windows are combined with the weights of P. van Elteren (On the combination of
// independent two sample tests of Wilcoxon, Bulletin of the International Statistical
// Institute 37, 1960). The zero value has no windows.
type Superiority struct {
	windows                       float64
	wins, pairs                   float64 // weighted
	winsWins, winsPairs, pairPair float64 // sums of products, for the variance between windows
	variance                      float64 // of wins, if the item has no effect
}

// add adds a window: the number of ranked trials with the item, and the sum of their ranks.
func (s *Superiority) add(with int64, rankSum float64, r ranking) {
	n1, n := float64(with), float64(r.ranked)
	if with == 0 || with == r.ranked {
		return
	}
	weight := 1 / (n + 1)
	wins, pairs := weight*(rankSum-n1*(n1+1)/2), weight*n1*(n-n1)
	s.windows++
	s.wins += wins
	s.pairs += pairs
	s.winsWins += wins * wins
	s.winsPairs += wins * pairs
	s.pairPair += pairs * pairs
	s.variance += weight * pairs * r.spread / 12
}

// Estimate returns the probability and its 95% interval; ok is false if no window tells
// anything.
//
// The interval is Wilson's, for as many trials as have the variance of the estimate. This
// variance is the larger of two: that of a Mann-Whitney count with ties without an effect,
// taken to be proportional to p(1-p) as by M. Halperin, P. Gilbert and J. Lachin
// (Distribution-free confidence intervals for Pr(X1 < X2), Biometrics 43, 1987), and that
// of a ratio of sums over windows (W. Cochran, Sampling Techniques, 1977, 6.4), which grows
// if windows differ.
func (s Superiority) Estimate() (p float64, interval Interval, ok bool) {
	if s.variance == 0 {
		return 0, Interval{0, 1}, false
	}
	p = s.wins / s.pairs
	variance := 4 * p * (1 - p) * s.variance
	if s.windows > 1 {
		between := s.winsWins - 2*p*s.winsPairs + p*p*s.pairPair
		variance = max(variance, between*s.windows/(s.windows-1))
	}
	if variance == 0 { // the item always wins, or never
		return p, score(p, s.pairs*s.pairs/(4*s.variance)), true
	}
	return p, score(p, s.pairs*s.pairs*p*(1-p)/variance), true
}
