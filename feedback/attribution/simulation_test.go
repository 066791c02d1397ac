package attribution_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"atomizer-db/feedback/attribution"
)

// simulation is a kind of study. What its items do is known.
type simulation struct {
	trials, items int
	rate          func(progress float64) float64 // of success without items; progress rises from 0 to 1
	effect        map[int]float64                // what items add to the rate
	choose        func(*run) []int               // the items of the next trial
}

// run is one simulated study.
type run struct {
	simulation
	rng              *rand.Rand
	source           rand.Source
	helpful, harmful []int64
	past             []attribution.Trial
	current          []int // for drivers that keep their context
}

func (s simulation) run(seed uint64) *run {
	source := rand.NewPCG(seed, 7)
	r := &run{
		simulation: s, source: source, rng: rand.New(source), helpful: make([]int64, s.items), harmful: make([]int64, s.items),
	}
	for range s.trials {
		used := s.choose(r)
		chance := s.rate(r.progress())
		for _, item := range used {
			chance += s.effect[item]
		}
		success := r.rng.Float64() < chance
		for _, item := range used {
			if success {
				r.helpful[item]++
			} else {
				r.harmful[item]++
			}
		}
		r.past = append(r.past, attribution.Trial{Success: success, Loss: math.NaN(), Used: used})
	}
	return r
}

func (r *run) progress() float64 { return float64(len(r.past)) / float64(r.trials) }

func (r *run) successes() (n int) {
	for _, t := range r.past {
		if t.Success {
			n++
		}
	}
	return n
}

func (r *run) judge() []attribution.Credit { return attribution.Judge(r.items, r.past).Items }

func steady(rate float64) func(float64) float64 { return func(float64) float64 { return rate } }

func rising(progress float64) float64 { return 0.2 + 0.7*progress }

// anyQuarter uses each item with a probability of 1/4.
func anyQuarter(r *run) (used []int) {
	for item := range r.items {
		if r.rng.IntN(4) == 0 {
			used = append(used, item)
		}
	}
	return used
}

// comeAndFade uses the second half of the items more as the study goes on, and the first half
// less.
func comeAndFade(r *run) (used []int) {
	for item := range r.items {
		chance := 0.5 * r.progress()
		if item < r.items/2 {
			chance = 0.5 - chance
		}
		if r.rng.Float64() < chance {
			used = append(used, item)
		}
	}
	return used
}

// thompson uses the five items with the highest draws.
func thompson(draw func(rng rand.Source, helpful, harmful int64) float64) func(*run) []int {
	return func(r *run) []int {
		draws, order := make([]float64, r.items), make([]int, r.items)
		for i := range draws {
			draws[i], order[i] = draw(r.source, r.helpful[i], r.harmful[i]), i
		}
		slices.SortFunc(order, func(a, b int) int {
			if draws[a] > draws[b] {
				return -1
			}
			return 1
		})
		return order[:5]
	}
}

// sticky keeps its items for 30 trials on average.
func sticky(r *run) []int {
	if r.current == nil || r.rng.IntN(30) == 0 {
		r.current = anyQuarter(r)
	}
	return r.current
}

// studies is the number of simulated studies of a kind.
const studies = 100

