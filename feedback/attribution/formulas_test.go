package attribution_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"atomizer-db/feedback/attribution"
)

func stratum(goodWith, with, goodWithout, without int64) attribution.Stratum {
	return attribution.Stratum{
		With:    attribution.Group{Trials: with, Successes: goodWith},
		Without: attribution.Group{Trials: without, Successes: goodWithout},
	}
}

func near(t *testing.T, what string, got, want, margin float64) {
	t.Helper()
	if math.Abs(got-want) > margin || math.IsNaN(got) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// TestWilson has the examples of R. G. Newcombe, Two-sided confidence intervals for the single
// proportion, Statistics in Medicine 17, 1998, table I, method 3.
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		successes, trials int64
		low, high         float64
	}{
		{81, 263, 0.2553, 0.3662},
		{15, 148, 0.0624, 0.1605},
		{0, 20, 0.0000, 0.1611},
		{1, 29, 0.0061, 0.1718},
		{20, 20, 0.8389, 1},
	} {
		got := attribution.Wilson(attribution.Group{Trials: c.trials, Successes: c.successes})
		near(t, fmt.Sprintf("%d of %d, low", c.successes, c.trials), got.Low, c.low, 5e-5)
		near(t, fmt.Sprintf("%d of %d, high", c.successes, c.trials), got.High, c.high, 5e-5)
	}
	if got := attribution.Wilson(attribution.Group{}); got != (attribution.Interval{Low: 0, High: 1}) {
		t.Errorf("of no trials: %v", got)
	}
}

func compare(strata ...attribution.Stratum) *attribution.Comparison {
	var c attribution.Comparison
	for _, s := range strata {
		c.Add(s)
	}
	return &c
}

// rabbits is the example of penicillin and rabbits of A. Agresti, Categorical Data Analysis,
// 1990, pages 231 to 237, and of R's mantelhaen.test.
var rabbits = []attribution.Stratum{
	stratum(0, 6, 0, 5), stratum(3, 6, 0, 6), stratum(6, 6, 2, 6), stratum(5, 6, 6, 6), stratum(2, 2, 5, 5),
}

// TestLift has the example of tolbutamide and death of K. Rothman, S. Greenland and T. Lash, Modern
// Epidemiology, 3rd edition, 2008, table 15-1 and chapter 15: a difference of 0.035 with a 90%
// interval from -0.018 to 0.087. It is Sato's at the estimate; at the limits it has the same digits.
func TestLift(t *testing.T) {
	c := compare(stratum(8, 106, 5, 120), stratum(22, 98, 16, 85))
	near(t, "difference", c.Lift(), 0.035, 5e-4)
	interval := c.Interval(0.10)
	near(t, "low", interval.Low, -0.018, 5e-4)
	near(t, "high", interval.High, 0.087, 5e-4)
}

// TestLimitsAreWhereTheVarianceSays checks the definition of the interval: each limit is 1.96 of Sato's
// standard deviations away from the lift, by the variance at the lift or by that at the limit,
// whichever is farther.
func TestLimitsAreWhereTheVarianceSays(t *testing.T) {
	for _, strata := range [][]attribution.Stratum{
		rabbits, {stratum(19, 20, 40, 40)}, {stratum(3, 5, 0, 30), stratum(10, 12, 3, 9)}, {stratum(60, 90, 0, 10), stratum(50, 90, 1, 10)},
	} {
		c := compare(strata...)
		interval := c.Interval(0.05)
		weight, p, q := 0.0, 0.0, 0.0
		for _, s := range strata {
			n1, n0, a, b := float64(s.With.Trials), float64(s.Without.Trials), float64(s.With.Successes), float64(s.Without.Successes)
			weight += n1 * n0 / (n1 + n0)
			p += (n1*n1*b - n0*n0*a + n1*n0*(n0-n1)/2) / ((n1 + n0) * (n1 + n0))
			q += (a*(n0-b) + b*(n1-a)) / (2 * (n1 + n0))
		}
		deviations := func(limit, at float64) float64 { return math.Abs(limit-c.Lift()) / (math.Sqrt(at*p+q) / weight) }
		for _, limit := range []float64{interval.Low, interval.High} {
			own, lift := deviations(limit, limit), deviations(limit, c.Lift())
			if math.IsNaN(own) {
				own = math.Inf(1) // beyond any limit of that kind
			}
			if near := min(own, lift); math.Abs(near-1.959964) > 1e-6 {
				t.Errorf("%v: the limit %v is %v or %v deviations away", strata, limit, own, lift)
			}
		}
	}
}

