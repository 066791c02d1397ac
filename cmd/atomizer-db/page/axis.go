package page

import (
	"math"
	"strconv"
)

// axis is an axis of a chart.
type axis struct {
	label     string
	low, high float64
	scale     scale
}

// scale is how an axis is divided.
type scale int

const (
	numbers  scale = iota
	integers       // marked at integers only
	shares         // marked in percent
	decades        // logarithmic
)

// mark is a labelled value on an axis.
type mark struct {
	value float64
	label string
}

// share returns the position of a value on the axis, from 0 at the low end to 1 at the
// high end. A value outside is moved to the nearer end.
func (a axis) share(value float64) float64 {
	value = max(a.low, min(value, a.high))
	if a.scale == decades {
		return (math.Log(value) - math.Log(a.low)) / (math.Log(a.high) - math.Log(a.low))
	}
	return (value - a.low) / (a.high - a.low)
}

// marks returns the marks of the axis: about three to seven round numbers, or powers
// of ten.
func (a axis) marks() (marks []mark) {
	if a.scale == decades {
		first, last := math.Ceil(math.Log10(a.low)), math.Floor(math.Log10(a.high))
		step := max(1, math.Ceil((last-first)/5))
		for power := first; power <= last; power += step {
			value := math.Pow(10, power)
			marks = append(marks, mark{value, a.format(value, value)})
		}
		return marks
	}
	step := roundStep((a.high - a.low) / 7)
	if a.scale == integers {
		step = max(1, step)
	}
	for i := math.Ceil(a.low / step); i*step <= a.high; i++ {
		value := i*step + 0 // no negative zero
		marks = append(marks, mark{value, a.format(value, step)})
	}
	return marks
}

// format formats a value so that it differs from a value one step away.
func (a axis) format(value, step float64) string {
	if a.scale == shares {
		return strconv.FormatFloat(value*100, 'f', 0, 64) + "%"
	}
	if a.scale == integers && math.Abs(value) < 1e15 {
		return grouped(int64(value))
	}
	if size := max(math.Abs(value), step); size < 1e6 && step >= 1e-4 {
		return strconv.FormatFloat(value, 'f', max(0, -magnitude(step)), 64)
	}
	digits := 1
	if value != 0 {
		digits += max(0, magnitude(math.Abs(value))-magnitude(step))
	}
	return strconv.FormatFloat(value, 'g', digits, 64)
}

// magnitude returns the power of ten of a number's first digit.
func magnitude(number float64) int { return int(math.Floor(math.Log10(number) + 1e-9)) }

// roundStep returns the smallest step of at least that size that is 1, 2 or 5 times a
// power of ten.
func roundStep(atLeast float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(atLeast)))
	for _, factor := range []float64{1, 2, 5} {
		if factor*power >= atLeast {
			return factor * power
		}
	}
	return 10 * power
}

// The range of values that a chart shows. Their sums and quotients do not overflow.
const (
	largest  = 1e300
	smallest = 1e-300
)

// limits returns the ends of an axis for values from low to high. The ends differ, and
// their difference does not overflow.
func limits(low, high float64) (float64, float64) {
	low, high = max(-largest, min(low, largest)), max(-largest, min(high, largest))
	room := (high - low) / 20
	if size := max(math.Abs(low), math.Abs(high)); room <= size*1e-12 {
		room = size * 0.05
		if size == 0 {
			room = 1
		}
	}
	room = max(room, smallest)
	return low - room, high + room
}