// TestNothingMatters has 20 items without an effect. In at most 8% of the studies may any of them be
// called helpful or harmful, and 92 to 98% of the intervals must contain zero.
func TestNothingMatters(t *testing.T) {
	for _, c := range []struct {
		name string
		simulation
	}{
		{"steady", simulation{200, 20, steady(0.5), nil, anyQuarter}},
		{"steady and hard", simulation{200, 20, steady(0.2), nil, anyQuarter}},
		{"steady and easy", simulation{200, 20, steady(0.9), nil, anyQuarter}},
		{"rising", simulation{200, 20, rising, nil, anyQuarter}},
		{"rising, late items", simulation{200, 20, rising, nil, comeAndFade}},
		{"rising, Thompson contexts", simulation{200, 20, rising, nil, thompson(attribution.Draw)}},
		{"steady, Thompson contexts", simulation{200, 20, steady(0.5), nil, thompson(attribution.Draw)}},
		{"rising, more windows than are tested exactly", simulation{1200, 20, rising, nil, anyQuarter}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			wrong, intervals, covered := 0, 0, 0
			for seed := range uint64(studies) {
				called := false
				for _, credit := range c.run(seed).judge() {
					called = called || isCalled(credit)
					checkAgreement(t, credit)
					if !math.IsNaN(credit.Lift) {
						intervals++
						if credit.Low <= 0 && 0 <= credit.High {
							covered++
						}
					}
				}
				if called {
					wrong++
				}
			}
			share := float64(covered) / float64(intervals)
			t.Logf("%d of %d studies with a false call; %.1f%% of %d intervals contain zero", wrong, studies, 100*share, intervals)
			if wrong > studies*8/100 {
				t.Errorf("%d of %d studies call an item good or bad", wrong, studies)
			}
			if share < 0.92 || share > 0.98 {
				t.Errorf("%.1f%% of the 95%% intervals contain the true value", 100*share)
			}
		})
	}
}

func isCalled(c attribution.Credit) bool {
	return c.Verdict == attribution.Helps || c.Verdict == attribution.Harms
}

// checkAgreement checks that the interval that people are shown agrees with the verdict.
func checkAgreement(t *testing.T, c attribution.Credit) {
	t.Helper()
	want := map[attribution.Verdict]bool{attribution.Helps: c.AdjustedLow > 0, attribution.Harms: c.AdjustedHigh < 0}
	agrees, called := want[c.Verdict]
	if !called {
		agrees = math.IsNaN(c.Lift) || c.AdjustedLow <= 0 && 0 <= c.AdjustedHigh
	}
	if !agrees {
		t.Errorf("%s, but the interval is %v to %v: %+v", c.Verdict, c.AdjustedLow, c.AdjustedHigh, c)
	}
}

// TestVerdictsAgreeWithIntervals has items of all effects, in easy and hard studies, where the interval and the
// test differ most.
func TestVerdictsAgreeWithIntervals(t *testing.T) {
	effect := map[int]float64{0: 0.3, 1: -0.3, 2: 0.15, 3: -0.15, 4: 0.08, 5: -0.08}
	called := 0
	for seed := range uint64(300) {
		rate := 0.03 + 0.94*float64(seed%10)/9
		for _, credit := range (simulation{60 + int(seed), 12, steady(rate), effect, anyQuarter}).run(seed).judge() {
			checkAgreement(t, credit)
			if isCalled(credit) {
				called++
			}
		}
	}
	if called < 300 {
		t.Errorf("only %d items are called", called)
	}
}

// TestIntervalsContainTheEffect has one item with an effect.
func TestIntervalsContainTheEffect(t *testing.T) {
	for _, c := range []struct {
		name string
		simulation
	}{
		{"steady", simulation{400, 20, steady(0.4), map[int]float64{7: 0.2}, anyQuarter}},
		{"rising", simulation{400, 20, func(x float64) float64 { return 0.2 + 0.5*x }, map[int]float64{7: 0.2}, anyQuarter}},
		{"easy, harmful", simulation{400, 20, steady(0.98), map[int]float64{7: -0.3}, anyQuarter}},
	} {
		covered := 0
		for seed := range uint64(4 * studies) {
			if credit := c.run(seed).judge()[7]; credit.Low <= c.effect[7] && c.effect[7] <= credit.High {
				covered++
			}
		}
		share := float64(covered) / (4 * studies)
		t.Logf("%s: %.1f%% of the 95%% intervals contain the effect", c.name, 100*share)
		if share < 0.92 || share > 0.98 {
			t.Errorf("%s: %.1f%% of the 95%% intervals contain the effect", c.name, 100*share)
		}
	}
}

