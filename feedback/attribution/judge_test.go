package attribution_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"atomizer-db/feedback/attribution"
)

func lift(t *testing.T, c attribution.Credit) float64 {
	t.Helper()
	if math.IsNaN(c.Lift) {
		t.Fatalf("nothing was compared: %+v", c)
	}
	return c.Lift
}

// TestWindowsHaveTwentyTrials uses an item in the trials of one position only: the position in its
// window of the trial decides which trials it is compared with.
func TestWindowsHaveTwentyTrials(t *testing.T) {
	for _, c := range []struct{ trials, at, compared int }{
		{20, 0, 20}, {39, 38, 39}, {40, 19, 20}, {40, 20, 20}, {47, 0, 20}, {47, 20, 27}, {47, 46, 27}, {59, 39, 39}, {60, 39, 20}, {3, 1, 3},
	} {
		trials := make([]attribution.Trial, c.trials)
		trials[c.at].Used = []int{0}
		got := attribution.Judge(1, trials).Items[0]
		if got.Windows != 1 || got.ComparedWith.Trials != 1 || got.ComparedWithout.Trials != int64(c.compared-1) {
			t.Errorf("trial %d of %d: %+v", c.at+1, c.trials, got)
		}
	}
}

// TestStudiesShareNoWindow has two studies of ten trials, of different difficulty.
func TestStudiesShareNoWindow(t *testing.T) {
	easy, hard := make([]attribution.Trial, 10), make([]attribution.Trial, 10)
	for i := range easy {
		easy[i] = attribution.Trial{Success: true, Used: []int{0}}
	}
	got := attribution.Judge(1, easy, hard).Items[0]
	if got.Verdict != attribution.BeyondJudging || got.With.Trials != 10 || got.Without.Trials != 10 {
		t.Errorf("%+v", got)
	}
	hard[3] = attribution.Trial{Success: true, Used: []int{0}}
	got = attribution.Judge(1, easy, hard).Items[0]
	if got.Verdict != attribution.TooFewTrials || lift(t, got) != 1 || got.ComparedWithout.Trials != 9 {
		t.Errorf("%+v", got)
	}
}

// TestMinimumCountsComparedTrials has an item in 50 trials, of which only nine are in a window with
// trials that lack it.
func TestMinimumCountsComparedTrials(t *testing.T) {
	trials := make([]attribution.Trial, 60)
	for i := range trials {
		if i < 49 {
			trials[i].Used = []int{0}
		}
	}
	if got := attribution.Judge(1, trials).Items[0]; got.Verdict != attribution.TooFewTrials || got.ComparedWith.Trials != 9 {
		t.Errorf("%+v", got)
	}
	trials[49].Used = []int{0}
	if got := attribution.Judge(1, trials).Items[0]; got.Verdict != attribution.Unclear || got.ComparedWith.Trials != 10 {
		t.Errorf("%+v", got)
	}
}

// TestHeldOutTrialsCountForThePlaybookOnly holds out every fifth trial, which all fail.
func TestHeldOutTrialsCountForThePlaybookOnly(t *testing.T) {
	var trials []attribution.Trial
	for i := range 100 {
		trial := attribution.Trial{Success: i%2 == 0, Loss: float64(i % 7)}
		switch {
		case i%5 == 0:
			trial.Success, trial.Holdout = false, true
		case i%3 == 0:
			trial.Used = []int{0}
		}
		trials = append(trials, trial)
	}
	got := attribution.Judge(1, trials)
	kept := slices.DeleteFunc(slices.Clone(trials), func(t attribution.Trial) bool { return t.Holdout })
	if want := attribution.Judge(1, kept); got.Items[0].With != want.Items[0].With || got.Items[0].Without != want.Items[0].Without {
		t.Errorf("the item is compared as %+v and without the held-out trials as %+v", got.Items[0], want.Items[0])
	}
	if c := got.Items[0]; c.ComparedWith.Trials+c.ComparedWithout.Trials != 80 {
		t.Errorf("held-out trials are compared with the item: %+v", c)
	}
	p := got.Playbook
	if p.Verdict != attribution.Helps || p.With != (attribution.Group{Trials: 80, Successes: 40}) || p.Without != (attribution.Group{Trials: 20}) || p.Windows != 5 {
		t.Errorf("%+v", p)
	}
	near(t, "lift", lift(t, p), 0.5, 1e-12)
	near(t, "superiority", p.Superiority, 0.75, 1e-12)
	if p.Low <= 0 || p.AdjustedLow <= 0 {
		t.Errorf("%+v", p)
	}
}

