package feedback

import "math"

// Interval is a range from low to high.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// wilson is the 95% score interval of a share (Wilson 1927): all of 0 to 1 where
// there is nothing to go by.
func wilson(part, whole int64) Interval {
	if whole == 0 {
		return Interval{0, 1}
	}
	const z = 1.959963984540054 // the normal distribution's 0.975 quantile
	n, p := float64(whole), float64(part)/float64(whole)
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return Interval{max(0, middle-half), min(1, middle+half)}
}
