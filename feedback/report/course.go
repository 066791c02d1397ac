package report

import (
	"slices"

	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// Course is the course of a study: its trials that count, in the order in which they
// were recorded. X of a point is the position of its trial, from 1.
type Course struct {
	Study      string
	Direction  string
	Trials     int64
	Successes  int64
	Best       *Point  // the first trial with the best objective; nil: there is no objective
	BestTrial  int64   // the number of that trial
	Objectives []Point // of successful trials, thinned out if there are many
	BestSoFar  []Point // where it changed, also thinned out
	Failures   []Point // failed trials, with Y = 0; nil if there are too many to draw
	Windows    []Window
}

// Point is a value Y at a trial or event X.
type Point struct{ X, Y float64 }

// Window is a range of trials and its success rate.
type Window struct {
	First, Last int64
	Successes   int64
	Rate        float64
	Interval    Interval // of the rate, 95%
}

// newCourse returns the course of a study with at most most points of each kind.
func newCourse(study store.Study, results []store.TrialResult, most int) Course {
	c := Course{Study: study.Name, Direction: study.Direction, Trials: int64(len(results))}
	for i, result := range results {
		at := Point{X: float64(i + 1)}
		if !result.Success {
			c.Failures = append(c.Failures, at)
			continue
		}
		c.Successes++
		if result.Objective == nil {
			continue
		}
		at.Y = *result.Objective
		c.Objectives = append(c.Objectives, at)
		if c.Best == nil || better(study.Direction, at.Y, c.Best.Y) {
			c.Best, c.BestTrial = &at, result.Number
			c.BestSoFar = append(c.BestSoFar, at)
		}
	}
	c.Windows = windows(results)
	c.Objectives = thinned(c.Objectives, most)
	c.BestSoFar = thinned(c.BestSoFar, most)
	if len(c.Failures) > most/4 {
		c.Failures = nil
	}
	return c
}

func better(direction string, a, b float64) bool {
	if direction == event.Maximize {
		return a > b
	}
	return a < b
}

// thinned reduces many points to the first, the lowest and the highest point of each
// range, so that a drawing keeps its shape.
func thinned(points []Point, most int) []Point {
	if len(points) <= most {
		return points
	}
	begin := points[0].X
	stretch := (points[len(points)-1].X - begin + 1) / float64(most/3)
	number := func(p Point) int { return int((p.X - begin) / stretch) }
	kept := make([]Point, 0, most)
	for first := 0; first < len(points); {
		low, high, next := first, first, first+1
		for ; next < len(points) && number(points[next]) == number(points[first]); next++ {
			if points[next].Y < points[low].Y {
				low = next
			}
			if points[next].Y > points[high].Y {
				high = next
			}
		}
		places := []int{first, low, high}
		slices.Sort(places)
		for _, place := range slices.Compact(places) {
			kept = append(kept, points[place])
		}
		first = next
	}
	return kept
}

// windows divides trials into at most 40 ranges of 5, 10, 20, 50, 100 or more trials.
func windows(results []store.TrialResult) []Window {
	size, steps := 5, []float64{2, 2, 2.5} // 5, 10, 20, 50
	for i := 0; len(results) > 40*size; i++ {
		size = int(float64(size) * steps[i%len(steps)])
	}
	var windows []Window
	for first := 0; first < len(results); first += size {
		w := Window{First: int64(first + 1), Last: int64(min(first+size, len(results)))}
		for _, result := range results[first:w.Last] {
			if result.Success {
				w.Successes++
			}
		}
		trials := w.Last - w.First + 1
		w.Rate, w.Interval = Rate(w.Successes, trials), wilson(w.Successes, trials)
		windows = append(windows, w)
	}
	return windows
}
