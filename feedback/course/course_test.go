package course

import (
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"atomizer-db/feedback/event"
	"atomizer-db/store"
	"atomizer-db/testdata/soak"
)

func TestMain(m *testing.M) {
	soak.Checks(100)
	os.Exit(m.Run())
}

// step is one event of a study of many trials.
func step(nth int64, objective *float64, void bool) store.Step {
	return store.Step{Event: nth, Study: 1, Type: store.TrialEvent, TrialNumber: &nth, TimeUS: nth * 1e6, Success: objective != nil, Objective: objective, Void: void}
}

// TestThinningKeepsExtremes compares courses of any length with what they were made from.
func TestThinningKeepsExtremes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5000).Draw(t, "trials")
		seed := rapid.Float64Range(1, 100).Draw(t, "seed")
		c := New()
		var counting []Point
		trials, successes, outside := int64(0), int64(0), int64(0)
		failures := map[string]int64{}
		for nth := int64(1); nth <= int64(n); nth++ {
			value := 100*math.Sin(seed*float64(nth)) + 0.01*float64(nth)
			if nth%97 == 5 {
				value *= 1e6 // an outlier
			}
			switch {
			case nth%7 == 3:
				class := []string{"mesh", "license"}[nth%2]
				c.add(step(nth, nil, false), []store.MessageClass{{Event: nth, Kind: store.SolverError, Class: class}})
				failures[class]++
				trials++
			case nth%11 == 4:
				c.add(step(nth, &value, true), nil)
			default:
				c.add(step(nth, &value, false), nil)
				counting = append(counting, Point{Position: nth, Objective: value})
				trials++
				successes++
			}
		}
		if len(c.Stretches) > MostStretches || c.Trials != int64(n) {
			t.Fatalf("%d stretches of %d trials", len(c.Stretches), c.Trials)
		}
		gotTrials, gotSuccesses, gotFailures := int64(0), int64(0), map[string]int64{}
		for i, s := range c.Stretches {
			gotTrials += s.Trials
			gotSuccesses += s.Successes
			for _, f := range s.Failures {
				gotFailures[c.Classes[f.Class].Name] += f.Count
			}
			if want := int64(i)*c.Width + 1; s.First != want {
				t.Fatalf("stretch %d begins at %d, not %d", i, s.First, want)
			}
			within := slices.DeleteFunc(slices.Clone(counting), func(p Point) bool { return p.Position < s.First || p.Position >= s.First+c.Width })
			if len(within) == 0 {
				continue
			}
			low := slices.MinFunc(within, func(a, b Point) int { return compare(a.Objective, b.Objective) })
			high := slices.MaxFunc(within, func(a, b Point) int { return compare(a.Objective, b.Objective) })
			if s.Low.Objective != low.Objective || s.High.Objective != high.Objective || s.Sample.Position != within[0].Position {
				t.Fatalf("stretch %d has %v, %v and %v, not %v, %v and %v", i, *s.Sample, *s.Low, *s.High, within[0], low, high)
			}
		}
		if gotTrials != trials || gotSuccesses != successes {
			t.Fatalf("%d of %d successes, not %d of %d", gotSuccesses, gotTrials, successes, trials)
		}
		for class, want := range failures {
			if gotFailures[class] != want {
				t.Fatalf("%d failures of %s, not %d", gotFailures[class], class, want)
			}
		}
		for _, direction := range []string{event.Minimize, event.Maximize} {
			ranked := slices.Clone(counting)
			slices.SortStableFunc(ranked, func(a, b Point) int {
				if direction == event.Maximize {
					a, b = b, a
				}
				return compare(a.Objective, b.Objective)
			})
			for i, p := range c.Best.Of(direction) {
				if p.Objective != ranked[i].Objective {
					t.Fatalf("to %s, the best but %d is %v, not %v", direction, i, p.Objective, ranked[i].Objective)
				}
			}
			if best := c.BestSoFar(direction); len(ranked) > 0 && best[len(best)-1].Objective != ranked[0].Objective {
				t.Fatalf("to %s, the best so far ends at %v, not %v", direction, best[len(best)-1].Objective, ranked[0].Objective)
			}
		}
		f := c.Spread.Fences()
		for _, p := range counting {
			if f.Outside(p.Objective) {
				outside++
			}
		}
		if f.Below+f.Above != outside {
			t.Fatalf("%d outliers are counted, and %d are outside", f.Below+f.Above, outside)
		}
	})
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// TestFewOutliersDoNotFlattenTheRest has the study of 2,000 trials of which five are outliers.
func TestFewOutliersDoNotFlattenTheRest(t *testing.T) {
	c := New()
	for nth := int64(1); nth <= 2000; nth++ {
		value := 5000 + 100*math.Sin(float64(nth))
		if nth%400 == 7 {
			value = 1e9
		}
		c.add(step(nth, &value, false), nil)
	}
	f := c.Spread.Fences()
	if f.Above != 5 || f.Below != 0 || f.High > 6000 || f.Low < 4000 || f.High < 5100 {
		t.Errorf("%+v", f)
	}
}

