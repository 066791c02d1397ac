package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"atomizer-db/feedback/attribution"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/words"
	"atomizer-db/store"
)

// Attribution is the effect of each live item on success, and that of the playbook as a
// whole. Trials are only compared within windows of 20 consecutive trials of a study, so
// that what changes during a study does not count for or against an item. Only the
// latest attempt at each trial number since the last reset counts.
type Attribution struct {
	TrialCount
	Direction string       `json:"direction,omitempty"` // of the study: minimize or maximize; left out for several
	Playbook  Comparison   `json:"playbook"`            // the trials with the playbook against those that were held out
	Items     []ItemCredit `json:"items"`               // the highest lift first; items that cannot be judged are sorted as if it were 0
}

// Credits returns the items by id.
func (a Attribution) Credits() map[string]ItemCredit {
	credits := make(map[string]ItemCredit, len(a.Items))
	for _, c := range a.Items {
		credits[c.ID] = c
	}
	return credits
}

// ItemCredit is the effect of one item on success: the trials with it are compared with
// those without it that were not held out.
type ItemCredit struct {
	ID       string `json:"id"`
	Category string `json:"category"`
	Comparison
	Shown    TrialCount `json:"shown"`    // trials without it for which it was shown
	Together []string   `json:"together"` // items that are nearly always used together with it
	Preview  string     `json:"content_preview"`
}

// Comparison compares two kinds of trials, with and without.
type Comparison struct {
	Verdict  attribution.Verdict `json:"verdict"`
	Reason   string              `json:"reason,omitempty"` // why it cannot be judged
	With     TrialCount          `json:"with"`
	Without  TrialCount          `json:"without"`
	Compared Compared            `json:"compared"`
	Warnings []string            `json:"warnings"` // what may fool the comparison

	Lift     *float64 `json:"lift"`     // success rate with minus without, in the mean over the windows; null: nothing to compare
	LiftLow  *float64 `json:"lift_low"` // 95% interval
	LiftHigh *float64 `json:"lift_high"`

	// The interval that agrees with the verdict, wider the more items are judged at once.
	AdjustedLow  *float64 `json:"adjusted_low"`
	AdjustedHigh *float64 `json:"adjusted_high"`

	P         *float64 `json:"p"`          // null: not judged
	AdjustedP *float64 `json:"adjusted_p"` // over the items that are judged

	// Superiority is the probability that a trial with is better than a trial without in
	// the same window: it succeeds where the other fails, or both succeed and its objective
	// is better by the study's direction. 1/2 is no difference. It is null without
	// objectives.
	Superiority     *float64 `json:"superiority"`
	SuperiorityLow  *float64 `json:"superiority_low"` // 95% interval
	SuperiorityHigh *float64 `json:"superiority_high"`
}

// Compared counts the trials in the windows that have trials of both kinds.
type Compared struct {
	Windows int        `json:"windows"`
	With    TrialCount `json:"with"`
	Without TrialCount `json:"without"`
}

// TrialCount is a number of trials and how many of them succeeded.
type TrialCount struct {
	Trials      int64    `json:"trials"`
	Successes   int64    `json:"successes"`
	SuccessRate *float64 `json:"success_rate"` // null without trials
}

func newTrialCount(trials, successes int64) TrialCount {
	c := TrialCount{Trials: trials, Successes: successes}
	if trials > 0 {
		c.SuccessRate = new(Rate(successes, trials))
	}
	return c
}

func countOf(g attribution.Group) TrialCount { return newTrialCount(g.Trials, g.Successes) }

// NewAttribution judges all live items by the trials of a study, or of all studies if it
// is nil.
func NewAttribution(rx store.Reader, study *int64) (answer Attribution, err error) {
	items, err := rx.Items(false)
	if err != nil {
		return answer, err
	}
	numbers := make(map[int64]int, len(items))
	for i, item := range items {
		numbers[item.No] = i
	}
	studies, direction, err := creditedTrials(rx, study, numbers)
	if err != nil {
		return answer, err
	}
	shown, err := rx.ShownTrials(study)
	if err != nil {
		return answer, err
	}
	result := attribution.Judge(len(items), studies...)
	answer = Attribution{TrialCount: countOf(result.All), Direction: direction, Playbook: compare(result.Playbook), Items: make([]ItemCredit, len(items))}
	if answer.Playbook.Without.Trials == 0 {
		answer.Playbook.Reason = "no trial was held out"
	}
	if result.Playbook.Sticky {
		answer.Playbook.Warnings = append(answer.Playbook.Warnings, "held-out trials came in long blocks: this may be the time and not the playbook")
	}
	for i, c := range result.Items {
		credit := ItemCredit{
			ID: items[i].ID, Category: items[i].Category, Comparison: compare(c), Shown: newTrialCount(0, 0),
			Together: []string{}, Preview: preview(items[i].Content),
		}
		for _, other := range c.Together {
			credit.Together = append(credit.Together, items[other].ID)
		}
		credit.warn(c)
		answer.Items[i] = credit
	}
	for _, s := range shown {
		if i, live := numbers[s.Item]; live {
			answer.Items[i].Shown = newTrialCount(s.Trials.Trials, s.Successes)
		}
	}
	slices.SortStableFunc(answer.Items, func(a, b ItemCredit) int { return cmp.Compare(b.Worth(), a.Worth()) })
	return answer, nil
}

