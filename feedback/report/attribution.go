package report

import (
	"cmp"
	"fmt"
	"slices"

	"atomizer-db/feedback/attribution"
	"atomizer-db/feedback/words"
	"atomizer-db/store"
)

// Attribution is the effect of each live item on success. It compares the trials with
// the item to those without it. Only the latest attempt at each trial number since the
// last reset counts.
type Attribution struct {
	TrialCount
	Items []ItemCredit `json:"items"` // the highest lift first; items that cannot be judged are sorted as if it were 0
}

// ItemCredit is the effect of one item on success.
//
// Over several studies, trials are only compared within each study. Lift is then the
// mean of the studies' differences, weighted as by Mantel and Haenszel.
type ItemCredit struct {
	ID       string     `json:"id"`
	Category string     `json:"category"`
	Verdict  Verdict    `json:"verdict"`
	Reason   string     `json:"reason,omitempty"` // why it cannot be judged
	With     TrialCount `json:"with"`
	Without  TrialCount `json:"without"`
	Shown    TrialCount `json:"shown"` // trials without it for which it was shown

	Lift     *float64 `json:"lift"`     // success rate with it minus without it; null: nothing to compare
	LiftLow  *float64 `json:"lift_low"` // 95% interval
	LiftHigh *float64 `json:"lift_high"`
	P        *float64 `json:"p"`          // Fisher's exact test; null: not judged
	Adjusted *float64 `json:"adjusted_p"` // over the items that are judged

	// ObjectiveDifference is the median objective of the successes with it minus
	// that of the successes without it. It is null if either has no objective, and
	// over several studies, whose objectives cannot be compared.
	ObjectiveDifference *float64 `json:"objective_difference"`

	Together []string `json:"together"` // items that are nearly always used together with it, so that no method can separate their effects
	Preview  string   `json:"content_preview"`
}

// TrialCount is a number of trials and how many of them succeeded.
type TrialCount struct {
	Trials      int64    `json:"trials"`
	Successes   int64    `json:"successes"`
	SuccessRate *float64 `json:"success_rate"` // null without trials
}

// Verdict is the result of judging an item.
type Verdict string

// The verdicts.
const (
	Helps         Verdict = "helps"
	Harms         Verdict = "harms"
	Unclear       Verdict = "unclear"        // the difference may be chance
	TooFewTrials  Verdict = "too few trials" // with it, or without it
	BeyondJudging Verdict = "beyond judging" // there are no trials to compare
)

const (
	fewestTrials = 10   // with an item and without it, to judge it
	falseShare   = 0.05 // of the items that are called helpful or harmful
	nearlyAlways = 0.9  // share of the trials with either of two items that have both
)

// NewAttribution judges all live items by the trials of a study, or of all studies if it
// is nil.
func NewAttribution(rx *store.Rx, study *int64) (Attribution, error) {
	return newAttribution(rx, study, true)
}

// Verdicts judges all live items as [NewAttribution] does. It leaves out what the
// verdicts do not depend on: ObjectiveDifference and Together.
func Verdicts(rx *store.Rx, study *int64) (Attribution, error) {
	return newAttribution(rx, study, false)
}

func newAttribution(rx *store.Rx, study *int64, all bool) (answer Attribution, err error) {
	items, err := rx.Items(false)
	if err != nil {
		return answer, err
	}
	c := credits{rx: rx, study: study, credit: make(map[int64]*ItemCredit, len(items)), strata: map[int64][]attribution.Stratum{}}
	answer.Items = make([]ItemCredit, len(items))
	for i, item := range items {
		answer.Items[i] = ItemCredit{ID: item.ID, Category: item.Category, Together: []string{}, Preview: preview(item.Content)}
		c.credit[item.No] = &answer.Items[i]
	}
	steps := []func() error{c.count}
	if all {
		steps = append(steps, c.compareObjectives, c.findTogether)
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return answer, err
		}
	}
	for _, s := range c.studies {
		answer.add(s.Trials)
	}
	c.judge(items)
	slices.SortStableFunc(answer.Items, func(a, b ItemCredit) int { return cmp.Compare(b.Worth(), a.Worth()) })
	return answer, nil
}

// Worth returns the value that an item is ranked by: its lift, or 0 if it cannot be
// judged.
func (c ItemCredit) Worth() float64 {
	if c.Lift == nil || c.Verdict == TooFewTrials {
		return 0
	}
	return *c.Lift
}

func (c *TrialCount) add(t store.Trials) {
	c.Trials += t.Trials
	c.Successes += t.Successes
	if c.Trials > 0 {
		c.SuccessRate = new(Rate(c.Successes, c.Trials))
	}
}

// credits computes the credit of all items.
type credits struct {
	rx      *store.Rx
	study   *int64
	studies []store.StudyTrials
	credit  map[int64]*ItemCredit
	strata  map[int64][]attribution.Stratum // by item, one per study
}

