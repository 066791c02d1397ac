package course

import (
	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// Courses are the courses of all studies, as far as they have been read.
type Courses struct {
	Read    int64 // the last event that was read; 0: none
	Last    int64 // the last event at the last look that could be read
	byStudy map[int64]*Course

	start int64          // events up to this one were void or not when the first was read
	stale map[int64]bool // studies with a trial that became void, or counts again, after it was read
	only  int64          // the study that is read; 0: all

	before *Courses // what these continue without changing it; nil: nothing

	incomplete map[*Course]bool // those that may have samples without their variables
}

// NewCourses returns courses of which nothing has been read.
func NewCourses() *Courses {
	return &Courses{byStudy: map[int64]*Course{}, stale: map[int64]bool{}, incomplete: map[*Course]bool{}}
}

// Of returns the course of a study.
func (c *Courses) Of(study int64) *Course {
	if found := c.byStudy[study]; found != nil {
		return found
	}
	if c.before != nil {
		return c.before.Of(study)
	}
	return New()
}

// Complete reports whether everything has been read that could be read at the last look.
func (c *Courses) Complete() bool { return c.Read >= c.Last }

// page is the number of events that are read in one transaction, so that no reader stays
// open for long.
const page = 20_000

// Advance reads at most one page of the events that are new and settled.
func (c *Courses) Advance(rx store.Reader) error {
	last, err := rx.LastSettled()
	if err != nil {
		return err
	}
	return c.read(rx, last)
}

// ReadAll returns courses of which everything has been read. They belong to the state of the
// database that the reader sees, and cannot be advanced in another one.
func ReadAll(rx store.Reader) (*Courses, error) {
	last, err := rx.LastEvent()
	if err != nil {
		return nil, err
	}
	c := NewCourses()
	for ok := false; !ok; ok = c.Complete() {
		if err := c.read(rx, last); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// Now returns the courses with the events that follow in the state of the database that the
// reader sees, unless they are more than a page. They belong to this state: the order of the
// last events, and so their ids, may differ in the next one. It returns nil for a state that
// is older than what has been read.
func (c *Courses) Now(rx store.Reader) (*Courses, error) {
	settled, err := rx.LastSettled()
	if err != nil || settled < c.Read {
		return nil, err
	}
	last, err := rx.LastEvent()
	if err != nil || last == c.Read || !c.Complete() || last-c.Read > page {
		return c, err
	}
	now := NewCourses()
	now.Read, now.before = c.Read, c
	return now, now.read(rx, last)
}

// read reads at most one page of the events that are new, up to the last one.
func (c *Courses) read(rx store.Reader, last int64) error {
	if c.start == 0 {
		c.start = last
	}
	c.Last = last
	if c.Read >= last {
		return c.addVariables(rx)
	}
	var steps []store.Step
	if err := rx.Steps(c.Read, last, page, func(s store.Step) error {
		steps = append(steps, s)
		return nil
	}); err != nil || len(steps) == 0 {
		return err
	}
	end := steps[len(steps)-1].Event
	var messages []store.MessageClass
	if err := rx.MessageClasses(steps[0].Event, end, func(m store.MessageClass) error {
		messages = append(messages, m)
		return nil
	}); err != nil {
		return err
	}
	for _, s := range steps {
		own := 0
		for own < len(messages) && messages[own].Event == s.Event {
			own++
		}
		if c.only == 0 || s.Study == c.only {
			c.incomplete[c.add(s, messages[:own])] = true
		}
		messages = messages[own:]
	}
	c.Read = end
	return c.addVariables(rx)
}

// add adds an event to the course of its study.
func (c *Courses) add(s store.Step, messages []store.MessageClass) *Course {
	course := c.byStudy[s.Study]
	if course == nil {
		if course = c.Of(s.Study); c.before != nil {
			course = course.clone()
		}
		c.byStudy[s.Study] = course
	}
	course.add(s, messages)
	if s.Type == store.VoidEvent && s.Event > c.start {
		c.stale[s.Study] = true
	}
	return course
}

// addVariables reads the design variables of the samples that are new.
func (c *Courses) addVariables(rx store.Reader) error {
	byEvent := map[int64]*Point{}
	var events []int64
	for course := range c.incomplete {
		for _, p := range course.Samples() {
			if p.Variables == nil {
				byEvent[p.Event] = p
				events = append(events, p.Event)
			}
		}
	}
	if len(events) == 0 {
		clear(c.incomplete)
		return nil
	}
	variables, err := rx.DesignVariables(events)
	if err != nil {
		return err
	}
	for at, text := range variables {
		if byEvent[at].Variables, err = event.ParseVariables(text); err != nil {
			return store.Inconsistent("event %d: %v", at, err)
		}
	}
	clear(c.incomplete)
	return nil
}

// Stale returns a study whose course is no longer right, because a trial of it became void
// or counts again; found is false if there is none.
func (c *Courses) Stale() (study int64, found bool) {
	for study := range c.stale {
		return study, true
	}
	return 0, false
}

// Again returns courses that read one study anew. When they are complete, Replace puts its
// course in place of the old one; until then the study remains stale.
func (c *Courses) Again(study int64) *Courses {
	fresh := NewCourses()
	fresh.only = study
	return fresh
}

// Replace takes over the course of a study. Both must have read the same events.
func (c *Courses) Replace(fresh *Courses) {
	c.byStudy[fresh.only] = fresh.Of(fresh.only)
	if !fresh.stale[fresh.only] {
		delete(c.stale, fresh.only)
	}
}
