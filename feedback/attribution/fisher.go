package attribution

import "slices"

// Fisher returns the two-sided p-value of Fisher's exact test: the probability, if
// the item had no effect, of a division of the successes that is at most as likely as
// the observed one (R. A. Fisher, The logic of inductive inference, JRSS 98, 1935).
// For several strata it is the exact conditional test of the sum of the successes
// with the item (A. Agresti, Categorical Data Analysis, 1990, 7.4). Values below
// [Least] are 0.
func Fisher(strata []Stratum) float64 {
	sum := counts{share: []float64{1}}
	seen := int64(0)
	for _, s := range strata {
		if s.Comparable() {
			sum = sum.plus(hypergeometric(s))
			seen += s.With.Successes
		}
	}
	at := seen - sum.from
	if at < 0 || at >= int64(len(sum.share)) {
		return 0
	}
	// Equally likely divisions may differ by rounding.
	limit := sum.share[at] * (1 + 1e-7)
	p, total := 0.0, 0.0
	for _, share := range sum.share {
		total += share
		if share <= limit {
			p += share
		}
	}
	return min(p/total, 1)
}

// Least is the likelihood, as a share of the largest, below which numbers of successes
// are left out.
const Least = 1e-30

// counts is the distribution of the number of successes with the item: share[k] is the
// likelihood of from+k, as a share of the largest likelihood.
type counts struct {
	from  int64
	share []float64
}

// hypergeometric returns the distribution for one stratum with fixed margins. It starts
// at the most likely number and goes in both directions.
func hypergeometric(s Stratum) counts {
	n, m := s.With.Trials, s.Without.Trials
	good := s.With.Successes + s.Without.Successes
	lowest, highest := max(0, good-m), min(n, good)
	mode := int64((float64(good) + 1) * (float64(n) + 1) / (float64(n) + float64(m) + 2))
	mode = min(max(mode, lowest), highest)
	// next is the likelihood of k+1 as a share of that of k.
	next := func(k int64) float64 {
		return float64(good-k) * float64(n-k) / (float64(k+1) * float64(m-good+k+1))
	}
	var below []float64
	share, k := 1.0, mode
	for ; k > lowest; k-- {
		if share /= next(k - 1); share < Least {
			break
		}
		below = append(below, share)
	}
	c := counts{from: mode - int64(len(below))}
	slices.Reverse(below)
	c.share = append(below, 1)
	share = 1
	for k = mode; k < highest; k++ {
		if share *= next(k); share < Least {
			break
		}
		c.share = append(c.share, share)
	}
	return c
}

// plus returns the distribution of the sum of two independent numbers.
func (c counts) plus(other counts) counts {
	sum := counts{from: c.from + other.from, share: make([]float64, len(c.share)+len(other.share)-1)}
	for i, a := range c.share {
		for j, b := range other.share {
			sum.share[i+j] += a * b
		}
	}
	most := slices.Max(sum.share)
	for len(sum.share) > 0 && sum.share[0] < most*Least {
		sum.share = sum.share[1:]
		sum.from++
	}
	for len(sum.share) > 0 && sum.share[len(sum.share)-1] < most*Least {
		sum.share = sum.share[:len(sum.share)-1]
	}
	for i := range sum.share {
		sum.share[i] /= most
	}
	return sum
}
