package course

import (
	"maps"
	"math"
	"slices"
)

// Distribution counts objectives in bins of a thousandth of their size, so that its
// quantiles and counts cost the same however many there are.
type Distribution map[int64]int64

// binShift leaves the sign, the exponent and ten binary digits of a number.
const binShift = 52 - 10

// bin returns the bin of a value. Bins have the order of their values.
func bin(value float64) int64 {
	bits := int64(math.Float64bits(math.Abs(value)) >> binShift)
	if value < 0 {
		return -bits - 1
	}
	return bits
}

// lowest returns the lowest value of a bin of the values from 0, or the one nearest to 0
// of a bin of negative values.
func lowest(bin int64) float64 {
	if bin < 0 {
		return -math.Float64frombits(uint64(-bin-1) << binShift)
	}
	return math.Float64frombits(uint64(bin) << binShift)
}

func (d Distribution) add(value float64) { d[bin(value)]++ }

// Fences are the limits beyond which an objective is an outlier, and how many are.
type Fences struct {
	Low, High    float64
	Below, Above int64 // number of trials
}

// Fences returns the outer fences of Tukey: three times the distance of the quartiles
// beyond them (J. W. Tukey, Exploratory data analysis, 1977). They hold to a thousandth.
func (d Distribution) Fences() Fences {
	bins := slices.Sorted(maps.Keys(d))
	total := int64(0)
	for _, n := range d {
		total += n
	}
	quartile := func(share float64) float64 {
		seen := int64(0)
		for _, b := range bins {
			if seen += d[b]; float64(seen) >= share*float64(total) {
				return lowest(b)
			}
		}
		return 0
	}
	q1, q3 := quartile(0.25), quartile(0.75)
	room := 3 * (q3/2 - q1/2) * 2
	f := Fences{Low: q1 - room, High: q3 + room}
	if math.IsInf(room, 0) || math.IsInf(f.Low, 0) || math.IsInf(f.High, 0) {
		return Fences{Low: -math.MaxFloat64, High: math.MaxFloat64}
	}
	low, high := bin(f.Low), bin(f.High)
	for _, b := range bins {
		if b < low {
			f.Below += d[b]
		}
		if b > high {
			f.Above += d[b]
		}
	}
	return f
}

// Outside reports whether a value lies below or above the fences, and so is counted
// there.
func (f Fences) Outside(value float64) bool {
	return bin(value) < bin(f.Low) || bin(value) > bin(f.High)
}
