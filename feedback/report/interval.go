package report

import "atomizer-db/feedback/attribution"

// Interval is a range from low to high.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// wilson is the 95% score interval of a share: all of 0 to 1 where there is
// nothing to go by.
func wilson(part, whole int64) Interval {
	return Interval(attribution.Wilson(attribution.Group{Trials: whole, Successes: part}))
}
