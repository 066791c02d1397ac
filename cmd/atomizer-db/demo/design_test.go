package demo_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"atomizer-db/cmd/atomizer-db/demo"
	"atomizer-db/feedback/event"
)

func uniform(area float64) (d demo.Design) {
	for bar := range d {
		d[bar] = area
	}
	return d
}

func TestViolationsNameBarAndNode(t *testing.T) {
	a := demo.Analysis{
		Stress:       []float64{25e3, -31_200, 25_000.1, -25_000},
		Displacement: [][2]float64{{-2, 2}, {2.0000001, -2.4099}},
	}
	got := demo.TenBarLimits.Violations([]float64{0.1, 35, 0.09999999, 35.2}, a)
	want := []string{
		"bar 3 area 0.0999 in2 is below 0.1 in2",
		"bar 4 area 35.2000 in2 is above 35 in2",
		"bar 2 stress 31.20 ksi exceeds 25 ksi",
		"bar 3 stress 25.01 ksi exceeds 25 ksi",
		"node 2 deflects 2.001 in in x, limit 2 in",
		"node 2 deflects 2.410 in in y, limit 2 in",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestEvaluateDistinguishesFailures(t *testing.T) {
	if o := demo.Evaluate(uniform(25)); !o.Feasible() {
		t.Errorf("25 in2 everywhere: %v, %v", o.Err, o.Violations)
	}
	if o := demo.Evaluate(uniform(10)); o.Feasible() || o.Err != nil || len(o.Violations) != 2 {
		t.Errorf("10 in2 everywhere: %v, %v", o.Err, o.Violations)
	}
	gone := uniform(25)
	gone[5] = 0
	// The truss stands, but an area of 0 breaks the limit of the least area.
	if o := demo.Evaluate(gone); o.Err != nil || !slices.Equal(o.Violations, []string{"bar 6 area 0.0000 in2 is below 0.1 in2"}) {
		t.Errorf("bar 6 absent: %v, %v", o.Err, o.Violations)
	}
	gone[8] = 0
	if o := demo.Evaluate(gone); o.Err == nil || o.Feasible() {
		t.Error("a mechanism is feasible")
	}
}

func TestDesignVariablesRoundTrip(t *testing.T) {
	want := demo.Design{1.0 / 3, 0.1, 35, 1e-9, 0, 12.345678901234567, 2, 3, 4, 5}
	text := event.EncodeVariables(want.Variables())
	stored, err := event.ParseVariables(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, variables := range []map[string]any{want.Variables(), stored} {
		if got, err := demo.DesignOf(variables); got != want || err != nil {
			t.Errorf("%s came back as %v, %v", text, got, err)
		}
	}
	foreign := want.Variables()
	foreign["A7"] = "thick"
	const problem = "design variable A7 must be an area in in2, but it is thick"
	if _, err := demo.DesignOf(foreign); err == nil || err.Error() != problem {
		t.Errorf("got %v, want %s", err, problem)
	}
}

func TestStateKeepsTheLightestFeasibleDesign(t *testing.T) {
	s := demo.NewState()
	if s.Best != nil || s.Current.Feasible() {
		t.Fatalf("a study begins with %+v", s)
	}
	if use := demo.TenBarLimits.Use(s.Current.Analysis); use < 1.5 {
		t.Errorf("a study begins close to the limits, at %.2f of them", use)
	}
	gone := uniform(1)
	gone[5], gone[8] = 0, 0
	for _, step := range []struct {
		name          string
		design        demo.Design
		best, current float64 // areas; 0 for none
	}{
		{"one that exceeds the limits less than the first", uniform(10), 0, 10},
		{"one that exceeds them more", uniform(9), 0, 10},
		{"a mechanism", gone, 0, 10},
		{"the first feasible design", uniform(30), 30, 30},
		{"a lighter one", uniform(25), 25, 25},
		{"a heavier one", uniform(28), 25, 25},
		{"one that fails", uniform(10), 25, 25},
	} {
		s.Record(demo.Evaluate(step.design))
		best := 0.0
		if s.Best != nil {
			best = s.Best.Design[0]
		}
		if best != step.best || s.Current.Design != uniform(step.current) {
			t.Errorf("%s: best %g, current %v", step.name, best, s.Current.Design)
		}
	}
	if !reflect.DeepEqual(*s.Best, demo.Evaluate(uniform(25))) {
		t.Errorf("the best is %+v", *s.Best)
	}
}
