package report

import "atomizer-db/feedback/course"

// Window is a range of trials and its success rate.
type Window struct {
	First, Last int64 // positions of its trials
	Trials      int64 // that count
	Successes   int64
	Rate        float64
	Interval    Interval // of the rate, 95%
}

// windows divides the trials of a study into at most 40 windows: of 5, 10 or 20 trials, and
// of twice as many whenever there are too many windows.
func windows(c *course.Course) (list []Window) {
	stretches := 5
	for len(c.Stretches) > 40*stretches {
		stretches *= 2
	}
	for first := 0; first < len(c.Stretches); first += stretches {
		w := Window{First: c.Stretches[first].First, Last: min(c.Trials, c.Stretches[first].First+int64(stretches)*c.Width-1)}
		for _, s := range c.Stretches[first:min(first+stretches, len(c.Stretches))] {
			w.Trials += s.Trials
			w.Successes += s.Successes
		}
		w.Rate, w.Interval = Rate(w.Successes, w.Trials), wilson(w.Successes, w.Trials)
		if w.Trials > 0 {
			list = append(list, w)
		}
	}
	return list
}