// TestRareExtremesAreCovered has an item in one of ten trials that nearly always fail, where the variance at the
// limit misses, and one that makes no difference where nearly all trials succeed, where that at the lift misses.
func TestRareExtremesAreCovered(t *testing.T) {
	for _, c := range []struct{ with, without float64 }{{0.02, 0.3}, {0.02, 0.5}, {0.98, 0.5}, {0.95, 0.95}} {
		const studies = 1000
		covered := 0
		for seed := range uint64(studies) {
			rng := rand.New(rand.NewPCG(seed, 2))
			var comparison attribution.Comparison
			for range 5 {
				var s attribution.Stratum
				for i := range 20 {
					group, rate := &s.Without, c.without
					if i%10 == 0 {
						group, rate = &s.With, c.with
					}
					group.Trials++
					if rng.Float64() < rate {
						group.Successes++
					}
				}
				comparison.Add(s)
			}
			if interval := comparison.Interval(0.05); interval.Low <= c.with-c.without && c.with-c.without <= interval.High {
				covered++
			}
		}
		if covered < studies*92/100 {
			t.Errorf("%v and %v: %d of %d intervals contain the difference", c.with, c.without, covered, studies)
		}
	}
}

// TestIntervalOfEqualOutcomes has windows in which all trials succeed or all fail: the interval still
// has a width, that of a window more with one success and one failure of each kind.
func TestIntervalOfEqualOutcomes(t *testing.T) {
	c := compare(stratum(10, 10, 10, 10), stratum(0, 10, 0, 10))
	near(t, "lift", c.Lift(), 0, 0)
	interval := c.Interval(0.05)
	near(t, "low", interval.Low, -1.959964*math.Sqrt(0.25)/11, 1e-6)
	near(t, "high", interval.High, -interval.Low, 1e-12)
	near(t, "p", c.P(), 1, 0)
	if apart := compare(stratum(5, 5, 0, 5)).Interval(0.05); apart.High < 1-1e-12 || apart.Low < 0.2 || apart.Low > 0.9 {
		t.Errorf("of an item that separates successes from failures: %v", apart)
	}
}

// TestLiftComparesWithinWindows has an item without an effect that was mostly used in the
// easier window (Simpson's paradox).
func TestLiftComparesWithinWindows(t *testing.T) {
	c := compare(stratum(80, 100, 8, 10), stratum(1, 10, 10, 100))
	near(t, "lift", c.Lift(), 0, 1e-12)
	near(t, "p", c.P(), 1, 1e-9)
}

// TestLiftSkipsWindowsThatCannotBeCompared has windows that used the item in all trials, or in none.
func TestLiftSkipsWindowsThatCannotBeCompared(t *testing.T) {
	never := []attribution.Stratum{stratum(5, 10, 0, 0), stratum(0, 0, 5, 10)}
	near(t, "p", attribution.Fisher(never), 1, 0)
	got, want := compare(append(never, stratum(9, 10, 3, 10))...), compare(stratum(9, 10, 3, 10))
	near(t, "lift", got.Lift(), 0.6, 1e-12)
	near(t, "p", got.P(), want.P(), 0)
	near(t, "low", got.Interval(0.05).Low, want.Interval(0.05).Low, 0)
}

// TestCochranMantelHaenszel has the examples of R's mantelhaen.test: penicillin and rabbits
// (Agresti 1990) and the admissions of Berkeley.
func TestCochranMantelHaenszel(t *testing.T) {
	berkeley := []attribution.Stratum{
		stratum(512, 825, 89, 108), stratum(353, 560, 17, 25), stratum(120, 325, 202, 593),
		stratum(138, 417, 131, 375), stratum(53, 191, 94, 393), stratum(22, 373, 24, 341),
	}
	for _, c := range []struct {
		name   string
		strata []attribution.Stratum
		want   float64
	}{{"rabbits", rabbits, 0.04747}, {"Berkeley", berkeley, 0.2323}} {
		excess, variance := 0.0, 0.0
		for _, s := range c.strata {
			n1, n0, good := float64(s.With.Trials), float64(s.Without.Trials), float64(s.With.Successes+s.Without.Successes)
			n := n1 + n0
			excess += float64(s.With.Successes) - n1*good/n
			variance += n1 * n0 * good * (n - good) / (n * n * (n - 1))
		}
		near(t, c.name, attribution.CochranMantelHaenszel(excess, variance), c.want, 5e-5)
	}
	near(t, "without variance", attribution.CochranMantelHaenszel(0, 0), 1, 0)
}

// TestManyWindowsAreTestedApproximately compares the two tests on both sides of 50 windows.
func TestManyWindowsAreTestedApproximately(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 0))
	var strata []attribution.Stratum
	for len(strata) < 51 {
		s := stratum(1+rng.Int64N(4), 5, 2+rng.Int64N(9), 15)
		strata = append(strata, s)
		if n := len(strata); n > 20 {
			got, exact := compare(strata...).P(), attribution.Fisher(strata)
			near(t, fmt.Sprintf("%d windows", n), got, exact, 0.05)
			if (got == exact) != (n <= 50) {
				t.Errorf("%d windows: p is %v, the exact one %v", n, got, exact)
			}
		}
	}
}

