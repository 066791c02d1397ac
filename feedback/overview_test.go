package feedback_test

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/report"
)

func overview(t *testing.T, loop *feedback.Loop) report.Overview {
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

func TestOverview(t *testing.T) {
	loop := open(t, filepath.Join(t.TempDir(), "x.db"))
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
		event.Summary{Name: "bracket", Method: "TPE", TotalTrials: 6, BestValue: 4},
	)

	o := overview(t, loop)
	if o.Study != "default" || o.AllStudies || o.Statistics.TotalTrialsProcessed != 5 || len(o.Courses) != 1 {
		t.Fatalf("%+v", o)
	}
	want := report.Course{
		Study: "default", Direction: event.Minimize, Trials: 5, Successes: 4,
		Best:       &report.Point{X: 4, Y: 4},
		BestTrial:  8,
		Objectives: []report.Point{{X: 1, Y: 5}, {X: 2, Y: 7}, {X: 4, Y: 4}, {X: 5, Y: 4.5}},
		BestSoFar:  []report.Point{{X: 1, Y: 5}, {X: 4, Y: 4}},
		Failures:   []report.Point{{X: 3}},
		// Computed separately with the formula of Wilson's interval.
		Windows: []report.Window{{First: 1, Last: 5, Successes: 4, Rate: 0.8, Interval: report.Interval{Low: 0.37553, High: 0.96378}}},
	}
	about := cmpopts.EquateApprox(0, 1e-5)
	if diff := cmp.Diff(want, o.Courses[0], about); diff != "" {
		t.Error(diff)
	}
	if len(o.Top) < 2 || o.Top[0].ID != good.ID || o.Top[0].Trials != 4 || o.Top[0].Successes != 3 {
		t.Errorf("top: %+v", o.Top)
	}
	if len(o.Worst) < 1 || o.Worst[0].ID != bad.ID || o.Worst[0].Trials != 1 || o.Worst[0].Successes != 0 {
		t.Errorf("worst: %+v", o.Worst)
	}
	wantClasses := []report.ErrorClass{
		{Class: "Convergence failure", Kind: "solver", Messages: 1, Events: 1, First: "2026-01-31T12:00:00.000000+00:00", Last: "2026-01-31T12:00:00.000000+00:00"},
		{Class: "license", Kind: "reported", Messages: 1, Events: 1, First: o.ErrorClasses[1].First, Last: o.ErrorClasses[1].Last},
	}
	if diff := cmp.Diff(wantClasses, o.ErrorClasses); diff != "" {
		t.Error(diff)
	}
	if f := o.Finalizations; len(f) != 1 || f[0].Name != "bracket" || f[0].BestValue != 4 || f[0].Trials != 5 || f[0].Study != "default" {
		t.Errorf("finalizations: %+v", f)
	}
	wantScore := []report.Point{{X: 3, Y: 1}, {X: 4, Y: 2}, {X: 5, Y: 1}, {X: 6, Y: 2}}
	if diff := cmp.Diff(wantScore, o.Scores[0].Points); diff != "" || o.Scores[0].ID != good.ID {
		t.Error(o.Scores[0].ID, diff)
	}
}

func TestBestSoFarDependsOnTheDirection(t *testing.T) {
	loop := open(t, filepath.Join(t.TempDir(), "x.db"))
	apply(t, loop, trial(1, 5), trial(2, 3), trial(3, 8))
	if err := loop.SetDirection(t.Context(), event.Maximize); err != nil {
		t.Fatal(err)
	}
	want := []report.Point{{X: 1, Y: 5}, {X: 3, Y: 8}}
	if diff := cmp.Diff(want, overview(t, loop).Courses[0].BestSoFar); diff != "" {
		t.Error(diff)
	}
}

