package feedback

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
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
	return "", fmt.Errorf("%q is not one of %s", name, listed(Rankings))
}

// listed lists rankings for a person.
func listed(names []Ranking) string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = string(name)
	}
	return strings.Join(texts, ", ")
}

// RankedItem is the performance of an item and the values that it can be ranked by.
type RankedItem struct {
	report.Performance
	RankValues
}

// RankValues are values that an item can be ranked by, besides its net score.
type RankValues struct {
	LowerBound   float64             `json:"lower_bound"`        // of confidence
	Lift         *float64            `json:"lift,omitempty"`     // only set when ranking by lift, as are the following; nil: nothing to compare
	LiftLow      *float64            `json:"lift_low,omitempty"` // 95% interval
	LiftHigh     *float64            `json:"lift_high,omitempty"`
	AdjustedLow  *float64            `json:"adjusted_low,omitempty"` // interval that agrees with the verdict
	AdjustedHigh *float64            `json:"adjusted_high,omitempty"`
	Verdict      attribution.Verdict `json:"verdict,omitempty"`
}

// TopBy lists the n items that rank first.
func (l *Loop) TopBy(ctx context.Context, by Ranking, n int) (items []RankedItem, err error) {
	if n < 0 {
		return nil, badNumber(n)
	}
	err = l.store.View(ctx, func(rx store.Reader) error {
		ranked, err := l.ranked(rx, by)
		items = make([]RankedItem, 0, min(n, len(ranked)))
		for _, s := range ranked[:min(n, len(ranked))] {
			items = append(items, s.RankedItem)
		}
		return err
	})
	return items, err
}

// standing is the place of an item in a ranking.
type standing struct {
	RankedItem
	worth  float64
	judged bool  // the ranking has something to judge it by
	tried  int64 // the trials that used it or for which it was shown
}

// ranked lists all live items in order of rank.
func (l *Loop) ranked(rx store.Reader, by Ranking) ([]standing, error) {
	study, err := l.find(rx)
	if err != nil {
		return nil, err
	}
	performances, err := report.NewPerformances(rx, study)
	if err != nil {
		return nil, err
	}
	credits := map[string]report.ItemCredit{}
	if by == ByLift {
		answer, err := report.NewAttribution(rx, study)
		if err != nil {
			return nil, err
		}
		credits = answer.Credits()
	}
	items := make([]standing, 0, len(performances))
	for _, p := range performances {
		s := standing{RankedItem: RankedItem{p, RankValues{LowerBound: lowerBound(p.Helpful, p.Harmful)}}, tried: p.TrialsUsedIn}
		switch by {
		case ByLowerBound:
			s.worth, s.judged = s.LowerBound, p.Helpful+p.Harmful >= attribution.FewestTrials
		case ByLift:
			c := credits[p.ID]
			s.Lift, s.LiftLow, s.LiftHigh, s.AdjustedLow, s.AdjustedHigh, s.Verdict = c.Lift, c.LiftLow, c.LiftHigh, c.AdjustedLow, c.AdjustedHigh, c.Verdict
			s.worth, s.judged, s.tried = c.Worth(), c.Judged(), c.With.Trials+c.Shown.Trials
		default:
			s.worth, s.judged = float64(p.NetScore), true
		}
		items = append(items, s)
	}
	rank(items, func(s standing) float64 { return s.worth })
	return items, nil
}

// toTry lists all live items in the order in which to choose them for a trial: those that the
// ranking cannot judge yet first, so that it learns about them, the least tried one
// first; then the others in order of rank. Among equally tried ones the order is another after
// each trial, so that not always the same items come together.
func (l *Loop) toTry(rx store.Reader, by Ranking) ([]standing, error) {
	items, err := l.ranked(rx, by)
	if err != nil {
		return nil, err
	}
	if by == ByLowerBound {
		shown, err := rx.TimesShown(attribution.FewestTrials)
		if err != nil {
			return nil, err
		}
		for i := range items {
			items[i].tried += shown[items[i].ID]
		}
	}
	var unjudged, judged []standing
	trials := int64(0)
	for _, s := range items {
		trials += s.tried
		if s.judged {
			judged = append(judged, s)
		} else {
			unjudged = append(unjudged, s)
		}
	}
	rand.New(rand.NewPCG(uint64(trials), 0)).Shuffle(len(unjudged), func(i, j int) { unjudged[i], unjudged[j] = unjudged[j], unjudged[i] })
	rank(unjudged, func(s standing) float64 { return -float64(s.tried) })
	return append(unjudged, judged...), nil
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
