package page

import (
	"bytes"
	"fmt"
	"html/template"
	"image/color"
	"regexp"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"atomizer-db/feedback"
)

// inks are the colours of charts: variables of the page's style sheet, so that
// they follow the reader's light or dark. Through the charting library each goes
// as a colour that tells its place in this list.
var inks = []string{"text", "rule", "mark", "best", "bad", "l0", "l1", "l2", "l3", "l4", "l5", "l6", "l7"}

func ink(name string) color.Color {
	return color.RGBA{R: 0xab, G: uint8(slices.Index(inks, name)), B: 0xcd, A: 0xff}
}

var (
	styles = regexp.MustCompile(`\s*style="[^"]*"`) // in text, quotes are escaped
	inked  = regexp.MustCompile(`#AB[0-9A-F]{2}CD`)
	fonts  = regexp.MustCompile(`font-(family|variant|weight|style):[^;"]*;`) // the style sheet has it
)

// margin is what text may need beyond the place that the library gives it.
const margin = 4

// svg draws a chart to stand in a page. label says what it shows, to those who
// cannot see it; without one the text around it does.
func svg(p *plot.Plot, class, label string, width, height vg.Length) template.HTML {
	canvas := vgsvg.New(width, height)
	p.Draw(draw.Crop(draw.New(canvas), margin, -margin, margin, -margin))
	var b bytes.Buffer
	_, _ = canvas.WriteTo(&b) // into memory
	_, drawing, _ := strings.Cut(b.String(), "<g ")
	drawing = styles.ReplaceAllStringFunc(drawing, func(style string) string {
		style = " " + strings.TrimSpace(fonts.ReplaceAllString(style, ""))
		return inked.ReplaceAllStringFunc(style, func(stand string) string {
			var i int
			_, _ = fmt.Sscanf(stand, "#AB%02XCD", &i)
			return "var(--" + inks[i] + ")"
		})
	})
	told := `aria-hidden="true"`
	if label != "" {
		told = fmt.Sprintf(`role="img" aria-label="%s"`, template.HTMLEscapeString(label))
	}
	return template.HTML(fmt.Sprintf(`<svg class="%s" %s viewBox="0 0 %g %g"><g %s`, class, told, width.Points(), height.Points(), drawing))
}

// newPlot is an empty plot with axes as all charts have them.
func newPlot(x, y string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Color, axis.Tick.Color = ink("rule"), ink("rule")
		axis.Tick.Length, axis.Padding = 3, 4
		axis.Tick.Marker = ticks{}
		for _, style := range []*draw.TextStyle{&axis.Label.TextStyle, &axis.Tick.Label} {
			style.Color = ink("text")
			style.Font = font.Font{Typeface: "Liberation", Variant: "Sans", Size: 11}
		}
	}
	p.X.Tick.Marker = ticks{whole: true}
	p.X.Label.Text, p.Y.Label.Text = x, y
	return p
}

func grid() *plotter.Grid { return &plotter.Grid{Horizontal: stroke("rule", 0.6)} }

func stroke(name string, width vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: ink(name), Width: width}
}

func line(points []feedback.Point, name string, width vg.Length, kind plotter.StepKind) *plotter.Line {
	return &plotter.Line{XYs: xys(points), StepStyle: kind, LineStyle: stroke(name, width)}
}

func marks(points []feedback.Point, name string, shape draw.GlyphDrawer, size vg.Length) *plotter.Scatter {
	return &plotter.Scatter{XYs: xys(points), GlyphStyle: draw.GlyphStyle{Color: ink(name), Radius: size, Shape: shape}}
}

// dot is the library's filled circle.
type dot = draw.CircleGlyph

// foot is a short line up from its place.
type foot struct{}

// DrawGlyph is called by the charting library.
func (foot) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	c.SetLineWidth(1)
	var path vg.Path
	path.Move(at)
	path.Line(vg.Point{X: at.X, Y: at.Y + style.Radius})
	c.Stroke(path)
}

// xys are points that a chart can show: the sum of two is a number.
func xys(points []feedback.Point) plotter.XYs {
	list := make(plotter.XYs, len(points))
	for i, at := range points {
		list[i] = plotter.XY{X: at.X, Y: max(-largest, min(at.Y, largest))}
	}
	return list
}