// TestSuperiority has the example of R's wilcox.test, the permeability of a membrane of M. Hollander
// and D. Wolfe, Nonparametric Statistical Methods, 1973, page 69: W is 35 of 50 pairs.
func TestSuperiority(t *testing.T) {
	var trials []attribution.Trial
	for _, v := range []float64{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46} {
		trials = append(trials, attribution.Trial{Success: true, Loss: -v, Used: []int{0}})
	}
	for _, v := range []float64{1.15, 0.88, 0.90, 0.74, 1.21} {
		trials = append(trials, attribution.Trial{Success: true, Loss: -v})
	}
	got := attribution.Judge(1, trials).Items[0]
	near(t, "superiority", got.Superiority, 35./50, 1e-12)
	if got.SuperiorityLow > 0.5 || got.SuperiorityHigh > 0.95 {
		t.Errorf("the interval is %v to %v", got.SuperiorityLow, got.SuperiorityHigh)
	}
}

// TestSuperiorityIsTheShareOfPairs compares with counting all pairs of each window.
func TestSuperiorityIsTheShareOfPairs(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 0))
	for range 200 {
		trials := make([]attribution.Trial, 20+20*rng.IntN(2))
		for i := range trials {
			trials[i] = attribution.Trial{Success: rng.IntN(3) > 0, Loss: float64(rng.IntN(6))}
			if rng.IntN(8) == 0 {
				trials[i].Loss = math.NaN()
			}
			if rng.IntN(3) == 0 {
				trials[i].Used = []int{0}
			}
		}
		wins, pairs := 0.0, 0.0
		for first := 0; first < len(trials); first += 20 {
			ranked := slices.DeleteFunc(slices.Clone(trials[first:first+20]), func(t attribution.Trial) bool { return t.Success && math.IsNaN(t.Loss) })
			weight := 1 / float64(len(ranked)+1)
			for _, a := range ranked {
				for _, b := range ranked {
					if len(a.Used) == 1 && len(b.Used) == 0 {
						pairs += weight
						wins += weight * win(a, b)
					}
				}
			}
		}
		near(t, "superiority", attribution.Judge(1, trials).Items[0].Superiority, wins/pairs, 1e-12)
	}
}

func win(a, b attribution.Trial) float64 {
	switch {
	case a.Success != b.Success && a.Success, a.Success && b.Success && a.Loss < b.Loss:
		return 1
	case !a.Success && !b.Success, a.Success && b.Success && a.Loss == b.Loss:
		return 0.5
	}
	return 0
}

// TestSuperiorityRewardsRescues has an item that makes hard designs succeed, at a high weight. The
// median objective of its successes is worse, but its trials are better.
func TestSuperiorityRewardsRescues(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 0))
	var trials []attribution.Trial
	for i := range 200 {
		hard := rng.IntN(2) == 0
		trial := attribution.Trial{Success: !hard, Loss: 100 + rng.Float64()}
		if i%2 == 0 {
			trial.Used = []int{0}
			if hard {
				trial.Success, trial.Loss = true, 200+rng.Float64()
			}
		}
		trials = append(trials, trial)
	}
	if got := attribution.Judge(1, trials).Items[0]; got.SuperiorityLow <= 0.5 {
		t.Errorf("%+v", got)
	}
}

// TestSuperiorityNeedsObjectives has successes without any.
func TestSuperiorityNeedsObjectives(t *testing.T) {
	var trials []attribution.Trial
	for i := range 40 {
		trial := attribution.Trial{Success: i%3 == 0, Loss: math.NaN()}
		if i%2 == 0 {
			trial.Used = []int{0}
		}
		trials = append(trials, trial)
	}
	trials[7] = attribution.Trial{Holdout: true, Loss: math.NaN()}
	got := attribution.Judge(1, trials)
	if item := got.Items[0]; !math.IsNaN(item.Superiority) || item.Verdict != attribution.Unclear {
		t.Errorf("%+v", item)
	}
	if !math.IsNaN(got.Playbook.Superiority) || math.IsNaN(got.Playbook.Lift) {
		t.Errorf("%+v", got.Playbook)
	}
}

