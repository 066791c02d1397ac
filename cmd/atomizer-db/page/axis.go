package page

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// ticks marks an axis at three to seven round numbers.
type ticks struct {
	whole   bool // integers only
	percent bool // of shares
}

// Ticks is called by the charting library.
func (t ticks) Ticks(low, high float64) (marks []plot.Tick) {
	step := roundStep((high - low) / 7)
	if t.whole {
		step = max(1, step)
	}
	for i := math.Ceil(low / step); i*step <= high; i++ {
		value := i*step + 0 // no negative zero
		marks = append(marks, plot.Tick{Value: value, Label: t.label(value, step)})
	}
	return marks
}

func (t ticks) label(value, step float64) string {
	if t.percent {
		return strconv.FormatFloat(value*100, 'f', 0, 64) + "%"
	}
	if size := max(math.Abs(value), step); size < 1e6 && step >= 1e-4 {
		return strconv.FormatFloat(value, 'f', max(0, -int(math.Floor(math.Log10(step)))), 64)
	}
	digits := 1 + int(math.Max(0, math.Floor(math.Log10(math.Abs(value)/step)+0.5)))
	return strconv.FormatFloat(value, 'g', digits, 64)
}

// roundStep is the next 1, 2 or 5 times a power of ten.
func roundStep(atLeast float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(atLeast)))
	for _, factor := range []float64{1, 2, 5} {
		if factor*power >= atLeast {
			return factor * power
		}
	}
	return 10 * power
}

// decades marks a logarithmic axis at some powers of ten.
type decades struct{}

// Ticks is called by the charting library.
func (decades) Ticks(low, high float64) (marks []plot.Tick) {
	first, last := math.Ceil(math.Log10(low)), math.Floor(math.Log10(high))
	step := max(1, math.Ceil((last-first)/5))
	for power := first; power <= last; power += step {
		value := math.Pow(10, power)
		marks = append(marks, plot.Tick{Value: value, Label: ticks{}.label(value, value)})
	}
	return marks
}

// The values that a chart tells apart: their sums and quotients are numbers.
const (
	largest  = 1e300
	smallest = 1e-300
)

// limits are the ends of an axis for values from low to high: apart, and such
// that their difference is a number.
func limits(low, high float64) (float64, float64) {
	low, high = max(low, -largest), min(high, largest)
	room := (high - low) / 20
	if size := max(math.Abs(low), math.Abs(high)); room <= size*1e-12 {
		room = max(size*0.05, smallest)
		if size == 0 {
			room = 1
		}
	}
	return low - room, high + room
}
