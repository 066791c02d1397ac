package page

import (
	"fmt"
	"math"
	"slices"

	"atomizer-db/feedback"
	"atomizer-db/feedback/course"
	"atomizer-db/store"
)

// scaled is the objective chart on one scale.
type scaled struct {
	Name    string // robust, all or log
	Choice  string // as a person chooses it
	Caption string
	Plot    *plot
}

// objectivePlots returns the objective over the trials on each scale that fits, the one to
// show first. There is none without objectives.
func objectivePlots(o feedback.Overview) (plots []scaled) {
	points := places(o.Course.Points())
	if len(points) == 0 {
		return nil
	}
	low, high := span(points)
	if o.Fences.Below+o.Fences.Above > 0 {
		y := linear(robust(o.Fences, points, o.Course.Best.Of(o.Direction)))
		plots = append(plots, scaled{
			Name: "robust", Choice: "without outliers", Caption: outlierCaption(o.Fences), Plot: objectivePlot(o, y, points),
		})
	}
	plots = append(plots, scaled{Name: "all", Choice: "all values", Plot: objectivePlot(o, linear(low, high), points)})
	if low > 0 && high > low*1.001 {
		y := axis{label: "objective", scale: decades}
		y.low, y.high = max(min(low, largest)/1.1, math.SmallestNonzeroFloat64), min(high, largest)*1.1
		plots = append(plots, scaled{Name: "log", Choice: "logarithmic", Plot: objectivePlot(o, y, points)})
	}
	return plots
}

func linear(low, high float64) axis {
	y := axis{label: "objective"}
	y.low, y.high = limits(low, high)
	return y
}

// robust returns the lowest and the highest objective that are no outliers. The best one is
// among them, even if it is an outlier, where that leaves a quarter of the axis to the others.
func robust(f course.Fences, points []place, best []*course.Point) (low, high float64) {
	inside := slices.DeleteFunc(slices.Clone(points), func(p place) bool { return f.Outside(p.Y) })
	if len(inside) == 0 {
		return span(points)
	}
	low, high = span(inside)
	if len(best) > 0 {
		wideLow, wideHigh := min(low, best[0].Objective), max(high, best[0].Objective)
		if wideHigh-wideLow <= 4*(high-low) {
			return wideLow, wideHigh
		}
	}
	return low, high
}

func outlierCaption(f course.Fences) string {
	caption := ""
	for _, side := range []struct {
		trials int64
		where  string
	}{{f.Above, "above"}, {f.Below, "below"}} {
		if side.trials > 0 {
			if caption != "" {
				caption += " and "
			}
			caption += fmt.Sprintf("%s %s", plural(side.trials, "outlier"), side.where)
		}
	}
	return caption + " the quartiles by more than three times their distance: those that do not fit are drawn at the edge."
}

func objectivePlot(o feedback.Overview, y axis, points []place) *plot {
	label := fmt.Sprintf("The objective over the trials of %s, and the best so far: see the table below", named(o.Study))
	p := newPlot(label, overTrials(o.Course.Trials), y)
	var within, edge []place
	for _, at := range points {
		if at.Y < y.low || at.Y > y.high {
			edge = append(edge, at)
		} else {
			within = append(within, at)
		}
	}
	p.flags(o)
	p.dots("dot", within)
	p.dots("dot edge", edge)
	best := places(o.Course.BestSoFar(o.Direction))
	last := place{X: p.x.high, Y: best[len(best)-1].Y}
	p.steps("best", append(best, last))
	return p
}

// flags marks the finalizations and the commits of insights.
func (p *plot) flags(o feedback.Overview) {
	var finalized, committed pen
	for i := range o.Course.Stretches {
		s := &o.Course.Stretches[i]
		x := p.across(float64(s.First+o.Course.Width) - 0.5)
		if i == len(o.Course.Stretches)-1 {
			x = p.across(float64(o.Course.Trials) + 0.5)
		}
		if s.Finalizations > 0 {
			finalized.line(x, 0, x, areaHeight)
		}
		if s.Commits > 0 {
			committed.line(x, 0, x, areaHeight/20)
		}
	}
	p.draw("finalized", finalized)
	p.draw("committed", committed)
}

func places(points []*course.Point) []place {
	list := make([]place, len(points))
	for i, p := range points {
		list[i] = place{float64(p.Position), p.Objective}
	}
	return list
}

// span returns the lowest and the highest value.
func span(points []place) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, p := range points {
		low, high = min(low, p.Y), max(high, p.Y)
	}
	return low, high
}

func overTrials(trials int64) axis {
	return axis{label: "trials, in the order of recording", high: max(float64(trials)*1.01, float64(trials)+0.5), scale: integers}
}

// ratePlot shows the success rate of each window with its interval.
func ratePlot(o feedback.Overview) *plot {
	label := fmt.Sprintf("The success rate of %s in windows of trials, with 95%% intervals: see the table below", named(o.Study))
	p := newPlot(label, overTrials(o.Course.Trials), axis{label: "success rate", high: 1, scale: shares})
	var at, low, high []float64
	var rates []place
	for _, w := range o.Windows {
		x := float64(w.First+w.Last) / 2
		at, low, high = append(at, x), append(low, w.Interval.Low), append(high, w.Interval.High)
		rates = append(rates, place{x, w.Rate})
	}
	p.flags(o)
	p.bars("interval", at, low, high)
	p.line("best", rates)
	p.dots("dot rate", rates)
	return p
}

// lane shows where in the study failures of a class are.
type lane struct {
	Class      string
	Infeasible bool // the violation of a constraint, not a crash
	Failures   int64
	Bars       string
}

const mostLanes = 8

// lanes returns a lane for each of the most frequent classes of failed trials.
func lanes(o feedback.Overview) []lane {
	totals := make([]int64, len(o.Course.Classes))
	for i := range o.Course.Stretches {
		for _, f := range o.Course.Stretches[i].Failures {
			totals[f.Class] += f.Count
		}
	}
	var order []int
	for class, n := range totals {
		if n > 0 {
			order = append(order, class)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(totals[b] - totals[a]) })
	var list []lane
	for _, class := range order[:min(len(order), mostLanes)] {
		c := o.Course.Classes[class]
		list = append(list, lane{
			Class: c.Name, Infeasible: c.Kind == store.ConstraintViolation, Failures: totals[class],
			Bars: classBars(o.Course, class, func(s *course.Stretch) []course.ClassCount { return s.Failures }),
		})
	}
	return list
}

// classBars returns a bar for each stretch that has events of a class: its height is the
// share of the largest number.
func classBars(c *course.Course, class int, counts func(*course.Stretch) []course.ClassCount) string {
	x, most := overTrials(c.Trials), int64(0)
	for i := range c.Stretches {
		most = max(most, countOf(counts(&c.Stretches[i]), class))
	}
	var bars pen
	for i := range c.Stretches {
		s := &c.Stretches[i]
		if n := countOf(counts(s), class); n > 0 {
			at := int(math.Round(x.share(float64(s.First)+float64(c.Width-1)/2) * areaWidth))
			bars.line(at, areaHeight, at, areaHeight-int(max(150, areaHeight*n/most)))
		}
	}
	return string(bars.d)
}

func countOf(counts []course.ClassCount, class int) int64 {
	for _, c := range counts {
		if c.Class == class {
			return c.Count
		}
	}
	return 0
}

// errorBars is the lane of a class in the table of errors.
func errorBars(o feedback.Overview, class int) string {
	return classBars(o.Course, class, func(s *course.Stretch) []course.ClassCount { return s.Events })
}