// TestExtremeValuesHaveFences checks that fences of any values are numbers with all values or
// some between them.
func TestExtremeValuesHaveFences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Distribution{}
		values := rapid.SliceOfN(rapid.Float64Range(-math.MaxFloat64, math.MaxFloat64), 1, 20).Draw(t, "values")
		for _, v := range values {
			d.add(v)
		}
		f := d.Fences()
		if math.IsNaN(f.Low) || math.IsNaN(f.High) || f.Low > f.High || f.Below+f.Above > int64(len(values)) {
			t.Fatalf("%+v", f)
		}
	})
}

func formatted(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

func TestEffectsAreOrderedByRankCorrelation(t *testing.T) {
	c := New()
	for nth := int64(1); nth <= 100; nth++ {
		x := float64(nth)
		value := math.Exp(x / 10)
		c.add(step(nth, &value, false), nil)
		c.Stretches[nth-1].Sample.Variables = map[string]any{
			"grows":   event.Number(formatted(x)),
			"falls":   event.Number(formatted(-x * x)),
			"nothing": event.Number(formatted(math.Sin(x * x))),
			"steel":   []string{"S235", "S355"}[nth/51],
			"unique":  formatted(x),
			"always":  event.Number("3"),
		}
	}
	effects := c.Effects(event.Minimize, nil)
	// Halves of 50 trials whose ranks do not overlap: the variance within is 50*51/12 = 208, and
	// that of the whole 100*101/12 = 842, so that they explain the root of 1 - 208*100/98/842*99/100.
	want := map[string]float64{"grows": 1, "falls": 1, "steel": 0.8643, "nothing": 0, "unique": 0, "always": 0}
	for i, e := range effects {
		if i > 0 && e.Explained > effects[i-1].Explained {
			t.Errorf("%s comes after %s", e.Variable, effects[i-1].Variable)
		}
		if tolerance := map[bool]float64{true: 0.3, false: 0.005}[e.Variable == "nothing"]; math.Abs(e.Explained-want[e.Variable]) > tolerance {
			t.Errorf("%s explains %v, not %v", e.Variable, e.Explained, want[e.Variable])
		}
	}
	if e := effects[0]; e.Variable != "falls" || e.Correlation > -0.999 {
		t.Errorf("the first is %s with %v", e.Variable, e.Correlation)
	}
	best := 0
	for _, v := range effects[0].Points {
		if v.Best {
			best++
		}
	}
	if best != 10 {
		t.Errorf("%d of 100 are the best tenth", best)
	}
}

// TestBestTrialsAreShownBesideTheSample has best trials that are not in the sample: they do not
// change what the sample says.
func TestBestTrialsAreShownBesideTheSample(t *testing.T) {
	c := New()
	for nth := int64(1); nth <= 20; nth++ {
		value := float64(nth)
		c.add(step(nth, &value, false), nil)
		c.Stretches[nth-1].Sample.Variables = map[string]any{"web": event.Number(formatted(value)), "steel": []string{"S235", "S355"}[nth/11]}
	}
	alone := c.Effects(event.Minimize, nil)
	best := []*Point{
		{Objective: -5, Variables: map[string]any{"web": event.Number("100"), "steel": "S460"}},
		{Objective: -4, Variables: map[string]any{"web": "broad", "rib": event.Number("1")}},
	}
	want := map[string][]Value{"web": {{X: 100, Objective: -5, Best: true}}, "steel": {{X: 2, Objective: -5, Best: true}}}
	for i, e := range c.Effects(event.Minimize, best) {
		if !slices.Equal(e.Top, want[e.Variable]) || e.Explained != alone[i].Explained || !slices.Equal(e.Points, alone[i].Points) {
			t.Errorf("%s: %+v explains %v, alone %v", e.Variable, e.Top, e.Explained, alone[i].Explained)
		}
	}
}

// TestStudyIsStaleUntilItWasReplaced has a read that does not end, so that another must follow.
func TestStudyIsStaleUntilItWasReplaced(t *testing.T) {
	c := NewCourses()
	c.start = 1
	c.add(store.Step{Event: 2, Study: 7, Type: store.VoidEvent}, nil)
	c.Again(7)
	if study, stale := c.Stale(); !stale || study != 7 {
		t.Error("the study is not stale while it is read anew")
	}
	c.Replace(c.Again(7))
	if _, stale := c.Stale(); stale {
		t.Error("the study is stale after it was replaced")
	}
}
