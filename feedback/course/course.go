package course

import (
	"maps"
	"slices"

	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// MostStretches is the number of stretches from which on neighbours are joined.
const MostStretches = 800

// Course is the course of a study since its last reset.
type Course struct {
	Trials    int64 // recorded, also those that are void: their positions are from 1 to Trials
	Width     int64 // trials in a stretch: a power of 2
	Stretches []Stretch
	Classes   []*Class // by the first event that had it
	Best      Ranking
	Spread    Distribution // of the objectives of successful trials
	Last      Instant      // the last event of the study; the zero value: none
	Gap       float64      // seconds between two events, in the mean over about the last ten

	index map[classKey]int
}

// Instant is an event and its time.
type Instant struct {
	Event, TimeUS int64
	End           bool // a finalize: no more is expected
}

// Stretch is a number of consecutive trials, and what happened between them.
type Stretch struct {
	First     int64 // position of its first trial
	Trials    int64 // that count
	Successes int64
	Sample    *Point // the first of its objectives; nil: there is none
	Low, High *Point // the lowest and the highest

	Failures      []ClassCount // failed trials by the class of their first message
	Events        []ClassCount // events that had messages of a class
	Finalizations int
	Commits       int // of insights
}

// Point is the objective of a successful trial.
type Point struct {
	Position  int64 // of the trial in the study, from 1
	Objective float64
	Event     int64
	Number    int64          // the trial's
	Variables map[string]any // only of a sample
}

// New returns the course of a study before its first event.
func New() *Course {
	return &Course{Width: 1, Best: Ranking{}, Spread: Distribution{}, index: map[classKey]int{}}
}

// clone returns a copy to which events can be added. Both have the same points, but for
// samples whose variables have not been read.
func (c *Course) clone() *Course {
	copied := *c
	copied.Stretches = slices.Clone(c.Stretches)
	for i := range copied.Stretches {
		s := &copied.Stretches[i]
		s.Failures, s.Events = slices.Clone(s.Failures), slices.Clone(s.Events)
		if s.Sample != nil && s.Sample.Variables == nil {
			s.Sample = new(*s.Sample)
		}
	}
	copied.Classes = make([]*Class, len(c.Classes))
	for i, class := range c.Classes {
		copied.Classes[i] = new(*class)
	}
	copied.Best = Ranking{slices.Clone(c.Best.low), slices.Clone(c.Best.high)}
	copied.Spread, copied.index = maps.Clone(c.Spread), maps.Clone(c.index)
	return &copied
}

// add adds an event with the classes of its messages.
func (c *Course) add(s store.Step, messages []store.MessageClass) {
	c.passed(s)
	switch s.Type {
	case store.TrialEvent:
		c.addTrial(s, messages)
	case store.ErrorEvent:
		c.count(c.current(), s, messages)
	case store.FinalizeEvent:
		c.current().Finalizations++
	case store.CommitEvent:
		c.current().Commits++
	case store.ResetEvent:
		last, gap := c.Last, c.Gap
		*c = *New()
		c.Last, c.Gap = last, gap
	}
}

// passed notes the time of an event.
func (c *Course) passed(s store.Step) {
	if c.Last.Event > 0 {
		gap := max(0, float64(s.TimeUS-c.Last.TimeUS)/1e6)
		if c.Gap == 0 {
			c.Gap = gap
		}
		c.Gap += (gap - c.Gap) / 10
	}
	c.Last = Instant{s.Event, s.TimeUS, s.Type == store.FinalizeEvent}
}

// current returns the stretch that the next event belongs to if it is no trial.
func (c *Course) current() *Stretch {
	if len(c.Stretches) == 0 {
		c.Stretches = append(c.Stretches, Stretch{First: 1})
	}
	return &c.Stretches[len(c.Stretches)-1]
}

func (c *Course) addTrial(s store.Step, messages []store.MessageClass) {
	stretch := c.next()
	if s.Void {
		return
	}
	stretch.Trials++
	c.count(stretch, s, messages)
	if !s.Success {
		first := classKey{Class: NoMessage}
		if len(messages) > 0 {
			first = classKey{messages[0].Kind, messages[0].Class}
		}
		stretch.Failures = countClass(stretch.Failures, c.class(first), 1)
		return
	}
	stretch.Successes++
	if s.Objective == nil {
		return
	}
	p := &Point{Position: c.Trials, Objective: *s.Objective, Event: s.Event, Number: *s.TrialNumber}
	if stretch.Sample == nil {
		stretch.Sample = &Point{}
		*stretch.Sample = *p
	}
	stretch.Low, stretch.High = lower(stretch.Low, p), higher(stretch.High, p)
	c.Best.add(p)
	c.Spread.add(p.Objective)
}

// next returns the stretch of the next trial.
func (c *Course) next() *Stretch {
	c.Trials++
	if (c.Trials-1)%c.Width == 0 && (c.Trials > 1 || len(c.Stretches) == 0) {
		if len(c.Stretches) == MostStretches {
			c.join()
		}
		if (c.Trials-1)%c.Width == 0 {
			c.Stretches = append(c.Stretches, Stretch{First: c.Trials})
		}
	}
	return c.current()
}

// join joins each two neighbouring stretches.
func (c *Course) join() {
	joined := c.Stretches[:0]
	for i := 0; i < len(c.Stretches); i += 2 {
		stretch := c.Stretches[i]
		if i+1 < len(c.Stretches) {
			stretch.join(c.Stretches[i+1])
		}
		joined = append(joined, stretch)
	}
	clear(c.Stretches[len(joined):])
	c.Stretches = joined
	c.Width *= 2
}

func (s *Stretch) join(next Stretch) {
	s.Trials += next.Trials
	s.Successes += next.Successes
	s.Finalizations += next.Finalizations
	s.Commits += next.Commits
	if s.Sample == nil {
		s.Sample = next.Sample
	}
	s.Low, s.High = lower(s.Low, next.Low), higher(s.High, next.High)
	for _, f := range next.Failures {
		s.Failures = countClass(s.Failures, f.Class, f.Count)
	}
	for _, e := range next.Events {
		s.Events = countClass(s.Events, e.Class, e.Count)
	}
}

func lower(a, b *Point) *Point {
	if a == nil || (b != nil && b.Objective < a.Objective) {
		return b
	}
	return a
}

func higher(a, b *Point) *Point {
	if a == nil || (b != nil && b.Objective > a.Objective) {
		return b
	}
	return a
}

// Samples returns the first objective of each stretch, in order.
func (c *Course) Samples() (points []*Point) {
	for i := range c.Stretches {
		if p := c.Stretches[i].Sample; p != nil {
			points = append(points, p)
		}
	}
	return points
}

// Points returns the objectives that are kept: of each stretch the first, the lowest and
// the highest, in order.
func (c *Course) Points() (points []*Point) {
	for i := range c.Stretches {
		s := &c.Stretches[i]
		if s.Sample == nil {
			continue
		}
		kept := []*Point{s.Sample, s.Low, s.High}
		slices.SortFunc(kept, func(a, b *Point) int { return int(a.Position - b.Position) })
		kept = slices.CompactFunc(kept, func(a, b *Point) bool { return a.Position == b.Position })
		points = append(points, kept...)
	}
	return points
}

// BestSoFar returns the points at which the best objective so far changes, to the
// stretch: of several in one stretch it has the best.
func (c *Course) BestSoFar(direction string) (points []*Point) {
	for i := range c.Stretches {
		p := c.Stretches[i].Low
		if direction == event.Maximize {
			p = c.Stretches[i].High
		}
		if p != nil && (len(points) == 0 || better(direction, p.Objective, points[len(points)-1].Objective)) {
			points = append(points, p)
		}
	}
	return points
}

func better(direction string, a, b float64) bool {
	if direction == event.Maximize {
		return a > b
	}
	return a < b
}
