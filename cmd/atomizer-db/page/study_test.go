package page_test

import (
	"bytes"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"atomizer-db/cmd/atomizer-db/page"
	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

func open(t *testing.T, study string) *feedback.Loop {
	t.Helper()
	loop, err := feedback.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"), feedback.InStudy(study))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := loop.Close(); err != nil {
			t.Error(err)
		}
	})
	return loop
}

func apply(t *testing.T, loop *feedback.Loop, events ...event.Event) {
	t.Helper()
	if _, err := loop.Apply(t.Context(), events...); err != nil {
		t.Fatal(err)
	}
}

func written(t *testing.T, loop *feedback.Loop) string {
	t.Helper()
	o, err := loop.Overview(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := page.Report(&b, o, "/studies/x.db"); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// nothing returns a study without events.
func nothing(t *testing.T) *feedback.Loop {
	t.Helper()
	return open(t, "")
}

// bracket returns an ordinary study of n trials.
func bracket(n int) func(*testing.T) *feedback.Loop {
	return func(t *testing.T) *feedback.Loop {
		t.Helper()
		loop := open(t, "bracket")
		var ids []string
		for _, content := range []string{"Thicken the web", "Refine the mesh", "Leave the rib out", "Start from steel"} {
			item, _, err := loop.AddItem(t.Context(), "str", content)
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, item.ID)
		}
		events := make([]event.Event, 0, n+1)
		for i := range n {
			objective := 1000 + 4000/float64(i+1) + 200*math.Sin(float64(i))
			trial := event.Trial{Number: int64(i + 1), Success: i%7 != 3, Objective: &objective, ContextItems: []string{ids[i%3], ids[i%2]}}
			trial.DesignVariables = map[string]any{"web": float64(i % 17), "rib": float64(-i), "steel": []string{"S235", "S355"}[i%2]}
			if !trial.Success {
				trial.ContextItems = append(trial.ContextItems, ids[3])
				trial.Errors = []string{"mesh failed: element inverted"}
			}
			events = append(events, trial)
		}
		apply(t, loop, append(events, event.Summary{Name: "bracket", Method: "TPE", TotalTrials: int64(n), BestValue: 1000})...)
		return loop
	}
}

// hard returns a study with texts and numbers that could break a page.
func hard(t *testing.T) *feedback.Loop {
	t.Helper()
	text := `</title></svg></script><script>console.error("run")</script><img src=x onerror=console.error(1)>"'&#0;{{.}}` + "\x01\u202e\u2028 العربية 日本語 👩‍🔬 é "
	long := strings.Repeat("without_a_space", 4000)
	loop := open(t, text+long)
	for _, content := range []string{text, long, "Thicken the web"} {
		if _, _, err := loop.AddItem(t.Context(), "mis", content); err != nil {
			t.Fatal(err)
		}
	}
	var events []event.Event
	for i, objective := range []float64{math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, 0, 1, -1e-300, 1e15, 1e15 + 1} {
		events = append(events, event.Trial{Number: math.MaxInt64 - int64(i), Success: true, Objective: &objective, ContextItems: []string{"mis-00001", text, long}})
	}
	apply(t, loop, append(
		events,
		event.Trial{Number: math.MinInt64, Errors: []string{text, long}},
		event.ErrorReport{TrialNumber: 1, ErrorType: text, Message: long, ContextItems: []string{"mis-00002"}},
		event.ErrorReport{TrialNumber: 1, ErrorType: long, Message: text},
		event.Summary{Name: text, Method: long, BestValue: math.MaxFloat64, TotalTrials: math.MaxInt64},
	)...)
	return loop
}

func TestReportOfLongStudyIsSmall(t *testing.T) {
	loop := bracket(100_000)(t)
	if size := len(written(t, loop)); size > 500_000 {
		t.Errorf("%d bytes", size)
	}
	if size := len(written(t, hard(t))); size > 900_000 {
		t.Errorf("of huge texts: %d bytes", size)
	}
}

func TestReportShowsTheStudy(t *testing.T) {
	text := written(t, bracket(70)(t))
	for _, want := range []string{
		"<dt>trials</dt><dd>70</dd>", "<dt>success rate</dt><dd>85.7%</dd>", "<dt>best, to minimize</dt><dd>", "Thicken the web", "Mesh failure",
		`data-of="convergence"`, `<tr data-key="1"><td>1 to 5</td><td class="n">4 of 5</td>`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the report", want)
		}
	}
}