// TestStickyItems has an item in every other trial, one in blocks of 25 trials, and one that arrives
// late and then is in every other trial.
func TestStickyItems(t *testing.T) {
	var trials []attribution.Trial
	for i := range 200 {
		var used []int
		for item, uses := range []bool{i%2 == 0, i%50 < 25, i > 106 && i%2 == 0} {
			if uses {
				used = append(used, item)
			}
		}
		trials = append(trials, attribution.Trial{Success: i%3 == 0, Used: used})
	}
	got := attribution.Judge(3, trials).Items
	for item, want := range []bool{false, true, false} {
		if got[item].Sticky != want {
			t.Errorf("item %d: %+v", item, got[item])
		}
	}
	if got[0].Blocks != 100 || got[1].Blocks != 4 || got[2].Blocks != 46 {
		t.Errorf("blocks: %d, %d, %d", got[0].Blocks, got[1].Blocks, got[2].Blocks)
	}
}

// TestBlocksEndWithTheStudy has an item in the last trials of one study and the first of the next.
func TestBlocksEndWithTheStudy(t *testing.T) {
	first, second := make([]attribution.Trial, 20), make([]attribution.Trial, 40)
	for i := range 10 {
		first[10+i].Used, second[i].Used, second[20+i].Used = []int{0}, []int{0}, []int{0}
	}
	if got := attribution.Judge(1, first, second).Items[0]; got.Blocks != 3 || !got.Sticky {
		t.Errorf("%+v", got)
	}
}

// TestHeldOutBlocksAreWarnedOf holds out ten trials in a row of each forty.
func TestHeldOutBlocksAreWarnedOf(t *testing.T) {
	for step, want := range map[int]bool{1: true, 7: false} {
		trials := make([]attribution.Trial, 200)
		for i := range trials {
			trials[i].Holdout = i*step%40 < 10
		}
		if got := attribution.Judge(0, trials).Playbook; got.Sticky != want {
			t.Errorf("in steps of %d: %+v", step, got)
		}
	}
}

// TestCommonItemsAreNotTogether has independent items in 95% of the trials.
func TestCommonItemsAreNotTogether(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 0))
	trials := make([]attribution.Trial, 400)
	for i := range trials {
		for item := range 5 {
			if rng.IntN(20) > 0 {
				trials[i].Used = append(trials[i].Used, item)
			}
		}
	}
	for item, c := range attribution.Judge(5, trials).Items {
		if len(c.Together) > 0 {
			t.Errorf("item %d comes with %v", item, c.Together)
		}
	}
}

// TestTogether has items 0 and 1 always together, 2 with them in eight of ten trials, and 3 and 4 always
// together, but in nine trials.
func TestTogether(t *testing.T) {
	var trials []attribution.Trial
	for i := range 100 {
		var used []int
		if i%2 == 0 {
			used = []int{0, 1}
			if i%10 < 8 {
				used = append(used, 2)
			}
		}
		if i%11 == 1 {
			used = append(used, 3, 4)
		}
		trials = append(trials, attribution.Trial{Used: used})
	}
	for item, want := range [][]int{{1}, {0}, nil, nil, nil} {
		if got := attribution.Judge(5, trials).Items[item].Together; !slices.Equal(got, want) {
			t.Errorf("item %d comes with %v, want %v", item, got, want)
		}
	}
}

// TestJudgeWithoutTrials also has no items.
func TestJudgeWithoutTrials(t *testing.T) {
	got := attribution.Judge(2, nil, []attribution.Trial{})
	if got.All.Trials != 0 || got.Items[1].Verdict != attribution.BeyondJudging || got.Playbook.Verdict != attribution.BeyondJudging {
		t.Errorf("%+v", got)
	}
	if got := attribution.Judge(0, []attribution.Trial{{Success: true}}); got.All.Successes != 1 || len(got.Items) != 0 {
		t.Errorf("%+v", got)
	}
}
