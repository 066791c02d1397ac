package feedback

import (
	"context"
	"errors"

	"atomizer-db/feedback/course"
	"atomizer-db/feedback/report"
	"atomizer-db/store"
)

// Overview is what a page shows about a study.
type Overview struct {
	report.Overview
	Pending Pending
}

// Pending are the insights that wait to be committed.
type Pending struct {
	Insights []PendingInsight // as [Loop.Insights] lists them, of those that were read
	Read     int64            // the oldest ones; at most 1,000
	All      int64
}

const mostPending = 1000

// learned is what is slow to compute.
type learned struct {
	report.Learned
	pending Pending
}

func learn(rx store.Reader, study int64, name string) (l learned, err error) {
	if l.Learned, err = report.NewLearned(rx, &study); err != nil {
		return l, err
	}
	l.pending, err = pendingOf(rx, study, name)
	return l, err
}

func pendingOf(rx store.Reader, study int64, name string) (p Pending, err error) {
	insights, err := rx.PendingInsights(study, 0, mostPending)
	if err != nil {
		return p, err
	}
	statistics, err := rx.StudyStatistics(study)
	return Pending{Insights: joined(name, insights), Read: int64(len(insights)), All: statistics.Pending}, err
}

func newOverview(rx store.Reader, study int64, name string, c *course.Courses, l learned) (o Overview, err error) {
	o.Overview, err = report.NewOverview(rx, study, name, c.Of(study), l.Learned)
	o.Read = report.Progress{Read: c.Read, Last: c.Last}
	o.Pending = l.pending
	return o, err
}

// Overview returns what a page shows about the loop's study. It reads all of its trials.
func (l *Loop) Overview(ctx context.Context) (Overview, error) {
	return ask(ctx, l, func(rx store.Reader, study *int64) (o Overview, err error) {
		if study == nil {
			return o, errors.New("an overview is of one study: name it")
		}
		courses, err := course.ReadAll(rx)
		if err != nil {
			return o, err
		}
		learned, err := learn(rx, *study, l.StudyName())
		if err != nil {
			return o, err
		}
		return newOverview(rx, *study, l.StudyName(), courses, learned)
	})
}

// AllOverviews is what a report of all studies shows.
type AllOverviews struct {
	report.StudyList
	Courses []Overview // of the studies with the latest events, without what was learned
	More    int        // studies that have no course here
	Learned report.Learned
}

const mostCourses = 12

// AllOverviews returns what a report of all studies shows. It reads all trials.
func (l *Loop) AllOverviews(ctx context.Context) (AllOverviews, error) {
	return ask(ctx, l, func(rx store.Reader, _ *int64) (all AllOverviews, err error) {
		courses, err := course.ReadAll(rx)
		if err != nil {
			return all, err
		}
		if all.StudyList, err = report.NewStudyList(rx, courses); err != nil {
			return all, err
		}
		for i, line := range all.Studies {
			if i == mostCourses {
				all.More = len(all.Studies) - mostCourses
				break
			}
			study, _, err := rx.Study(line.Study)
			if err != nil {
				return all, err
			}
			o, err := newOverview(rx, study, line.Study, courses, learned{})
			if err != nil {
				return all, err
			}
			all.Courses = append(all.Courses, o)
		}
		all.Learned, err = report.NewLearned(rx, nil)
		return all, err
	})
}

// TrialPage returns a page of the trials of the loop's study since its last reset.
func (l *Loop) TrialPage(ctx context.Context, filter store.TrialPage) (report.TrialPage, error) {
	return ask(ctx, l, func(rx store.Reader, study *int64) (report.TrialPage, error) {
		if study == nil {
			return report.TrialPage{}, errors.New("a page of trials is of one study: name it")
		}
		return report.NewTrialPage(rx, *study, filter)
	})
}
