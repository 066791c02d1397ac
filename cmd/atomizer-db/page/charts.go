package page

import (
	"fmt"
	"math"

	"atomizer-db/feedback/report"
)

// The sizes of a chart and of a strip in a table.
const (
	chartWidth  = 520
	chartHeight = 260
	broadWidth  = 2*chartWidth + 60
	stripWidth  = 150
	stripHeight = 20
)

// objectiveChart shows the objectives of successful trials, the best objective so far,
// and the failed trials as marks on the x axis. It is nil if no successful trial has an
// objective.
func objectiveChart(c report.Course) *canvas {
	if len(c.Objectives) == 0 {
		return nil
	}
	low, high := span(c)
	y := axis{label: "objective"}
	if logarithmic(c) {
		y.scale = decades
		y.low, y.high = max(min(low, largest)/1.5, math.SmallestNonzeroFloat64), min(high, largest)*1.5
	} else {
		y.low, y.high = limits(low, high)
	}
	chart := newCanvas("chart", fmt.Sprintf("The objectives of %s, and the best so far", named(c.Study)), chartWidth, chartHeight, overTrials(c.Trials), y)
	last := report.Point{X: chart.x.high, Y: c.BestSoFar[len(c.BestSoFar)-1].Y}
	chart.feet("bad", c.Failures)
	chart.dots("mark", 3.4, c.Objectives...)
	chart.steps("", "best", 1.8, append(c.BestSoFar[:len(c.BestSoFar):len(c.BestSoFar)], last))
	return chart
}

// span returns the lowest and the highest objective.
func span(c report.Course) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, o := range c.Objectives {
		low, high = min(low, o.Y), max(high, o.Y)
	}
	return low, high
}

// logarithmic reports whether the objectives need a logarithmic scale.
func logarithmic(c report.Course) bool {
	low, high := span(c)
	return low > 0 && high/low >= 1000
}

// rateChart shows the success rate of each window of trials with its interval.
func rateChart(c report.Course) *canvas {
	label := fmt.Sprintf("The success rate of %s over its trials", named(c.Study))
	chart := newCanvas("chart", label, chartWidth, chartHeight, overTrials(c.Trials), axis{label: "success rate", high: 1, scale: shares})
	rates := make([]report.Point, len(c.Windows))
	for i, w := range c.Windows {
		at := float64(w.First+w.Last) / 2
		rates[i] = report.Point{X: at, Y: w.Rate}
		chart.line("mark", 1, report.Point{X: at, Y: w.Interval.Low}, report.Point{X: at, Y: w.Interval.High})
	}
	chart.line("best", 1.5, rates...)
	chart.dots("best", 5, rates...)
	return chart
}

func overTrials(trials int64) axis {
	return axis{label: "trials, in the order of recording", high: max(float64(trials)*1.01, float64(trials)+0.5), scale: integers}
}

// scoreCharts returns the chart of net scores over the events, once for broad and once
// for slim pages. It returns nil if no event changed a score.
func scoreCharts(o report.Overview) []*canvas {
	low, high, drawn := 0.0, 0.0, false
	for _, s := range o.Scores {
		for _, at := range s.Points {
			low, high, drawn = min(low, at.Y), max(high, at.Y), true
		}
	}
	if !drawn {
		return nil
	}
	x := axis{label: "events of all studies", high: float64(max(o.LastEvent, 1)) * 1.01, scale: integers}
	y := axis{label: "net score", scale: integers}
	y.low, y.high = limits(low, high)
	label := "The net scores of items over the events"
	charts := []*canvas{
		newCanvas("chart broad", label, broadWidth, chartHeight, x, y),
		newCanvas("chart slim", label, chartWidth, chartHeight, x, y),
	}
	for i, s := range o.Scores {
		points := append([]report.Point{{}}, s.Points...)
		points = append(points, report.Point{X: float64(o.LastEvent), Y: points[len(points)-1].Y})
		kind := ""
		if s.Worst {
			kind = "dashes"
		}
		for _, chart := range charts {
			chart.steps(kind, lineInk(i), 1.6, points)
		}
	}
	return charts
}

// lineInk returns the colour of the i-th line of a chart.
func lineInk(i int) string { return fmt.Sprint("l", i%8) }

// intervalStrip shows a success rate and its interval between 0 and 1, and the rate of
// all trials as a vertical line.
func intervalStrip(s report.Standing, whole float64) *canvas {
	strip := newStrip()
	strip.line("rule", 1, report.Point{Y: 0.5}, report.Point{X: 1, Y: 0.5})
	strip.line("text", 1, report.Point{X: whole}, report.Point{X: whole, Y: 1})
	if s.Trials > 0 {
		strip.line("mark", 2, report.Point{X: s.Interval.Low, Y: 0.5}, report.Point{X: s.Interval.High, Y: 0.5})
		strip.dots("best", 8, report.Point{X: s.Rate, Y: 0.5})
	}
	return strip
}

// countStrip shows a count relative to the largest.
func countStrip(count, largest int64) *canvas {
	strip := newStrip()
	strip.line("bad", 8, report.Point{Y: 0.5}, report.Point{X: float64(count) / float64(largest), Y: 0.5})
	return strip
}
