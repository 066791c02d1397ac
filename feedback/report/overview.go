package report

import (
	"time"

	"atomizer-db/feedback/course"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// Overview shows a study to a person: whether it gets better, its best designs, what its
// items do and what goes wrong. Its size does not grow with the study.
type Overview struct {
	At         time.Time // when it was computed, UTC
	Study      string
	Direction  string
	Statistics Statistics
	Course     *course.Course
	Read       Progress
	Windows    []Window
	Fences     course.Fences
	Best       []RecordedTrial // at most 10, the best first
	Effects    []course.Effect // of the design variables, that which explains the most first
	Errors     []ErrorCourse   // at most 15, the most frequent first
	MoreErrors int             // number of further classes

	Finalizations []RecordedFinalization // at most 20, newest first
	Learned       Learned
}

// Progress says how much of the ledger has been read.
type Progress struct{ Read, Last int64 }

// Complete reports whether all of it was read.
func (p Progress) Complete() bool { return p.Read >= p.Last }

// The limits of an overview.
const (
	mostErrors        = 15
	mostFinalizations = 20
)

// ErrorCourse is a class of errors over the course of a study.
type ErrorCourse struct {
	course.Class
	Index        int    // in the course
	FirstMessage string // whole
	LastMessage  string
}

// RecordedFinalization is a finalize: its parameters, its answer and its time.
type RecordedFinalization struct {
	store.RecordedFinalization
	Time string
}

// NewOverview returns the overview of a study, from its course and from what was learned.
// A study that has not begun has an empty one.
func NewOverview(rx store.Reader, study int64, name string, c *course.Course, l Learned) (o Overview, err error) {
	o = Overview{At: rx.Now(), Study: name, Direction: event.Minimize, Course: c, Learned: l, Windows: windows(c), Fences: c.Spread.Fences()}
	row, found, err := rx.StudyByID(study)
	if err != nil {
		return o, err
	}
	if found {
		o.Direction = row.Direction
	}
	if o.Statistics, err = NewStatistics(rx, &study); err != nil {
		return o, err
	}
	for _, add := range []func(store.Reader, int64) error{o.addBest, o.addErrors, o.addFinalizations} {
		if err := add(rx, study); err != nil {
			return o, err
		}
	}
	return o, nil
}

func (o *Overview) addBest(rx store.Reader, _ int64) error {
	var events []int64
	places := map[int64]int{}
	for i, p := range o.Course.Best.Of(o.Direction) {
		events, places[p.Event] = append(events, p.Event), i
	}
	outcomes, err := rx.OutcomesOf(events)
	if err != nil {
		return err
	}
	trials, err := recordedTrials(rx, outcomes)
	if err != nil {
		return err
	}
	o.Best = make([]RecordedTrial, len(events))
	for i, trial := range trials {
		o.Best[places[outcomes[i].Event]] = trial
	}
	best := make([]*course.Point, len(o.Best))
	for i, p := range o.Course.Best.Of(o.Direction) {
		best[i] = &course.Point{Objective: p.Objective, Variables: o.Best[i].DesignVariables}
	}
	o.Effects = o.Course.Effects(o.Direction, best)
	return nil
}

func (o *Overview) addErrors(rx store.Reader, _ int64) error {
	order := o.Course.ByEvents()
	o.MoreErrors = max(0, len(order)-mostErrors)
	var events []int64
	for _, at := range order[:len(order)-o.MoreErrors] {
		class := *o.Course.Classes[at]
		o.Errors = append(o.Errors, ErrorCourse{Class: class, Index: at})
		events = append(events, class.First.Event, class.Last.Event)
	}
	messages, err := rx.MessagesOf(events)
	for _, m := range messages {
		for i := range o.Errors {
			e := &o.Errors[i]
			if m.Kind != e.Kind || m.Class != e.Name {
				continue
			}
			if m.Event == e.First.Event && e.FirstMessage == "" {
				e.FirstMessage = m.Message
			}
			if m.Event == e.Last.Event && e.LastMessage == "" {
				e.LastMessage = m.Message
			}
		}
	}
	return err
}

func (o *Overview) addFinalizations(rx store.Reader, study int64) error {
	finalizations, err := rx.Finalizations(&study, mostFinalizations)
	for _, f := range finalizations {
		o.Finalizations = append(o.Finalizations, RecordedFinalization{f, playbook.FormatMicros(f.TimeUS)})
	}
	return err
}
