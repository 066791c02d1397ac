package attribution

import "math"

// tally collects in one pass over the windows what the credit of items is computed
// from.
type tally struct {
	all, heldOut Group
	playbook     evidence
	items        []itemTally // by number
}

// evidence is what is known about an item, or about the whole playbook.
type evidence struct {
	comparison  Comparison
	superiority Superiority
	runs        Runs
}

// itemTally is the evidence about one item.
type itemTally struct {
	evidence
	with   Group
	blocks int
	last   int // the position of the last trial of the study that used it; 0: none
	here   use // in the current window
}

// use is how the trials of one window used an item.
type use struct {
	trials  Group
	ranked  int64   // those of the trials that have a rank
	rankSum float64 //
	first   int     // the position of the first one
	blocks  int     // of consecutive trials
}

func newTally(items int) *tally { return &tally{items: make([]itemTally, items)} }

// add adds the trials of a study.
func (t *tally) add(trials []Trial) {
	objectives := false
	for _, trial := range trials {
		objectives = objectives || trial.Success && !math.IsNaN(trial.Loss)
	}
	for i := range t.items {
		t.items[i].last = 0
	}
	position := 0
	for window := range windows(trials) {
		position = t.addWindow(window, position, objectives)
	}
}

// addWindow adds the window that follows the given position. It returns the position of
// the window's last trial. Positions count the trials of a study that were not held out.
func (t *tally) addWindow(window []Trial, before int, objectives bool) (last int) {
	rest := t.addPlaybook(window, objectives)
	ranks := rank(window, func(trial Trial) bool { return trial.Holdout })
	last = before
	var used []int
	for i, trial := range window {
		if trial.Holdout {
			continue
		}
		last++
		for _, item := range trial.Used {
			if t.items[item].here.trials.Trials == 0 {
				used = append(used, item)
			}
			t.items[item].add(trial.Success, last, ranks.rank[i])
		}
	}
	for _, item := range used {
		t.items[item].endWindow(rest, ranks, before+1, last, objectives)
	}
	return last
}

// addPlaybook compares the trials of a window that were held out with the rest, which it
// returns.
func (t *tally) addPlaybook(window []Trial, objectives bool) (rest Group) {
	var heldOut Group
	for _, trial := range window {
		if trial.Holdout {
			heldOut.add(trial.Success)
		} else {
			rest.add(trial.Success)
		}
	}
	t.all, t.heldOut = t.all.plus(rest).plus(heldOut), t.heldOut.plus(heldOut)
	t.playbook.comparison.Add(Stratum{With: rest, Without: heldOut})
	if heldOut.Trials == 0 || !objectives {
		return rest
	}
	ranks := rank(window, func(Trial) bool { return false })
	ranked, sum := int64(0), 0.0
	for i, trial := range window {
		if r := ranks.rank[i]; !trial.Holdout && !math.IsNaN(r) {
			ranked, sum = ranked+1, sum+r
		}
	}
	t.playbook.superiority.add(ranked, sum, ranks)
	return rest
}

// add adds a trial that used the item. Its rank is NaN if it has none.
func (t *itemTally) add(success bool, position int, rank float64) {
	here := &t.here
	if here.trials.Trials == 0 {
		here.first = position
	}
	if t.last == 0 || t.last != position-1 {
		t.blocks++
	}
	if here.trials.Trials == 0 || t.last != position-1 {
		here.blocks++
	}
	t.last = position
	t.with.add(success)
	here.trials.add(success)
	if !math.IsNaN(rank) {
		here.ranked, here.rankSum = here.ranked+1, here.rankSum+rank
	}
}

// endWindow adds the current window, from its first to its last position, to the evidence.
func (t *itemTally) endWindow(all Group, ranks ranking, first, last int, objectives bool) {
	here := t.here
	t.here = use{}
	t.comparison.Add(Stratum{With: here.trials, Without: all.minus(here.trials)})
	// Between two blocks with the item there is one without it.
	runs := 2*here.blocks - 1
	if here.first > first {
		runs++
	}
	if t.last < last {
		runs++
	}
	t.runs.Add(int64(runs), here.trials.Trials, all.Trials)
	if objectives {
		t.superiority.add(here.ranked, here.rankSum, ranks)
	}
}

// credit returns the credit that follows from the evidence, without a verdict unless the
// item cannot be judged.
func (e *evidence) credit(with, without Group) Credit {
	nan := math.NaN()
	c := Credit{
		With: with, Without: without, Windows: e.comparison.windows, ComparedWith: e.comparison.with, ComparedWithout: e.comparison.without,
		Lift: nan, Low: nan, High: nan, P: nan, Adjusted: nan, AdjustedLow: nan, AdjustedHigh: nan,
		Superiority: nan, SuperiorityLow: nan, SuperiorityHigh: nan,
		Sticky: e.runs.Sticky(), comparison: &e.comparison,
	}
	if p, interval, ok := e.superiority.Estimate(); ok {
		c.Superiority, c.SuperiorityLow, c.SuperiorityHigh = p, interval.Low, interval.High
	}
	if c.Windows == 0 {
		c.Verdict = BeyondJudging
		return c
	}
	interval := e.comparison.Interval(falseShare)
	c.Lift, c.Low, c.High = e.comparison.Lift(), interval.Low, interval.High
	if min(c.ComparedWith.Trials, c.ComparedWithout.Trials) < FewestTrials {
		c.Verdict = TooFewTrials
		return c
	}
	c.P = e.comparison.P()
	return c
}
