package report

import "atomizer-db/feedback/attribution"

// Interval is a range from low to high.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// wilson returns the 95% score interval of a share. It is 0 to 1 if whole is 0.
func wilson(part, whole int64) Interval {
	return Interval(attribution.Wilson(attribution.Group{Trials: whole, Successes: part}))
}
