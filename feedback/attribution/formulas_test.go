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

// TestNewcombe has the examples of R. G. Newcombe, Interval estimation for the difference between
// independent proportions, Statistics in Medicine 17, 1998, table II, method 10.
func TestNewcombe(t *testing.T) {
	for _, c := range []struct {
		stratum   attribution.Stratum
		low, high float64
	}{
		{stratum(56, 70, 48, 80), 0.0524, 0.3339},
		{stratum(9, 10, 3, 10), 0.1705, 0.8090},
		{stratum(6, 7, 2, 7), 0.0582, 0.8062},
		{stratum(5, 56, 0, 29), -0.0381, 0.1926},
		{stratum(0, 10, 0, 20), -0.1611, 0.2775},
		{stratum(0, 10, 0, 10), -0.2775, 0.2775},
		{stratum(10, 10, 0, 20), 0.6791, 1.0000},
		{stratum(10, 10, 0, 10), 0.6075, 1.0000},
	} {
		lift, got, ok := attribution.Lift([]attribution.Stratum{c.stratum})
		if !ok {
			t.Errorf("%v cannot be compared", c.stratum)
		}
		near(t, fmt.Sprintf("%v, lift", c.stratum), lift, c.stratum.With.Rate()-c.stratum.Without.Rate(), 1e-12)
		near(t, fmt.Sprintf("%v, low", c.stratum), got.Low, c.low, 5e-5)
		near(t, fmt.Sprintf("%v, high", c.stratum), got.High, c.high, 5e-5)
	}
}

// TestLiftComparesWithinStudies has an item without an effect that was mostly used in the
// easier study (Simpson's paradox).
func TestLiftComparesWithinStudies(t *testing.T) {
	studies := []attribution.Stratum{stratum(80, 100, 8, 10), stratum(1, 10, 10, 100)}
	lift, interval, ok := attribution.Lift(studies)
	near(t, "lift", lift, 0, 1e-12)
	if !ok || interval.Low >= 0 || interval.High <= 0 {
		t.Errorf("%v, %v", interval, ok)
	}
	near(t, "p", attribution.Fisher(studies), 1, 1e-9)
}

// TestLiftSkipsStudiesThatCannotBeCompared has studies that used the item in all trials,
// or in none.
func TestLiftSkipsStudiesThatCannotBeCompared(t *testing.T) {
	never := []attribution.Stratum{stratum(5, 10, 0, 0), stratum(0, 0, 5, 10)}
	if lift, _, ok := attribution.Lift(never); ok || lift != 0 {
		t.Errorf("lift %v, %v", lift, ok)
	}
	near(t, "p", attribution.Fisher(never), 1, 0)
	some := append(never, stratum(9, 10, 3, 10))
	lift, interval, ok := attribution.Lift(some)
	near(t, "lift", lift, 0.6, 1e-12)
	near(t, "low", interval.Low, 0.1705, 5e-5)
	if !ok {
		t.Error("ok is false, although one study can be compared")
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
		{"rabbits", []attribution.Stratum{
			stratum(0, 6, 0, 5), stratum(3, 6, 0, 6), stratum(6, 6, 2, 6), stratum(5, 6, 6, 6), stratum(2, 2, 5, 5),
		}, 0.040, 5e-4},
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

func TestMedianDifference(t *testing.T) {
	got, ok := attribution.MedianDifference([]float64{1, 2, 2, 3, 10}, []float64{2, 3})
	near(t, "of 2 and 3 against 1, 2 and 10", got, 0.5, 0)
	if !ok {
		t.Error("ok is false")
	}
	for _, some := range [][]float64{nil, {1, 2}} {
		if _, ok := attribution.MedianDifference([]float64{1, 2}, some); ok {
			t.Errorf("%v has a difference", some)
		}
	}
	if _, ok := attribution.MedianDifference([]float64{-math.MaxFloat64, math.MaxFloat64}, []float64{math.MaxFloat64}); ok {
		t.Error("ok is true for a difference that overflows")
	}
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
		{7, 1, 0.8, math.Sqrt(0.8 * 0.2 / 11)},
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
