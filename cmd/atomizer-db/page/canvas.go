package page

import (
	"fmt"
	"strings"

	"atomizer-db/feedback/report"
)

// canvas is a chart that the template "chart" writes as SVG. Lengths are in the same
// units as the font size; the origin is the upper left corner. Colours are variables of
// the page's style sheet, so that they follow light and dark mode.
type canvas struct {
	Class         string
	Label         string // describes the chart to screen readers; empty if the text around it does
	Width, Height float64
	Paths         []path
	Texts         []text

	x, y                     axis
	left, right, top, bottom float64 // the area between the axes
}

// path is a stroke without a fill.
type path struct {
	Kind  string // "dots" or "dashes", else a line
	Ink   string
	Width float64
	D     string // in the syntax of SVG
}

type text struct {
	X, Y   float64
	Anchor string // which part of the text is at that place: start, middle or end
	Turned bool   // rotated by 90 degrees, to be read upwards
	Text   string
}

// The measures of a canvas.
const (
	fontSize   = 11
	lineHeight = 14
	gap        = 6 // between a text and the line beside it
	tickLength = 3
	margin     = 5
)

// textWidth returns an upper bound of the width of a number.
func textWidth(number string) float64 { return 0.65 * fontSize * float64(len(number)) }

// newCanvas returns a canvas with two axes, their marks and a horizontal grid.
func newCanvas(class, label string, width, height float64, x, y axis) *canvas {
	c := &canvas{Class: class, Label: label, Width: width, Height: height, x: x, y: y}
	across, up := x.marks(), y.marks()
	widest := 0.0
	for _, m := range up {
		widest = max(widest, textWidth(m.label))
	}
	c.left, c.right = margin+lineHeight+widest+gap, width-margin
	if len(across) > 0 {
		c.right -= textWidth(across[len(across)-1].label) / 2
	}
	c.top, c.bottom = margin+fontSize/2, height-margin-2*lineHeight-tickLength
	var rules, frame strings.Builder
	for _, m := range up {
		_, y := c.place(report.Point{X: x.low, Y: m.value})
		fmt.Fprintf(&rules, "M%.1f %.1fH%.1f", c.left, y, c.right)
		c.Texts = append(c.Texts, text{X: c.left - gap, Y: y + fontSize/3, Anchor: "end", Text: m.label})
	}
	fmt.Fprintf(&frame, "M%.1f %.1fV%.1fH%.1f", c.left, c.top, c.bottom, c.right)
	for _, m := range across {
		x, _ := c.place(report.Point{X: m.value, Y: y.low})
		fmt.Fprintf(&frame, "M%.1f %.1fv%d", x, c.bottom, tickLength)
		c.Texts = append(c.Texts, text{X: x, Y: c.bottom + tickLength + fontSize, Anchor: "middle", Text: m.label})
	}
	c.draw("", "rule", 0.6, rules.String())
	c.draw("", "rule", 1, frame.String())
	c.Texts = append(
		c.Texts,
		text{X: (c.left + c.right) / 2, Y: height - margin, Anchor: "middle", Text: x.label},
		text{X: margin + fontSize, Y: (c.top + c.bottom) / 2, Anchor: "middle", Turned: true, Text: y.label},
	)
	return c
}

// newStrip returns a canvas from 0 to 1 without axes, for a row of a table.
func newStrip() *canvas {
	whole := axis{high: 1}
	return &canvas{
		Class: "strip", Width: stripWidth, Height: stripHeight, x: whole, y: whole,
		left: margin, right: stripWidth - margin, top: margin, bottom: stripHeight - margin,
	}
}

// place returns the position of a point on the canvas.
func (c *canvas) place(p report.Point) (x, y float64) {
	return c.left + c.x.share(p.X)*(c.right-c.left), c.bottom - c.y.share(p.Y)*(c.bottom-c.top)
}

func (c *canvas) draw(kind, ink string, width float64, d string) {
	if d != "" {
		c.Paths = append(c.Paths, path{kind, ink, width, d})
	}
}

// line draws a line through points, if there are at least two.
func (c *canvas) line(ink string, width float64, points ...report.Point) {
	if len(points) < 2 {
		return
	}
	d := []byte("M")
	for _, p := range points {
		x, y := c.place(p)
		d = fmt.Appendf(d, "%.1f %.1f ", x, y)
	}
	c.draw("", ink, width, string(d))
}

// steps draws a value that holds until the next point.
func (c *canvas) steps(kind, ink string, width float64, points []report.Point) {
	var d []byte
	for i, p := range points {
		x, y := c.place(p)
		if i == 0 {
			d = fmt.Appendf(d, "M%.1f %.1f", x, y)
		} else {
			d = fmt.Appendf(d, "H%.1fV%.1f", x, y)
		}
	}
	c.draw(kind, ink, width, string(d))
}

// dots draws a dot at each point.
func (c *canvas) dots(ink string, size float64, points ...report.Point) {
	c.strokes("dots", ink, size, "h0", points)
}

// feet draws a mark on the x axis below each point.
func (c *canvas) feet(ink string, points []report.Point) { c.strokes("", ink, 1, "v-6", points) }

// strokes draws the same stroke at each point.
func (c *canvas) strokes(kind, ink string, width float64, stroke string, points []report.Point) {
	var d []byte
	for _, p := range points {
		x, y := c.place(p)
		d = fmt.Appendf(d, "M%.1f %.1f%s", x, y, stroke)
	}
	c.draw(kind, ink, width, string(d))
}