func TestOverviewOfAllStudies(t *testing.T) {
	loop := open(t, filepath.Join(t.TempDir(), "x.db"))
	for i := range 14 {
		one := loop.Study(fmt.Sprint("study ", i))
		for n := range i { // the first has none
			apply(t, one, trial(int64(n), 1))
		}
	}
	o := overview(t, loop.AllStudies())
	if !o.AllStudies || len(o.Courses) != 12 || o.MoreCourses != 1 || o.Courses[0].Study != "study 13" || o.Courses[0].Trials != 13 {
		t.Errorf("%+v", o)
	}
}

func TestOverviewWithoutTrials(t *testing.T) {
	loop := open(t, filepath.Join(t.TempDir(), "x.db"))
	apply(t, loop, event.Reset{})
	o := overview(t, loop)
	if len(o.Courses)+len(o.Top)+len(o.Worst)+len(o.Scores)+len(o.ErrorClasses)+len(o.Finalizations) != 0 {
		t.Errorf("%+v", o)
	}
}

// TestOverviewThinsOutALongStudy checks that the remaining points include the best.
func TestOverviewThinsOutALongStudy(t *testing.T) {
	loop := open(t, filepath.Join(t.TempDir(), "x.db"))
	item, _, err := loop.AddItem(t.Context(), "str", "Thicken the web")
	if err != nil {
		t.Fatal(err)
	}
	var events []event.Event
	for n := range int64(20_000) {
		objective := 100 + math.Sin(float64(n))
		if n == 7_777 {
			objective = 1
		}
		if n%10 == 3 {
			events = append(events, failed(n, "diverged", item.ID))
		} else {
			events = append(events, trial(n, objective, item.ID))
		}
	}
	apply(t, loop, events...)
	o := overview(t, loop)
	c := o.Courses[0]
	for what, points := range map[string][]report.Point{"objectives": c.Objectives, "best": c.BestSoFar, "score": o.Scores[0].Points} {
		if len(points) > 1600 {
			t.Errorf("%s: %d points", what, len(points))
		}
	}
	if len(c.Windows) > 40 || len(c.Objectives) < 800 {
		t.Errorf("%d windows, %d objectives", len(c.Windows), len(c.Objectives))
	}
	if c.Failures != nil {
		t.Errorf("%d failures", len(c.Failures))
	}
	lowest := c.Objectives[0]
	for _, p := range c.Objectives {
		if p.Y < lowest.Y {
			lowest = p
		}
	}
	if want := (report.Point{X: 7_778, Y: 1}); *c.Best != want || lowest != want || c.BestSoFar[len(c.BestSoFar)-1] != want {
		t.Errorf("best %v, lowest %v, best so far %v", c.Best, lowest, c.BestSoFar)
	}
	if got := o.Scores[0].Points[len(o.Scores[0].Points)-1].Y; got != 16_000 {
		t.Errorf("the score ends at %v", got)
	}
}

// TestScoreHistoryEndsAtTheScore also checks that no item is both among the best and
// among the worst.
func TestScoreHistoryEndsAtTheScore(t *testing.T) {
	folders := t
	rapid.Check(t, func(t *rapid.T) {
		loop, err := feedback.Open(context.Background(), filepath.Join(folders.TempDir(), "x.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = loop.Close() }()
		if _, err := loop.Apply(context.Background(), rapid.SliceOfN(events(), 0, 40).Draw(t, "events")...); err != nil {
			t.Fatal(err)
		}
		o, err := loop.Overview(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		nets := map[string]int64{}
		for _, s := range append(o.Top, o.Worst...) {
			if _, twice := nets[s.ID]; twice {
				t.Errorf("%q is among the best and the worst", s.ID)
			}
			nets[s.ID] = s.NetScore
		}
		for _, history := range o.Scores {
			end := 0.0
			if n := len(history.Points); n > 0 {
				end = history.Points[n-1].Y
			}
			if int64(end) != nets[history.ID] {
				t.Errorf("the score of %q ends at %v, not %d", history.ID, end, nets[history.ID])
			}
		}
	})
}
