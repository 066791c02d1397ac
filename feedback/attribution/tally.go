package attribution

import "math"

// tally collects in one pass over the windows what the credit of items is computed
// from.
type tally struct {
	all, heldOut Group
	playbook     itemTally   // as an item that all trials use that are not held out
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
	rankSum float64 // of these
	first   int     // the position of the first one
	blocks  int     // of consecutive trials
}

func newTally(items int) *tally { return &tally{items: make([]itemTally, items)} }

// span is a window between two positions among those trials of a study that are compared.
type span struct {
	first, last int
	trials      Group
	ranks       ranking
	objectives  bool // the study has any
}

// add adds the trials of a study.
func (t *tally) add(trials []Trial) {
	objectives := false
	for _, trial := range trials {
		objectives = objectives || trial.Success && !math.IsNaN(trial.Loss)
	}
	for i := range t.items {
		t.items[i].last = 0
	}
	t.playbook.last = 0
	everything, items := span{objectives: objectives}, span{objectives: objectives}
	for window := range windows(trials) {
		t.addPlaybook(window, &everything)
		t.addItems(window, &items)
	}
}

// next begins the window of those trials that are compared.
func (s *span) next(window []Trial, compared func(Trial) bool) {
	s.first, s.trials = s.last+1, Group{}
	for _, trial := range window {
		if compared(trial) {
			s.last++
			s.trials.add(trial.Success)
		}
	}
	s.ranks = rank(window, compared)
}

// addItems compares the trials of a window that were not held out, by the items that they
// used.
func (t *tally) addItems(window []Trial, s *span) {
	s.next(window, func(trial Trial) bool { return !trial.Holdout })
	position := s.first
	var used []int
	for i, trial := range window {
		if trial.Holdout {
			continue
		}
		for _, item := range trial.Used {
			if t.items[item].here.trials.Trials == 0 {
				used = append(used, item)
			}
			t.items[item].add(trial.Success, position, s.ranks.rank[i])
		}
		position++
	}
	for _, item := range used {
		t.items[item].endWindow(s)
	}
}

// addPlaybook compares the trials of a window that were not held out with those that were.
func (t *tally) addPlaybook(window []Trial, s *span) {
	s.next(window, func(Trial) bool { return true })
	t.all = t.all.plus(s.trials)
	for i, trial := range window {
		if trial.Holdout {
			t.heldOut.add(trial.Success)
		} else {
			t.playbook.add(trial.Success, s.first+i, s.ranks.rank[i])
		}
	}
	t.playbook.endWindow(s)
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

// endWindow adds the current window to the evidence.
func (t *itemTally) endWindow(s *span) {
	here := t.here
	t.here = use{}
	if here.trials.Trials == 0 {
		return
	}
	t.comparison.Add(Stratum{With: here.trials, Without: s.trials.minus(here.trials)})
	// Between two blocks with the item there is one without it.
	runs := 2*here.blocks - 1
	if here.first > s.first {
		runs++
	}
	if t.last < s.last {
		runs++
	}
	t.runs.Add(int64(runs), here.trials.Trials, s.trials.Trials)
	if s.objectives {
		t.superiority.add(here.ranked, here.rankSum, s.ranks)
	}
}

// credit returns the credit that follows from the evidence, without a verdict unless the
// item cannot be judged.
func (e *itemTally) credit(without Group) Credit {
	nan := math.NaN()
	c := Credit{
		With: e.with, Without: without, Blocks: e.blocks, Windows: e.comparison.windows, ComparedWith: e.comparison.with, ComparedWithout: e.comparison.without,
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
