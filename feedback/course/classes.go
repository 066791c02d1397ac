package course

import (
	"cmp"
	"slices"

	"atomizer-db/store"
)

// Class is a class of error messages.
type Class struct {
	Kind     store.ErrorKind // "" for failures without a message, and for Others
	Name     string
	Events   int64 // trials and error reports that had it
	Messages int64
	First    Sighting // the first event that had it
	Last     Sighting
}

// Sighting is an event that had messages of a class.
type Sighting struct {
	Event  int64
	TimeUS int64
	Number int64 // of its trial
}

// ClassCount is a number of events of a class: of Course.Classes, by its index.
type ClassCount struct {
	Class int
	Count int64
}

// Names of classes without a kind.
const (
	NoMessage = "no message"
	Others    = "other classes"
)

// mostClasses is the number of classes that are told apart. A driver that names each of its
// errors differently must not make an update slow.
const mostClasses = 200

type classKey struct {
	Kind  store.ErrorKind
	Class string
}

// class returns the index of a class.
func (c *Course) class(key classKey) int {
	if at, known := c.index[key]; known {
		return at
	}
	if len(c.Classes) >= mostClasses {
		key = classKey{Class: Others}
		if at, known := c.index[key]; known {
			return at
		}
	}
	c.index[key] = len(c.Classes)
	c.Classes = append(c.Classes, &Class{Kind: key.Kind, Name: key.Class})
	return len(c.Classes) - 1
}

// count counts the messages of an event.
func (c *Course) count(s *Stretch, step store.Step, messages []store.MessageClass) {
	var counted []int // a trial has few classes
	for _, m := range messages {
		at := c.class(classKey{m.Kind, m.Class})
		class := c.Classes[at]
		class.Messages++
		if !slices.Contains(counted, at) {
			counted = append(counted, at)
			class.Events++
			class.Last = Sighting{step.Event, step.TimeUS, *step.TrialNumber}
			if class.First.Event == 0 {
				class.First = class.Last
			}
			s.Events = countClass(s.Events, at, 1)
		}
	}
}

func countClass(counts []ClassCount, class int, n int64) []ClassCount {
	for i := range counts {
		if counts[i].Class == class {
			counts[i].Count += n
			return counts
		}
	}
	return append(counts, ClassCount{class, n})
}

// ByEvents returns the indexes of the classes that messages have, the most frequent first.
func (c *Course) ByEvents() (order []int) {
	for i, class := range c.Classes {
		if class.Events > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(c.Classes[b].Events, c.Classes[a].Events) })
	return order
}
