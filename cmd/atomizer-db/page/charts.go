package page

import (
	"fmt"
	"html/template"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"atomizer-db/feedback"
)

// The size of a chart and of a strip in a table, in the units of the font's size.
const (
	chartWidth  = 520
	chartHeight = 260
	broadWidth  = 2*chartWidth + 60
	stripWidth  = 150
	stripHeight = 20
)

// objectiveChart shows the objectives of successful trials, the best so far,
// and at the foot the trials that failed. It is empty where no trial succeeded
// with an objective.
func objectiveChart(c feedback.Course) template.HTML {
	if len(c.Objectives) == 0 {
		return ""
	}
	p := newPlot("trials, in the order of recording", "objective")
	overTrials(p, c.Trials)
	low, high := span(c)
	if logarithmic(c) {
		p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, decades{}
		p.Y.Label.Text = "" // the library would make room for it above the axis
		p.Y.Min, p.Y.Max = max(low/1.5, math.SmallestNonzeroFloat64), min(high, largest)*1.5
	} else {
		p.Y.Min, p.Y.Max = limits(low, high)
	}
	last := feedback.Point{X: p.X.Max, Y: c.BestSoFar[len(c.BestSoFar)-1].Y}
	failures := make([]feedback.Point, len(c.Failures))
	for i, f := range c.Failures {
		failures[i] = feedback.Point{X: f.X, Y: p.Y.Min}
	}
	p.Add(
		grid(), marks(failures, "bad", foot{}, 6), marks(c.Objectives, "mark", dot{}, 1.7),
		line(append(c.BestSoFar[:len(c.BestSoFar):len(c.BestSoFar)], last), "best", 1.8, plotter.PostStep),
	)
	return svg(p, "chart", fmt.Sprintf("The objectives of %s, and the best so far", named(c.Study)), chartWidth, chartHeight)
}

// span is from the lowest to the highest objective.
func span(c feedback.Course) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, o := range c.Objectives {
		low, high = min(low, o.Y), max(high, o.Y)
	}
	return low, high
}

// logarithmic tells whether the objectives are too far apart for another scale.
func logarithmic(c feedback.Course) bool {
	low, high := span(c)
	return low > 0 && high/low >= 1000
}

// rateChart shows the success rate in each window of trials, and its interval.
func rateChart(c feedback.Course) template.HTML {
	p := newPlot("trials, in the order of recording", "success rate")
	overTrials(p, c.Trials)
	p.Y.Min, p.Y.Max, p.Y.Tick.Marker = 0, 1, ticks{percent: true}
	rates := make([]feedback.Point, len(c.Windows))
	bars := &plotter.YErrorBars{LineStyle: stroke("mark", 1), CapWidth: 4}
	for i, w := range c.Windows {
		rates[i] = feedback.Point{X: float64(w.First+w.Last) / 2, Y: w.Rate}
		bars.XYs = append(bars.XYs, plotter.XY(rates[i]))
		bars.YErrors = append(bars.YErrors, struct{ Low, High float64 }{w.Rate - w.Interval.Low, w.Interval.High - w.Rate})
	}
	p.Add(grid(), bars, line(rates, "best", 1.5, plotter.NoStep), marks(rates, "best", dot{}, 2.5))
	return svg(p, "chart", fmt.Sprintf("The success rate of %s over its trials", named(c.Study)), chartWidth, chartHeight)
}

func overTrials(p *plot.Plot, trials int64) {
	p.X.Min, p.X.Max = 0, max(float64(trials)*1.01, float64(trials)+0.5)
}

// scoreCharts show how net scores came about: the same for broad pages and for
// slim ones. There are none where no event changed a score.
func scoreCharts(o feedback.Overview) []template.HTML {
	p := newPlot("events of all studies", "net score")
	p.X.Min, p.X.Max = 0, float64(max(o.LastEvent, 1))*1.01
	p.Y.Tick.Marker = ticks{whole: true}
	p.Add(grid())
	low, high, drawn := 0.0, 0.0, false
	for i, s := range o.Scores {
		points := append([]feedback.Point{{}}, s.Points...)
		for _, at := range s.Points {
			low, high, drawn = min(low, at.Y), max(high, at.Y), true
		}
		points = append(points, feedback.Point{X: float64(o.LastEvent), Y: points[len(points)-1].Y})
		history := line(points, lineInk(i), 1.6, plotter.PostStep)
		if s.Worst {
			history.Dashes = []vg.Length{5, 2.5}
		}
		p.Add(history)
	}
	if !drawn {
		return nil
	}
	p.Y.Min, p.Y.Max = limits(low, high)
	label := "The net scores of items over the events"
	return []template.HTML{
		svg(p, "chart broad", label, broadWidth, chartHeight),
		svg(p, "chart slim", label, chartWidth, chartHeight),
	}
}

// lineInk is the colour of one of several lines.
func lineInk(i int) string { return fmt.Sprint("l", i%8) }

// intervalStrip shows a success rate and its interval between 0 and 1, and the
// study's own rate as a line across.
func intervalStrip(s feedback.Standing, whole float64) template.HTML {
	p := newStrip()
	bars := &plotter.XErrorBars{LineStyle: stroke("mark", 2)}
	rate := []feedback.Point{{X: s.Rate, Y: 0.5}}
	bars.XYs = plotter.XYs{plotter.XY(rate[0])}
	bars.XErrors = plotter.XErrors{{Low: s.Rate - s.Interval.Low, High: s.Interval.High - s.Rate}}
	p.Add(
		line([]feedback.Point{{Y: 0.5}, {X: 1, Y: 0.5}}, "rule", 1, plotter.NoStep),
		line([]feedback.Point{{X: whole}, {X: whole, Y: 1}}, "text", 1, plotter.NoStep),
	)
	if s.Trials > 0 {
		p.Add(bars, marks(rate, "best", dot{}, 4))
	}
	return svg(p, "strip", "", stripWidth, stripHeight)
}

// countStrip shows a count as a part of the largest.
func countStrip(count, largest int64) template.HTML {
	p := newStrip()
	p.Add(line([]feedback.Point{{Y: 0.5}, {X: float64(count) / float64(largest), Y: 0.5}}, "bad", 8, plotter.NoStep))
	return svg(p, "strip", "", stripWidth, stripHeight)
}

// newStrip is a plot without axes, to stand in a row of a table.
func newStrip() *plot.Plot {
	p := newPlot("", "")
	p.HideAxes()
	p.X.Padding, p.Y.Padding = 0, 0
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1
	return p
}