// TestHelpfulItemIsAmongTheFirst has one item that is worth 20 points, in studies of 400 trials.
func TestHelpfulItemIsAmongTheFirst(t *testing.T) {
	effect := map[int]float64{7: 0.2}
	for _, c := range []struct {
		name  string
		least int // percent
		simulation
	}{
		{"steady", 90, simulation{400, 20, steady(0.5), effect, anyQuarter}},
		{"rising", 80, simulation{400, 20, func(x float64) float64 { return 0.2 + 0.6*x }, effect, anyQuarter}},
		{"rising, late items", 80, simulation{400, 20, func(x float64) float64 { return 0.2 + 0.6*x }, effect, comeAndFade}},
	} {
		first, called := 0, 0
		for seed := range uint64(studies) {
			credits := c.run(seed).judge()
			better := 0
			for _, credit := range credits {
				if credit.Lift > credits[7].Lift {
					better++
				}
			}
			if better < 3 {
				first++
			}
			if credits[7].Verdict == attribution.Helps {
				called++
			}
		}
		t.Logf("%s: among the first three in %d of %d studies, called helpful in %d", c.name, first, studies, called)
		if first < studies*c.least/100 || called < studies/2 {
			t.Errorf("%s: among the first three in %d of %d studies, called helpful in %d", c.name, first, studies, called)
		}
	}
}

// TestStickyContextsAreWarnedOf has contexts that stay the same for 30 trials, and success that comes and goes in
// phases of as many. Of the items that can be compared, nearly all must have the warning, and in studies with
// other contexts nearly none.
func TestStickyContextsAreWarnedOf(t *testing.T) {
	phases := func(progress float64) float64 { return 0.5 + 0.4*math.Sin(progress*200/30*2*math.Pi) }
	share := func(choose func(*run) []int) float64 {
		compared, warned := 0, 0
		for seed := range uint64(studies) {
			for _, credit := range (simulation{200, 20, phases, nil, choose}).run(seed).judge() {
				if credit.ComparedWith.Trials >= attribution.FewestTrials {
					compared++
					if credit.Sticky {
						warned++
					}
				}
			}
		}
		return float64(warned) / float64(compared)
	}
	if got := share(sticky); got < 0.9 {
		t.Errorf("%.0f%% of the items of sticky contexts have the warning", 100*got)
	}
	for name, choose := range map[string]func(*run) []int{
		"random": anyQuarter, "coming and fading": comeAndFade, "Thompson": thompson(attribution.Draw),
	} {
		if got := share(choose); got > 0.04 {
			t.Errorf("%s contexts: %.1f%% of the items have the warning", name, 100*got)
		}
	}
}

// winStay keeps its context after a success and changes it after a failure.
func winStay(r *run) []int {
	if n := len(r.past); n == 0 || !r.past[n-1].Success {
		r.current = anyQuarter(r)
	}
	return r.current
}

// TestContextsThatLastAsLongAsSuccess has success that switches between two levels, and a driver that keeps its
// context as long as it succeeds: no comparison can tell the two apart. Nearly all false calls must come
// with the warning.
func TestContextsThatLastAsLongAsSuccess(t *testing.T) {
	called, warned := 0, 0
	for seed := range uint64(studies) {
		switches := rand.New(rand.NewPCG(seed, 9))
		level := 0.9
		chance := func(float64) float64 {
			if switches.IntN(25) == 0 {
				level = 1.1 - level
			}
			return level
		}
		for _, credit := range (simulation{400, 8, chance, nil, winStay}).run(seed).judge() {
			if isCalled(credit) {
				called++
				if credit.Sticky {
					warned++
				}
			}
		}
	}
	t.Logf("%d items without effect are called, %d of them with the warning", called, warned)
	if called < 20 || warned < called*8/10 {
		t.Errorf("%d items without effect are called, %d of them with the warning", called, warned)
	}
}