// of returns the credit of a live item, which a damaged database may lack.
func (c *credits) of(item int64) (*ItemCredit, error) {
	credit := c.credit[item]
	if credit == nil {
		return nil, store.Inconsistent("trials used item %d, which is missing", item)
	}
	return credit, nil
}

// count counts the trials with and without each item.
func (c *credits) count() (err error) {
	if c.studies, err = c.rx.CreditedTrials(c.study); err != nil {
		return err
	}
	used, err := c.rx.UsedTrials(c.study)
	if err != nil {
		return err
	}
	shown, err := c.rx.ShownTrials(c.study)
	if err != nil {
		return err
	}
	for _, s := range shown {
		credit, err := c.of(s.Item)
		if err != nil {
			return err
		}
		credit.Shown.add(s.Trials)
	}
	type place struct{ item, study int64 }
	with := make(map[place]store.Trials, len(used))
	for _, u := range used {
		with[place{u.Item, u.Study}] = u.Trials
	}
	for no, credit := range c.credit {
		for _, s := range c.studies {
			with := with[place{no, s.Study}]
			without := store.Trials{Trials: s.Trials.Trials - with.Trials, Successes: s.Successes - with.Successes}
			credit.With.add(with)
			credit.Without.add(without)
			c.strata[no] = append(c.strata[no], attribution.Stratum{With: attribution.Group(with), Without: attribution.Group(without)})
		}
	}
	return nil
}

func (c *credits) compareObjectives() error {
	if len(c.studies) != 1 {
		return nil
	}
	study := c.studies[0].Study
	all, err := c.rx.Objectives(study)
	if err != nil {
		return err
	}
	used, err := c.rx.ItemObjectives(study)
	if err != nil {
		return err
	}
	with := map[int64][]float64{}
	for _, o := range used {
		with[o.Item] = append(with[o.Item], o.Value)
	}
	for no, values := range with {
		credit, err := c.of(no)
		if err != nil {
			return err
		}
		if difference, ok := attribution.MedianDifference(all, values); ok {
			credit.ObjectiveDifference = &difference
		}
	}
	return nil
}

func (c *credits) findTogether() error {
	pairs, err := c.rx.ItemsTogether(c.study, fewestTrials, nearlyAlways)
	if err != nil {
		return err
	}
	for _, pair := range pairs {
		a, err := c.of(pair.Item)
		if err != nil {
			return err
		}
		b, err := c.of(pair.Other)
		if err != nil {
			return err
		}
		a.Together, b.Together = append(a.Together, b.ID), append(b.Together, a.ID)
	}
	return nil
}

// judge sets the verdicts. It first tests each item by itself, and then adjusts the
// p-values for the number of items, so that at most 5% of the items that it calls
// helpful or harmful are expected to be so by chance.
func (c *credits) judge(items []store.Item) {
	var judged []*ItemCredit
	var ps []float64
	for _, item := range items {
		credit, strata := c.credit[item.No], c.strata[item.No]
		if lift, interval, ok := attribution.Lift(strata); ok {
			credit.Lift, credit.LiftLow, credit.LiftHigh = &lift, &interval.Low, &interval.High
		}
		if credit.doubt(strata); credit.Verdict != "" {
			continue
		}
		credit.P = new(attribution.Fisher(strata))
		judged, ps = append(judged, credit), append(ps, *credit.P)
	}
	for i, p := range attribution.Adjust(ps) {
		credit := judged[i]
		credit.Adjusted = &p
		switch {
		case p > falseShare:
			credit.Verdict = Unclear
		case *credit.Lift > 0:
			credit.Verdict = Helps
		default:
			credit.Verdict = Harms
		}
	}
}

// doubt sets the verdict and the reason of an item that cannot be judged.
func (c *ItemCredit) doubt(strata []attribution.Stratum) {
	with, without := int64(0), int64(0)
	for _, s := range strata {
		if s.Comparable() {
			with += s.With.Trials
			without += s.Without.Trials
		}
	}
	switch {
	case c.With.Trials == 0:
		c.Verdict, c.Reason = BeyondJudging, "in no trial"
	case c.Without.Trials == 0:
		c.Verdict, c.Reason = BeyondJudging, "in every trial"
	case with == 0:
		c.Verdict, c.Reason = BeyondJudging, "no study has trials with it and without it"
	case with < fewestTrials:
		c.Verdict, c.Reason = TooFewTrials, fmt.Sprintf("%s with it, %d needed", words.Count(with, "trial"), fewestTrials)
	case without < fewestTrials:
		c.Verdict, c.Reason = TooFewTrials, fmt.Sprintf("%s without it, %d needed", words.Count(without, "trial"), fewestTrials)
	}
}
