package report

import (
	"cmp"
	"slices"
	"time"

	"atomizer-db/feedback/course"
	"atomizer-db/store"
)

// StudyList lists the studies of a database.
type StudyList struct {
	At      time.Time // UTC
	Read    Progress
	Studies []StudyLine // that with the latest event first
	Items   int64       // in the playbook
	Version int64       // of the playbook
}

// StudyLine is a study in a list.
type StudyLine struct {
	Study     string
	Direction string
	Trials    int64
	Successes int64
	Pending   int64
	Best      *course.Point // nil: no successful trial has an objective
	Course    *course.Course
}

// NewStudyList lists the studies by their courses.
func NewStudyList(rx store.Reader, courses *course.Courses) (list StudyList, err error) {
	list.At, list.Read = rx.Now(), Progress{courses.Read, courses.Last}
	rows, err := rx.Studies()
	if err != nil {
		return list, err
	}
	for _, row := range rows {
		line := StudyLine{
			Study: row.Name, Direction: row.Direction, Trials: row.Trials, Successes: row.Successes, Pending: row.Pending, Course: courses.Of(row.ID),
		}
		if best := line.Course.Best.Of(row.Direction); len(best) > 0 {
			line.Best = best[0]
		}
		list.Studies = append(list.Studies, line)
	}
	slices.SortStableFunc(list.Studies, func(a, b StudyLine) int { return cmp.Compare(b.Course.Last.Event, a.Course.Last.Event) })
	if list.Items, err = rx.CountItems(); err != nil {
		return list, err
	}
	book, err := rx.Playbook()
	list.Version = book.Version
	return list, err
}