// TestSuperiorityCovers has objectives that improve with the study and an item that may improve
// them: the true probability is that in a very long study.
func TestSuperiorityCovers(t *testing.T) {
	study := func(seed uint64, trials int, gain float64) []attribution.Trial {
		rng := rand.New(rand.NewPCG(seed, 8))
		list := make([]attribution.Trial, trials)
		for i := range list {
			progress := float64(i%200) / 200
			list[i] = attribution.Trial{Success: rng.Float64() < 0.3+0.5*progress, Loss: rng.NormFloat64() - 2*progress}
			if rng.IntN(3) == 0 {
				list[i].Used, list[i].Loss = []int{0}, list[i].Loss-gain
			}
		}
		return list
	}
	for _, gain := range []float64{0, 0.5, 2} {
		truth := attribution.Judge(1, study(1, 1_000_000, gain)).Items[0].Superiority
		covered := 0
		for seed := range uint64(4 * studies) {
			if c := attribution.Judge(1, study(seed+2, 200, gain)).Items[0]; c.SuperiorityLow <= truth && truth <= c.SuperiorityHigh {
				covered++
			}
		}
		share := float64(covered) / (4 * studies)
		t.Logf("gain %v: the probability is %.3f, %.1f%% of the 95%% intervals contain it", gain, truth, 100*share)
		if share < 0.92 || share > 0.98 {
			t.Errorf("gain %v: %.1f%% of the 95%% intervals contain the probability of %.3f", gain, 100*share, truth)
		}
	}
}

// TestExploringPays compares drivers that choose five items for each of 1,000 trials: at random, by
// Thompson sampling on the counts, and by Draw. The constant in Draw was chosen with these studies.
func TestExploringPays(t *testing.T) {
	few, many := map[int]float64{}, map[int]float64{3: -0.15, 9: -0.1, 18: -0.1, 7: 0.15, 13: 0.1, 22: 0.1, 31: 0.05, 35: 0.1}
	for item := 0; item < 20; item += 5 {
		few[item], few[item+1] = 0.08, -0.08
	}
	scaled := func(factor float64) func(rand.Source, int64, int64) float64 {
		return func(rng rand.Source, helpful, harmful int64) float64 {
			return distuv.Beta{Alpha: 1 + factor*float64(helpful), Beta: 1 + factor*float64(harmful), Src: rng}.Rand()
		}
	}
	atRandom := func(rng rand.Source, _, _ int64) float64 { return rand.New(rng).Float64() }
	drivers := []struct {
		name string
		draw func(rand.Source, int64, int64) float64
	}{{"random", atRandom}, {"counts", scaled(1)}, {"twice the counts", scaled(2)}, {"Draw", attribution.Draw}, {"six times the counts", scaled(6)}}
	total := make([]int, len(drivers))
	for _, c := range []struct {
		name  string
		items int
		rate  func(float64) float64
		late  bool // half of the items arrive in the middle
	}{
		{"rate 0.25", 40, steady(0.25), false},
		{"rate 0.5", 40, steady(0.5), false},
		{"rate 0.8", 20, steady(0.8), false},
		{"drift", 40, rising, false},
		{"late arrivals", 40, steady(0.4), true},
		{"late arrivals and drift", 20, func(x float64) float64 { return 0.2 + 0.5*x }, true},
	} {
		sums := make([]int, len(drivers))
		var wait sync.WaitGroup
		for i, driver := range drivers {
			wait.Go(func() {
				for seed := range uint64(40) {
					choose := thompson(driver.draw)
					if c.late {
						choose = lateItems(choose)
					}
					effect := few
					if c.items == 40 {
						effect = many
					}
					sums[i] += simulation{1000, c.items, c.rate, effect, choose}.run(seed).successes()
				}
			})
		}
		wait.Wait()
		for i, sum := range sums {
			total[i] += sum
			t.Logf("%s, %s: %.1f%%", c.name, drivers[i].name, 100*float64(sum)/40/1000)
		}
		if sums[3] < sums[0] {
			t.Errorf("%s: Draw has %d successes, random choice %d", c.name, sums[3], sums[0])
		}
	}
	for i, sum := range total {
		t.Logf("together, %s: %.1f%%", drivers[i].name, 100*float64(sum)/40/6/1000)
		if sum > total[3] {
			t.Errorf("together, Draw has %d successes, %s %d", total[3], drivers[i].name, sum)
		}
	}
}

// lateItems hides the second half of the items for half of the study.
func lateItems(choose func(*run) []int) func(*run) []int {
	return func(r *run) []int {
		if r.progress() >= 0.5 {
			return choose(r)
		}
		early := *r
		early.items = r.items / 2
		return choose(&early)
	}
}
