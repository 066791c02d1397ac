package page

import (
	"fmt"
	"math"

	"atomizer-db/feedback/attribution"
	"atomizer-db/feedback/report"
)

// mostStandings is the number of items that the page of a study lists: half of them those
// that help most, half those that help least. Another page lists all.
const mostStandings = 24

// standings is a list of items, with a gap if it is too long.
type standings struct {
	First, Last []report.Standing
	Left        int // between them
	Unused      []report.Standing
	MoreUnused  int
	Reach       float64
}

func standingsOf(l report.Learned) standings {
	s := standings{Reach: reach(l)}
	for _, item := range l.Items {
		if item.With.Trials > 0 {
			s.First = append(s.First, item)
		} else {
			s.Unused = append(s.Unused, item)
		}
	}
	if s.Left = len(s.First) - mostStandings; s.Left > 0 {
		s.First, s.Last = s.First[:mostStandings/2], s.First[len(s.First)-mostStandings/2:]
	}
	s.MoreUnused = max(0, len(s.Unused)-mostStandings)
	s.Unused = s.Unused[:len(s.Unused)-s.MoreUnused]
	return s
}

// reach returns how far the axis of lifts goes to either side: as far as the intervals of the
// items that were judged.
func reach(l report.Learned) float64 {
	most := 0.05
	for _, c := range append([]report.Comparison{l.Playbook}, comparisons(l.Items)...) {
		if c.Lift != nil && c.Verdict != attribution.TooFewTrials && c.AdjustedLow != nil {
			most = max(most, math.Abs(*c.AdjustedLow), math.Abs(*c.AdjustedHigh))
		}
	}
	return min(most, 1)
}

func comparisons(items []report.Standing) []report.Comparison {
	list := make([]report.Comparison, len(items))
	for i, s := range items {
		list[i] = s.Comparison
	}
	return list
}

// liftStrip draws a lift and its adjusted interval between -reach and reach. It is nil if there
// is nothing to compare.
func liftStrip(c report.Comparison, reach float64) *plot {
	if c.Lift == nil || c.AdjustedLow == nil {
		return nil
	}
	p := &plot{x: axis{low: -reach, high: reach}, y: axis{high: 1}, Label: "lift " + inPoints(c.Lift) + " points, adjusted 95% interval " + interval(c)}
	p.bars("grid", []float64{0}, []float64{0}, []float64{1})
	class := "interval"
	switch c.Verdict {
	case attribution.Helps:
		class += " helps"
	case attribution.Harms:
		class += " harms"
	}
	p.line(class, []place{{*c.AdjustedLow, 0.5}, {*c.AdjustedHigh, 0.5}})
	p.dots("dot mean "+class, []place{{*c.Lift, 0.5}})
	return p
}

// inPoints formats a difference of rates in percentage points.
func inPoints(lift *float64) string {
	if lift == nil {
		return "–"
	}
	return signed(*lift*100, 1)
}

func interval(c report.Comparison) string {
	if c.AdjustedLow == nil {
		return "–"
	}
	return fmt.Sprintf("%s to %s", signed(*c.AdjustedLow*100, 1), signed(*c.AdjustedHigh*100, 1))
}

// signed formats a number with its sign, and zero without one.
func signed(value float64, decimals int) string {
	text := fmt.Sprintf("%+.*f", decimals, value)
	if zero := fmt.Sprintf("%+.*f", decimals, 0.0); text == zero || text == "-"+zero[1:] {
		return zero[1:]
	}
	if text[0] == '-' {
		return "−" + text[1:]
	}
	return text
}

// verdict returns a verdict in words.
func verdict(c report.Comparison) string {
	switch c.Verdict {
	case attribution.TooFewTrials:
		return "too few trials"
	case attribution.BeyondJudging:
		return "–"
	}
	return string(c.Verdict)
}