// TestFisher has the examples of R's fisher.test (the lady tasting tea; Fisher's
// convicted twins) and of mantelhaen.test (penicillin and rabbits, exact;
// Agresti 1990, pages 231 to 237).
func TestFisher(t *testing.T) {
	for _, c := range []struct {
		name   string
		strata []attribution.Stratum
		want   float64
		margin float64
	}{
		{"tea", []attribution.Stratum{stratum(3, 4, 1, 4)}, 0.4857, 5e-5},
		{"twins", []attribution.Stratum{stratum(2, 17, 10, 13)}, 0.0005367, 5e-8},
		{"rabbits", rabbits, 0.040, 5e-4},
	} {
		near(t, c.name, attribution.Fisher(c.strata), c.want, c.margin)
	}
	near(t, "half and half of many", attribution.Fisher([]attribution.Stratum{stratum(500_000, 1_000_000, 500_000, 1_000_000)}), 1, 1e-6)
	near(t, "all and none of many", attribution.Fisher([]attribution.Stratum{stratum(100_000, 100_000, 0, 100_000)}), 0, 1e-20)
}

// TestFisherIsTheSumOverAllTables compares with the sum of binomial coefficients over all
// tables.
func TestFisherIsTheSumOverAllTables(t *testing.T) {
	for n := range int64(7) {
		for m := range int64(7) {
			for a := range n + 1 {
				for b := range m + 1 {
					if n == 0 || m == 0 {
						continue
					}
					seen, want := choose(n, a)*choose(m, b), 0.0
					for k := max(0, a+b-m); k <= min(n, a+b); k++ {
						if ways := choose(n, k) * choose(m, a+b-k); ways <= seen {
							want += ways / choose(n+m, a+b)
						}
					}
					near(t, fmt.Sprintf("%d of %d, %d of %d", a, n, b, m), attribution.Fisher([]attribution.Stratum{stratum(a, n, b, m)}), want, 1e-12)
				}
			}
		}
	}
}

func choose(n, k int64) float64 {
	ways := 1.0
	for i := range k {
		ways = ways * float64(n-i) / float64(i+1)
	}
	return math.Round(ways)
}

// TestAdjust has the example of Benjamini and Hochberg 1995, section 3.1: fifteen
// comparisons of treatments of myocardial infarction, of which four are rejected at 5%.
func TestAdjust(t *testing.T) {
	p := []float64{0.3240, 0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.4262, 0.5719, 0.6528, 0.7590, 1}
	got := attribution.Adjust(p)
	for i, want := range map[int]float64{1: 0.0015, 2: 0.003, 3: 0.0095, 4: 0.035625, 5: 0.0603, 14: 1} {
		near(t, fmt.Sprint(p[i]), got[i], want, 1e-12)
	}
	// An adjusted value is never above that of a larger p: 0.0278 gets that of 0.0298.
	near(t, "0.0278", got[6], 0.0298*15/7, 1e-12)
	rejected := 0
	for _, q := range got {
		if q <= 0.05 {
			rejected++
		}
	}
	if rejected != 4 {
		t.Errorf("%d are rejected", rejected)
	}
	if len(attribution.Adjust(nil)) != 0 {
		t.Error("no p-values have adjusted ones")
	}
}

// TestCoverageLevelAgreesWithAdjust draws p-values: one is at most the level just if it is selected.
func TestCoverageLevelAgreesWithAdjust(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 0))
	for range 2000 {
		p := make([]float64, 1+rng.IntN(20))
		for i := range p {
			p[i] = math.Pow(rng.Float64(), 1+4*float64(rng.IntN(2)))
		}
		level := attribution.CoverageLevel(p, 0.05)
		for i, q := range attribution.Adjust(p) {
			if (q <= 0.05) != (p[i] <= level) {
				t.Fatalf("%v: p %v, adjusted %v, level %v", p, p[i], q, level)
			}
		}
	}
	near(t, "of the example of Benjamini and Hochberg, which selects 4 of 15", attribution.CoverageLevel(
		[]float64{0.3240, 0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.4262, 0.5719, 0.6528, 0.7590, 1},
		0.05), 0.05*4/15, 1e-12)
	near(t, "of no questions", attribution.CoverageLevel(nil, 0.05), 0.05, 0)
}

// TestDraw compares the mean and the deviation of draws with those of the beta
// distribution, also for negative counts.
func TestDraw(t *testing.T) {
	rng := rand.NewPCG(1, 2)
	for _, c := range []struct {
		helpful, harmful int64
		mean, deviation  float64
	}{
		{0, 0, 0.5, math.Sqrt(1. / 12)},
		{7, 1, 22. / 26, math.Sqrt(22. / 26 * 4 / 26 / 27)}, // three times the counts, and one of each
		{-50, -50, 0.5, math.Sqrt(1. / 12)},
	} {
		const draws = 20_000
		sum, squares := 0.0, 0.0
		for range draws {
			x := attribution.Draw(rng, c.helpful, c.harmful)
			sum += x
			squares += x * x
		}
		mean := sum / draws
		near(t, fmt.Sprintf("%d and %d, mean", c.helpful, c.harmful), mean, c.mean, 0.01)
		near(t, fmt.Sprintf("%d and %d, deviation", c.helpful, c.harmful), math.Sqrt(squares/draws-mean*mean), c.deviation, 0.01)
	}
}