// creditedTrials reads the trials of each study. direction is "" unless there is one
// study.
func creditedTrials(rx store.Reader, study *int64, numbers map[int64]int) (studies [][]attribution.Trial, direction string, err error) {
	last := int64(0)
	err = rx.CreditedTrials(study, func(t store.CreditedTrial) error {
		if len(studies) == 0 || t.Study != last {
			studies, last = append(studies, nil), t.Study
			direction = event.Minimize
			if t.Maximize {
				direction = event.Maximize
			}
		}
		trial := attribution.Trial{Success: t.Success, Holdout: t.Holdout, Loss: math.NaN()}
		if t.Objective != nil {
			trial.Loss = *t.Objective
			if t.Maximize {
				trial.Loss = -trial.Loss
			}
		}
		for _, no := range t.Used {
			if i, live := numbers[no]; live {
				trial.Used = append(trial.Used, i)
			}
		}
		current := &studies[len(studies)-1]
		*current = append(*current, trial)
		return nil
	})
	if len(studies) > 1 {
		direction = ""
	}
	return studies, direction, err
}

// compare converts a credit. Numbers that it does not have become null.
func compare(c attribution.Credit) Comparison {
	number := func(x float64) *float64 {
		if math.IsNaN(x) {
			return nil
		}
		return &x
	}
	return Comparison{
		Verdict: c.Verdict, Reason: doubt(c), Warnings: []string{}, With: countOf(c.With), Without: countOf(c.Without),
		Compared: Compared{Windows: c.Windows, With: countOf(c.ComparedWith), Without: countOf(c.ComparedWithout)},
		Lift:     number(c.Lift), LiftLow: number(c.Low), LiftHigh: number(c.High),
		AdjustedLow: number(c.AdjustedLow), AdjustedHigh: number(c.AdjustedHigh), P: number(c.P), AdjustedP: number(c.Adjusted),
		Superiority: number(c.Superiority), SuperiorityLow: number(c.SuperiorityLow), SuperiorityHigh: number(c.SuperiorityHigh),
	}
}

// doubt says why a comparison cannot be judged, "" if it can.
func doubt(c attribution.Credit) string {
	few := func(g attribution.Group, which string) string {
		return fmt.Sprintf("%s %s, %d needed", words.Count(g.Trials, "comparable trial"), which, attribution.FewestTrials)
	}
	switch {
	case c.With.Trials == 0:
		return "in no trial"
	case c.Without.Trials == 0:
		return "in every trial"
	case c.Windows == 0:
		return fmt.Sprintf("no window of %d trials has trials with it and without it", attribution.WindowSize)
	case c.Verdict == attribution.TooFewTrials && c.ComparedWith.Trials < attribution.FewestTrials:
		return few(c.ComparedWith, "with it")
	case c.Verdict == attribution.TooFewTrials:
		return few(c.ComparedWithout, "without it")
	}
	return ""
}

// warn adds the warnings about an item that can be compared.
func (c *ItemCredit) warn(credit attribution.Credit) {
	if credit.Sticky {
		c.Warnings = append(c.Warnings,
			fmt.Sprintf("came in %s: this may be the time and not the item", words.Count(credit.Blocks, "long block")))
	}
	if len(c.Together) > 0 {
		c.Warnings = append(c.Warnings, fmt.Sprintf("nearly always with %s: this may be the other", strings.Join(c.Together, ", ")))
	}
}

// Worth returns the value that an item is ranked by: its lift, or 0 if it cannot be
// judged.
func (c ItemCredit) Worth() float64 {
	if !c.Judged() {
		return 0
	}
	return *c.Lift
}

// Judged reports whether there were enough trials to judge the item.
func (c ItemCredit) Judged() bool {
	return c.Verdict != attribution.TooFewTrials && c.Verdict != attribution.BeyondJudging
}