// TestVariablesThatAreLeftOutAreCounted has more design variables than the table has columns.
func TestVariablesThatAreLeftOutAreCounted(t *testing.T) {
	loop := open(t, "wide")
	objective := 1.0
	trial := event.Trial{Number: 1, Success: true, Objective: &objective, DesignVariables: map[string]any{}}
	for i := range 42 {
		trial.DesignVariables[fmt.Sprint("x", i)] = 1.0
	}
	apply(t, loop, trial)
	if text := written(t, loop); !strings.Contains(text, "12 variables more") {
		t.Error("the report does not say that 12 variables are left out")
	}
	_, text, _ := strings.Cut(written(t, loop), `<div class="scatters">`)
	first, more, _ := strings.Cut(text, "<details><summary>30 more variables</summary>")
	if at, after := strings.Count(first, `class="scatter"`), strings.Count(more, `class="scatter"`); at != 12 || after != 30 {
		t.Errorf("%d scatter plots at once, and %d more", at, after)
	}
}

// TestObjectiveChartOfExtremeValues draws objectives that are hard to scale.
func TestObjectiveChartOfExtremeValues(t *testing.T) {
	for name, objectives := range map[string][]float64{
		"one":          {5},
		"zeros":        {0, 0},
		"equal":        {1e300, 1e300},
		"decades":      {1e-9, 1, 1e12},
		"all decades":  {math.SmallestNonzeroFloat64, math.MaxFloat64},
		"both ends":    {-math.MaxFloat64, math.MaxFloat64},
		"neighbours":   {1, math.Nextafter(1, 2)},
		"almost zero":  {math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64},
		"large, close": {1e15, 1e15 + 1},
	} {
		loop := open(t, name)
		for i, objective := range objectives {
			apply(t, loop, event.Trial{Number: int64(i), Success: true, Objective: &objective})
		}
		text := written(t, loop)
		if !strings.Contains(text, "The objective over the trials of "+name) {
			t.Errorf("%s: no chart", name)
		}
		for _, wrong := range []string{"NaN", "Inf", "ZgotmplZ"} {
			if strings.Contains(text, wrong) {
				t.Errorf("%s: %s in the page", name, wrong)
			}
		}
	}
}

// TestReportHasOnlyWhatThereIs checks what a study without finalizations and with an unused item
// has no place for.
func TestReportHasOnlyWhatThereIs(t *testing.T) {
	loop := open(t, "short")
	for _, content := range []string{"Thicken the web", "Leave the rib out"} {
		if _, _, err := loop.AddItem(t.Context(), "str", content); err != nil {
			t.Fatal(err)
		}
	}
	apply(t, loop, event.Trial{Number: 1, Success: true, ContextItems: []string{"str-00001"}})
	before := written(t, loop)
	if strings.Contains(before, "Vertical lines") {
		t.Error("the charts explain marks that they do not have")
	}
	listed, folded, _ := strings.Cut(before, "<summary>1 item without trials</summary>")
	if !strings.Contains(listed, "Thicken the web") || strings.Contains(listed, "Leave the rib out") || !strings.Contains(folded, "Leave the rib out") {
		t.Error("the item without trials is not folded")
	}
	apply(t, loop, event.Summary{Name: "short", Method: "TPE", TotalTrials: 1, BestValue: 1})
	if !strings.Contains(written(t, loop), "Vertical lines: finalizations.") {
		t.Error("the finalization is not explained")
	}
}
