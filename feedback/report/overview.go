package report

import (
	"cmp"
	"slices"

	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// Overview shows a study, or all studies, to a person: the course of the trials, their
// errors, and the performance of the playbook's items. Its size does not grow with the
// study.
type Overview struct {
	GeneratedAt   string
	Study         string // "" if AllStudies
	AllStudies    bool
	Statistics    Statistics
	PlaybookStats PlaybookStats
	Courses       []Course // at most 12 studies, those with the most trials first
	MoreCourses   int      // number of further studies with trials
	Top           []Standing
	Worst         []Standing // worst first, without items in Top
	LastEvent     int64      // of all studies
	Scores        []ScoreHistory
	ErrorClasses  []ErrorClass // at most 15, the most frequent first
	MoreClasses   int          // number of further classes
	Finalizations []RecordedFinalization
}

// The limits of an overview.
const (
	mostCourses       = 12
	mostStandings     = 10
	mostScores        = 4 // of the top items, and of the worst
	mostSteps         = 400
	mostPoints        = 1600 // of all courses together
	mostClasses       = 15
	mostFinalizations = 20
)

// Standing is the performance of an item and the results of the trials that used it.
type Standing struct {
	Performance
	Trials    int64 // all attempts that count
	Successes int64
	Rate      float64
	Interval  Interval // of the rate, 95%
}

// ScoreHistory is an item's net score over the events of all studies.
type ScoreHistory struct {
	ID     string
	Worst  bool    // it is one of the worst items, not of the top ones
	Points []Point // X: an event, Y: the net score after it
}

// ErrorClass sums up the errors of one class and kind.
type ErrorClass struct {
	Class    string `json:"class"`
	Kind     string `json:"kind"` // solver, constraint or reported
	Messages int64  `json:"messages"`
	Events   int64  `json:"events"` // trials and error reports that had them
	First    string `json:"first"`  // time
	Last     string `json:"last"`
}

// RecordedFinalization is a finalize: its parameters, its answer and its time.
type RecordedFinalization struct {
	store.RecordedFinalization
	Time string
}

// NewOverview returns the overview of a study and its name, or of all studies if study
// is nil.
func NewOverview(rx *store.Rx, study *int64, name string) (o Overview, err error) {
	o = Overview{GeneratedAt: playbook.FormatTime(rx.Now()), AllStudies: study == nil, Study: name}
	if o.Statistics, err = NewStatistics(rx, study); err != nil {
		return o, err
	}
	if o.PlaybookStats, err = NewPlaybookStats(rx); err != nil {
		return o, err
	}
	for _, add := range []func(*store.Rx, *int64) error{o.addCourses, o.addStandings, o.addScores, o.addErrors, o.addFinalizations} {
		if err := add(rx, study); err != nil {
			return o, err
		}
	}
	return o, nil
}

func (o *Overview) addCourses(rx *store.Rx, study *int64) error {
	studies, err := rx.Studies()
	if err != nil {
		return err
	}
	results, err := rx.TrialResults(study)
	if err != nil {
		return err
	}
	byStudy := map[int64][]store.TrialResult{}
	for _, result := range results {
		byStudy[result.Study] = append(byStudy[result.Study], result)
	}
	studies = slices.DeleteFunc(studies, func(s store.Study) bool { return len(byStudy[s.ID]) == 0 })
	slices.SortStableFunc(studies, func(a, b store.Study) int { return cmp.Compare(len(byStudy[b.ID]), len(byStudy[a.ID])) })
	o.MoreCourses = max(0, len(studies)-mostCourses)
	studies = studies[:len(studies)-o.MoreCourses]
	for _, s := range studies {
		o.Courses = append(o.Courses, newCourse(s, byStudy[s.ID], mostPoints/len(studies)))
	}
	return nil
}

// addStandings adds the best and the worst items, each item only once. If there are few
// items, it divides them into the better and the worse half.
func (o *Overview) addStandings(rx *store.Rx, study *int64) error {
	half := (int(o.PlaybookStats.TotalItems) + 1) / 2
	best, err := Best(rx, study, min(mostStandings, half))
	if err != nil {
		return err
	}
	worst, err := Worst(rx, study, 2*mostStandings)
	if err != nil {
		return err
	}
	worst = slices.DeleteFunc(worst, func(p Performance) bool { return slices.Contains(best, p) }) // with equal scores, the same item can be first in both
	worst = worst[:min(mostStandings, len(worst))]
	var ids []string
	for _, p := range append(slices.Clone(best), worst...) {
		ids = append(ids, p.ID)
	}
	counts, err := rx.ItemTrials(study, ids)
	if err != nil {
		return err
	}
	byID := map[string]store.ItemTrials{}
	for _, c := range counts {
		byID[c.ID] = c
	}
	standings := func(items []Performance) (list []Standing) {
		for _, p := range items {
			c := byID[p.ID]
			list = append(list, Standing{p, c.Trials, c.Successes, Rate(c.Successes, c.Trials), wilson(c.Successes, c.Trials)})
		}
		return list
	}
	o.Top, o.Worst = standings(best), standings(worst)
	return nil
}

func (o *Overview) addScores(rx *store.Rx, _ *int64) (err error) {
	if o.LastEvent, err = rx.LastEvent(); err != nil {
		return err
	}
	for i, list := range [][]Standing{o.Top, o.Worst} {
		for _, s := range list[:min(mostScores, len(list))] {
			o.Scores = append(o.Scores, ScoreHistory{ID: s.ID, Worst: i == 1})
		}
	}
	var ids []string
	byID := map[string]*ScoreHistory{}
	for i, s := range o.Scores {
		ids = append(ids, s.ID)
		byID[s.ID] = &o.Scores[i]
	}
	steps, err := rx.ScoreSteps(ids, mostSteps)
	for _, step := range steps {
		history := byID[step.ID]
		if history == nil {
			return store.Inconsistent("the score of item %q changed, and the item is missing", step.ID)
		}
		net := float64(step.Net)
		if n := len(history.Points); n > 0 {
			net += history.Points[n-1].Y
		}
		history.Points = append(history.Points, Point{float64(step.Event), net})
	}
	return err
}

func (o *Overview) addErrors(rx *store.Rx, study *int64) error {
	classes, err := ErrorClasses(rx, study)
	o.MoreClasses = max(0, len(classes)-mostClasses)
	o.ErrorClasses = classes[:len(classes)-o.MoreClasses]
	return err
}

// ErrorClasses sums up the errors of a study, or of all studies if it is nil, since the
// last reset, the most frequent first. Its time grows with the number of errors.
func ErrorClasses(rx *store.Rx, study *int64) ([]ErrorClass, error) {
	rows, err := rx.ErrorClasses(study)
	classes := make([]ErrorClass, 0, len(rows))
	for _, c := range rows {
		classes = append(classes, ErrorClass{
			Class: c.Class, Kind: string(c.Kind), Messages: c.Messages, Events: c.Events,
			First: playbook.FormatMicros(c.FirstUS), Last: playbook.FormatMicros(c.LastUS),
		})
	}
	return classes, err
}

func (o *Overview) addFinalizations(rx *store.Rx, study *int64) error {
	finalizations, err := rx.Finalizations(study, mostFinalizations)
	for _, f := range finalizations {
		o.Finalizations = append(o.Finalizations, RecordedFinalization{f, playbook.FormatMicros(f.TimeUS)})
	}
	return err
}
