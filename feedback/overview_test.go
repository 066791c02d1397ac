package feedback_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"atomizer-db/feedback"
	"atomizer-db/feedback/course"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/report"
)

func overview(t *testing.T, loop *feedback.Loop) feedback.Overview {
	t.Helper()
	o, err := loop.Overview(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func trial(number int64, objective float64, items ...string) event.Trial {
	return event.Trial{Number: number, Success: true, Objective: &objective, ContextItems: items}
}

func failed(number int64, message string, items ...string) event.Trial {
	return event.Trial{Number: number, Errors: []string{message}, ContextItems: items}
}

// spot is a point of a course, by its position and objective.
type spot struct{ X, Y float64 }

func spots(points []*course.Point) []spot {
	list := []spot{}
	for _, p := range points {
		list = append(list, spot{float64(p.Position), p.Objective})
	}
	return list
}

func TestOverview(t *testing.T) { onEachEngine(t, overviewOfAStudy) }

func overviewOfAStudy(t *testing.T, on backend) {
	t.Helper()
	loop := on.new(t)
	at := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	apply(t, loop, trial(1, 1), event.Reset{}) // a reset hides it
	good, _, err := loop.AddItem(t.Context(), "str", "Thicken the web")
	if err != nil {
		t.Fatal(err)
	}
	bad, _, err := loop.AddItem(t.Context(), "dom", "Leave bars out")
	if err != nil {
		t.Fatal(err)
	}
	late := failed(3, "diverged", good.ID, bad.ID)
	late.Time = at
	apply(
		t, loop,
		trial(1, 5, good.ID), trial(2, 7, good.ID), late, trial(8, 4, good.ID), trial(9, 0.5, bad.ID),
		event.Void{TrialNumber: 9},
		trial(6, 4.5), event.ErrorReport{TrialNumber: 7, ErrorType: "license", Message: "none", ContextItems: []string{bad.ID}},
		event.Trial{Number: 10, ConstraintViolations: []string{"stress 300 exceeds 250"}},
		event.RetireItem{Item: bad.ID, Reason: "it was wrong"},
	)

	o := overview(t, loop)
	if o.Study != "default" || o.Direction != event.Minimize || o.Statistics.TotalTrialsProcessed != 6 || !o.Read.Complete() {
		t.Fatalf("%+v", o)
	}
	// The void trial keeps its position.
	if diff := cmp.Diff([]spot{{1, 5}, {2, 7}, {4, 4}, {6, 4.5}}, spots(o.Course.Points())); diff != "" {
		t.Error("objectives", diff)
	}
	if diff := cmp.Diff([]spot{{1, 5}, {4, 4}}, spots(o.Course.BestSoFar(o.Direction))); diff != "" {
		t.Error("best so far", diff)
	}
	var best []int64
	for _, b := range o.Best {
		best = append(best, b.Number)
	}
	if diff := cmp.Diff([]int64{8, 6, 1, 2}, best); diff != "" {
		t.Error("best trials", diff)
	}
	// Computed separately with the formula of Wilson's interval.
	windows := []report.Window{
		{First: 1, Last: 5, Trials: 4, Successes: 3, Rate: 0.75, Interval: report.Interval{Low: 0.30064, High: 0.95441}},
		{First: 6, Last: 7, Trials: 2, Successes: 1, Rate: 0.5, Interval: report.Interval{Low: 0.09453, High: 0.90547}},
	}
	if diff := cmp.Diff(windows, o.Windows, cmpopts.EquateApprox(0, 1e-5)); diff != "" {
		t.Error("windows", diff)
	}
	var classes []string
	for _, e := range o.Errors {
		classes = append(classes, fmt.Sprintf("%s %s %d %d %s", e.Kind, e.Name, e.Events, e.First.Number, e.LastMessage))
	}
	if diff := cmp.Diff([]string{
		"solver Convergence failure 1 3 diverged", "reported license 1 7 none", "constraint Constraint violated 1 10 stress 300 exceeds 250",
	}, classes); diff != "" {
		t.Error("classes", diff)
	}
	l := o.Learned
	if len(l.Items) != 1 || l.Items[0].ID != good.ID || l.Items[0].NetScore != 2 || l.Items[0].Content != "Thicken the web" {
		t.Errorf("items: %+v", l.Items)
	}
	// 2 harmful counts, and 0 helpful ones: 2 - (1 - 4/6) * 2.
	if len(l.Gone) != 1 || l.Gone[0].ID != bad.ID || l.Gone[0].Harmful != 2 || *l.Gone[0].Why != "it was wrong" || !near(l.Gone[0].Cost, 2-2.0/3) {
		t.Errorf("gone: %+v", l.Gone)
	}
	if o.Pending.All != 3 || len(o.Pending.Insights) != 3 {
		t.Errorf("pending: %+v", o.Pending)
	}
	apply(t, loop, event.Summary{Name: "bracket", Method: "TPE", TotalTrials: 6, BestValue: 4})
	if f := overview(t, loop).Finalizations; len(f) != 1 || f[0].Name != "bracket" || f[0].BestValue != 4 || f[0].Trials != 6 {
		t.Errorf("finalizations: %+v", f)
	}
}

func near(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 }

func TestBestSoFarDependsOnTheDirection(t *testing.T) {
	onEachEngine(t, bestSoFarDependsOnTheDirection)
}

func bestSoFarDependsOnTheDirection(t *testing.T, on backend) {
	t.Helper()
	loop := on.new(t)
	apply(t, loop, trial(1, 5), trial(2, 3), trial(3, 8))
	if err := loop.SetDirection(t.Context(), event.Maximize); err != nil {
		t.Fatal(err)
	}
	o := overview(t, loop)
	if diff := cmp.Diff([]spot{{1, 5}, {3, 8}}, spots(o.Course.BestSoFar(o.Direction))); diff != "" || o.Best[0].Number != 3 {
		t.Error(diff, o.Best)
	}
}

func TestOverviewOfAllStudies(t *testing.T) { onEachEngine(t, overviewOfAllStudies) }

func overviewOfAllStudies(t *testing.T, on backend) {
	t.Helper()
	loop := on.new(t)
	for i := range 14 {
		one := loop.Study(fmt.Sprint("study ", i))
		apply(t, one, event.Reset{})
		for n := range i { // the first has none
			apply(t, one, trial(int64(n), 1))
		}
	}
	all, err := loop.AllOverviews(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(all.Studies) != 14 || len(all.Courses) != 12 || all.More != 2 || all.Studies[0].Study != "study 13" || all.Courses[0].Course.Trials != 13 {
		t.Errorf("%+v", all)
	}
}

func TestOverviewWithoutTrials(t *testing.T) {
	loop := open(t, filepath.Join(t.TempDir(), "x.db"))
	apply(t, loop, event.Reset{})
	o := overview(t, loop)
	if o.Course.Trials != 0 || len(o.Windows)+len(o.Best)+len(o.Effects)+len(o.Errors)+len(o.Finalizations)+len(o.Learned.Items) != 0 {
		t.Errorf("%+v", o)
	}
}
