package feedback

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"atomizer-db/feedback/attribution"
	"atomizer-db/feedback/report"
	"atomizer-db/store"
)

// Ranking is a value that items are ranked by, the best first. Ties keep the order of
// arrival.
type Ranking string

// The rankings.
const (
	ByNetScore   Ranking = "net-score"   // helpful minus harmful
	ByLowerBound Ranking = "lower-bound" // of Wilson's 95% interval of the share of helpful counts
	ByLift       Ranking = "lift"        // from attribution; 0 for items that it cannot judge
)

// Rankings lists all rankings.
var Rankings = []Ranking{ByNetScore, ByLowerBound, ByLift}

// ParseRanking finds a ranking by its name.
func ParseRanking(name string) (Ranking, error) {
	if by := Ranking(name); slices.Contains(Rankings, by) {
		return by, nil
	}
	names := make([]string, len(Rankings))
	for i, by := range Rankings {
		names[i] = string(by)
	}
	return "", fmt.Errorf("%q is not one of %s", name, strings.Join(names, ", "))
}

// RankedItem is the performance of an item and the values that it can be ranked by.
type RankedItem struct {
	report.Performance
	LowerBound float64        `json:"lower_bound"`        // of confidence
	Lift       *float64       `json:"lift,omitempty"`     // only set when ranking by lift, as are the following; nil: nothing to compare
	LiftLow    *float64       `json:"lift_low,omitempty"` // 95% interval
	LiftHigh   *float64       `json:"lift_high,omitempty"`
	Verdict    report.Verdict `json:"verdict,omitempty"`
}

// TopBy lists the n items that rank first.
func (l *Loop) TopBy(ctx context.Context, by Ranking, n int) (items []RankedItem, err error) {
	if n < 0 {
		return nil, badNumber(n)
	}
	err = l.store.View(ctx, func(rx *store.Rx) error {
		items, err = l.ranked(rx, by)
		items = items[:min(n, len(items))]
		return err
	})
	return items, err
}

// ranked lists all live items in order of rank.
func (l *Loop) ranked(rx *store.Rx, by Ranking) ([]RankedItem, error) {
	study, err := l.find(rx)
	if err != nil {
		return nil, err
	}
	performances, err := report.NewPerformances(rx, study)
	if err != nil {
		return nil, err
	}
	credit := map[string]report.ItemCredit{}
	if by == ByLift {
		credits, err := report.Verdicts(rx, study)
		if err != nil {
			return nil, err
		}
		for _, c := range credits.Items {
			credit[c.ID] = c
		}
	}
	items := make([]RankedItem, 0, len(performances))
	for _, p := range performances {
		c := credit[p.ID]
		items = append(items, RankedItem{
			Performance: p, LowerBound: lowerBound(p.Helpful, p.Harmful),
			Lift: c.Lift, LiftLow: c.LiftLow, LiftHigh: c.LiftHigh, Verdict: c.Verdict,
		})
	}
	rank(items, func(i RankedItem) float64 {
		switch by {
		case ByLowerBound:
			return i.LowerBound
		case ByLift:
			return credit[i.ID].Worth()
		}
		return float64(i.NetScore)
	})
	return items, nil
}

// rank sorts items by worth, the highest first. Ties keep their order.
func rank[T any](items []T, worth func(T) float64) {
	slices.SortStableFunc(items, func(a, b T) int { return cmp.Compare(worth(b), worth(a)) })
}

// lowerBound returns the lower end of the 95% interval of the share of helpful counts.
// It treats negative counts, which a playbook.json may contain, as zero.
func lowerBound(helpful, harmful int64) float64 {
	helpful, harmful = max(helpful, 0), max(harmful, 0)
	return attribution.Wilson(attribution.Group{Trials: helpful + harmful, Successes: helpful}).Low
}
