package page

import (
	"fmt"
	"math"
	"strconv"
)

// plot is a chart that the template "plot" writes. Its area is an SVG that is stretched to
// whatever room there is; the labels of the axes are in SVGs of their own beside it, placed in
// percent, so that text keeps its size from 320 to 2,560 pixels. Nothing needs a style
// attribute, which a strict content security policy forbids.
type plot struct {
	Label string // describes the chart to screen readers
	X, Y  []tick
	XName string
	Paths []path

	x, y axis
}

// path is a stroke without a fill. Its ink is a class of the style sheet.
type path struct {
	Class string
	D     string // in the syntax of SVG
}

// tick is a labelled place of an axis, in percent from its low end; of the y axis, from the
// top.
type tick struct {
	At    string
	Label string
	Minor bool // left out where there is little room
}

// The size of the area of a plot in its own units.
const (
	areaWidth  = 2000
	areaHeight = 1000
)

func newPlot(label string, x, y axis) *plot {
	p := &plot{Label: label, XName: x.label, x: x, y: y}
	var grid pen
	for i, m := range x.marks() {
		p.X = append(p.X, tick{inPercent(x.share(m.value)), m.label, i%2 == 1})
	}
	for _, m := range y.marks() {
		p.Y = append(p.Y, tick{At: inPercent(1 - y.share(m.value)), Label: m.label})
		grid.line(0, p.up(m.value), areaWidth, p.up(m.value))
	}
	p.draw("grid", grid)
	return p
}

func inPercent(share float64) string { return strconv.FormatFloat(100*share, 'f', 2, 64) + "%" }

func (p *plot) across(x float64) int { return int(math.Round(p.x.share(x) * areaWidth)) }

func (p *plot) up(y float64) int { return int(math.Round((1 - p.y.share(y)) * areaHeight)) }

func (p *plot) draw(class string, pen pen) {
	if len(pen.d) > 0 {
		p.Paths = append(p.Paths, path{class, string(pen.d)})
	}
}

// place is a point of a plot, in the units of its axes.
type place struct{ X, Y float64 }

// dots draws a dot at each place, once where several are the same.
func (p *plot) dots(class string, places []place) {
	var pen pen
	drawn := map[[2]int]bool{}
	for _, at := range places {
		here := [2]int{p.across(at.X), p.up(at.Y)}
		if !drawn[here] {
			drawn[here] = true
			pen.dot(here[0], here[1])
		}
	}
	p.draw(class, pen)
}

// steps draws a value that holds until the next place.
func (p *plot) steps(class string, places []place) {
	var pen pen
	for i, at := range places {
		if i == 0 {
			pen.move(p.across(at.X), p.up(at.Y))
		} else {
			pen.d = fmt.Appendf(pen.d, "H%dV%d", p.across(at.X), p.up(at.Y))
		}
	}
	p.draw(class, pen)
}

// line draws a line through places.
func (p *plot) line(class string, places []place) {
	var pen pen
	for i, at := range places {
		if i == 0 {
			pen.move(p.across(at.X), p.up(at.Y))
		} else {
			pen.d = fmt.Appendf(pen.d, "L%d %d", p.across(at.X), p.up(at.Y))
		}
	}
	if len(places) > 1 {
		p.draw(class, pen)
	}
}

// bars draws a vertical line between two values at each place.
func (p *plot) bars(class string, at, low, high []float64) {
	var pen pen
	for i, x := range at {
		pen.line(p.across(x), p.up(low[i]), p.across(x), p.up(high[i]))
	}
	p.draw(class, pen)
}

// pen writes the data of a path.
type pen struct{ d []byte }

func (p *pen) move(x, y int)           { p.d = fmt.Appendf(p.d, "M%d %d", x, y) }
func (p *pen) dot(x, y int)            { p.d = fmt.Appendf(p.d, "M%d %dh0", x, y) }
func (p *pen) line(x0, y0, x1, y1 int) { p.d = fmt.Appendf(p.d, "M%d %dL%d %d", x0, y0, x1, y1) }
