package page

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"atomizer-db/feedback"
	"atomizer-db/feedback/course"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/report"
)

// scatter is the objective against one design variable.
type scatter struct {
	Variable  string
	Explained string // its rank correlation, in words
	Range     string // of all trials
	Best      string // of the best tenth
	Plot      *plot
}

const (
	mostScatters = 12  // that are shown at once
	mostPlots    = 60  // that are shown at all
	mostEffects  = 200 // that are listed
	mostDots     = 400 // of a scatter that is shown at once
	fewerDots    = 100 // of the others
)

// dependence is how the objective depends on the variables, that which explains the most first.
type dependence struct {
	All, First, More []scatter // in the table, shown at once, and shown when a person asks
	Unlisted         int       // variables that not even the table has
}

// scatters returns how the objective depends on each variable.
func scatters(o feedback.Overview) (d dependence) {
	listed := min(len(o.Effects), mostEffects)
	d.Unlisted = len(o.Effects) - listed
	for i, e := range o.Effects[:listed] {
		s := scatter{Variable: e.Variable, Explained: explained(e)}
		var all, best []float64
		for _, v := range e.Points {
			all = append(all, v.X)
			if v.Best {
				best = append(best, v.X)
			}
		}
		s.Range, s.Best = ranged(e, all), ranged(e, best)
		if i < mostPlots {
			dots := mostDots
			if i >= mostScatters {
				dots = fewerDots
			}
			s.Plot = scatterPlot(o, e, dots)
			s.Plot.Label = fmt.Sprintf("The objective against %s, %s; in the best tenth it is %s", shown(e.Variable), s.Explained, s.Best)
		}
		d.All = append(d.All, s)
	}
	d.First = d.All[:min(len(d.All), mostScatters)]
	d.More = d.All[len(d.First):min(len(d.All), mostPlots)]
	return d
}

func explained(e course.Effect) string {
	switch {
	case e.Values != nil:
		return fmt.Sprintf("correlation ratio %.2f", e.Explained)
	case math.IsNaN(e.Correlation):
		return "no correlation"
	}
	return fmt.Sprintf("rank correlation %+.2f", e.Correlation)
}

// ranged returns the range of values, or the most frequent ones of those that are no numbers.
func ranged(e course.Effect, values []float64) string {
	if len(values) == 0 {
		return "–"
	}
	if e.Values == nil {
		low, high := slices.Min(values), slices.Max(values)
		if low == high {
			return brief(low)
		}
		return brief(low) + " to " + brief(high)
	}
	counts := make([]int, len(e.Values))
	for _, v := range values {
		counts[int(v)]++
	}
	most := slices.Index(counts, slices.Max(counts))
	text := cut(e.Values[most], 40)
	if counts[most] < len(values) {
		text += fmt.Sprintf(" in %d of %d", counts[most], len(values))
	}
	return text
}

func scatterPlot(o feedback.Overview, e course.Effect, dots int) *plot {
	var points, best []place
	every := (len(e.Points) + dots - 1) / dots
	for i, v := range slices.Concat(e.Points, e.Top) {
		at := place{v.X, v.Objective}
		switch {
		case v.Best:
			best = append(best, at)
		case i%max(every, 1) == 0:
			points = append(points, at)
		}
	}
	all := append(slices.Clone(points), best...)
	var x, y axis
	y.low, y.high = limits(robust(o.Fences, all, o.Course.Best.Of(o.Direction)))
	x.low, x.high = math.Inf(1), math.Inf(-1)
	for _, p := range all {
		x.low, x.high = min(x.low, p.X), max(x.high, p.X)
	}
	x.low, x.high = limits(x.low, x.high)
	p := &plot{x: x, y: y}
	p.dots("dot", points)
	p.dots("dot top", best)
	return p
}

// sparkline shows the best objective so far over the trials of a study.
func sparkline(direction string, c *course.Course) *plot {
	points := places(c.Points())
	if len(points) == 0 {
		return nil
	}
	best := places(c.BestSoFar(direction))
	y := axis{}
	y.low, y.high = limits(robust(c.Spread.Fences(), points, c.Best.Of(direction)))
	p := &plot{x: overTrials(c.Trials), y: y, Label: "The objective over the trials, and the best so far"}
	every := max(1, len(points)/150)
	var some []place
	for i, at := range points {
		if i%every == 0 {
			some = append(some, at)
		}
	}
	p.dots("dot", some)
	p.steps("best", append(best, place{p.x.high, best[len(best)-1].Y}))
	return p
}

// columns are the design variables of a table.
type columns struct {
	Names []string // sorted
	Left  int      // that are not shown
}

const mostColumns = 30

// variables returns the design variables of trials.
func variables(trials []report.RecordedTrial) columns {
	names := map[string]bool{}
	for _, t := range trials {
		for name := range t.DesignVariables {
			names[name] = true
		}
	}
	sorted := slices.SortedFunc(maps.Keys(names), naturally)
	shown := sorted[:min(len(sorted), mostColumns)]
	return columns{shown, len(sorted) - len(shown)}
}

// designValue returns a design variable of a trial as text, with six digits if it is a number
// with many; "" if the trial has none of that name.
func designValue(t report.RecordedTrial, name string) string {
	value, found := t.DesignVariables[name]
	if !found {
		return ""
	}
	text := variable(value)
	if n, ok := value.(event.Number); ok && len(text) > 10 {
		if f, err := n.Float64(); err == nil {
			text = number(f)
		}
	}
	return text
}

// naturally compares names so that x2 comes before x10.
func naturally(a, b string) int {
	one, other := strings.TrimRight(a, "0123456789"), strings.TrimRight(b, "0123456789")
	first, err := strconv.Atoi(a[len(one):])
	second, otherErr := strconv.Atoi(b[len(other):])
	if one != other || err != nil || otherErr != nil {
		return strings.Compare(a, b)
	}
	return cmp.Or(cmp.Compare(first, second), strings.Compare(a, b))
}
