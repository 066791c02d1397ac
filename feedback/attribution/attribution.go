// Package attribution credits items with the success of trials. A study changes while it
// runs: what it tries later succeeds more often, whatever advice it used. Trials are
// therefore only compared within windows of consecutive trials of one study, and each
// statistic is a published formula over these windows.
package attribution

// Trial is one trial of a study.
type Trial struct {
	Success bool
	Holdout bool    // its context was left empty, to compare the whole playbook with
	Loss    float64 // its objective, so that less is better; NaN: none
	Used    []int   // the items that it used, each once, by number
}

// Credit is the effect of an item on the success of trials.
//
// Windows, the two compared groups and all statistics only consider windows that have
// trials of both kinds.
type Credit struct {
	With, Without Group // all trials of either kind

	Windows                       int
	ComparedWith, ComparedWithout Group

	// Lift is the success rate with the item minus the rate without it, in the mean over
	// the windows. Low and High are its 95% interval. They are NaN without windows.
	Lift, Low, High float64

	// P is the p-value of the lift, and Adjusted the p-value adjusted for the number of
	// items. They are NaN for an item that is not judged.
	P, Adjusted float64

	// AdjustedLow and AdjustedHigh are an interval that is wider than Low and High because
	// many items are judged at once. It contains 0 unless the verdict is Helps or
	// Harms. They are NaN without windows.
	AdjustedLow, AdjustedHigh float64

	// Superiority is the probability that a trial with the item is better than one without
	// it in the same window, with its 95% interval. They are NaN without objectives.
	Superiority, SuperiorityLow, SuperiorityHigh float64

	Verdict  Verdict
	Blocks   int   // the number of times that consecutive trials began to use the item
	Sticky   bool  // it comes in few long blocks: what looks like its effect may be that of the time
	Together []int // items that are nearly always used together with it, which no method can tell apart

	comparison *Comparison
}

// Verdict is the result of judging an item.
type Verdict string

// The verdicts.
const (
	Helps         Verdict = "helps"
	Harms         Verdict = "harms"
	Unclear       Verdict = "unclear"        // the difference may be chance
	TooFewTrials  Verdict = "too few trials" // with it, or without it, in the windows that have both
	BeyondJudging Verdict = "beyond judging" // no window has both
)

const (
	// FewestTrials is the number of trials with an item, and without it, that judging it
	// takes.
	FewestTrials = 10

	// falseShare is the share of the items called helpful or harmful that is expected to
	// be called so by chance.
	falseShare = 0.05
)

// Result is the result of judging the items of a playbook.
type Result struct {
	All      Group    // all trials
	Items    []Credit // by number
	Playbook Credit   // of the whole playbook: the trials with it against those held out; its blocks are of trials with it
}

// Judge credits the items 0 to items-1 with the success of trials. The trials of each
// study are in the order in which they were recorded. Trials that were held out are only
// compared in the credit of the whole playbook: in any other comparison they would be
// trials "without" every item.
func Judge(items int, studies ...[]Trial) Result {
	t := newTally(items)
	for _, trials := range studies {
		t.add(trials)
	}
	result := Result{All: t.all, Items: make([]Credit, items), Playbook: t.playbook.credit(t.heldOut)}
	for i := range t.items {
		result.Items[i] = t.items[i].credit(t.all.minus(t.heldOut).minus(t.items[i].with))
	}
	callItems(result.Items)
	callItem(&result.Playbook)
	findTogether(result.Items, studies)
	return result
}

// callItems sets the verdicts of the items, and what depends on how many they are.
func callItems(credits []Credit) {
	var judged []*Credit
	var ps []float64
	for i := range credits {
		if c := &credits[i]; c.Verdict == "" {
			judged, ps = append(judged, c), append(ps, c.P)
		}
	}
	adjusted := Adjust(ps)
	for i, c := range judged {
		c.Adjusted = adjusted[i]
		c.call(c.Adjusted <= falseShare)
	}
	level := CoverageLevel(ps, falseShare)
	for i := range credits {
		credits[i].adjustInterval(level)
	}
}

// callItem sets the verdict of a single question.
func callItem(c *Credit) {
	if c.Verdict == "" {
		c.Adjusted = c.P
		c.call(c.P <= falseShare)
	}
	c.adjustInterval(falseShare)
}

func (c *Credit) call(significant bool) {
	switch {
	case !significant:
		c.Verdict = Unclear
	case c.Lift > 0:
		c.Verdict = Helps
	default:
		c.Verdict = Harms
	}
}
