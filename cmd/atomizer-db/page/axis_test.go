package page

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestMarkLabelsMatchTheirValues checks that a label is the value of its mark, within a
// hundredth of the distance between two marks.
func TestMarkLabelsMatchTheirValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Custom(func(t *rapid.T) float64 {
			power := rapid.IntRange(-320, 308).Draw(t, "power")
			if rapid.Bool().Draw(t, "ordinary") {
				power = rapid.IntRange(-6, 9).Draw(t, "power")
			}
			return rapid.Float64Range(-10, 10).Draw(t, "digits") * math.Pow(10, float64(power))
		})
		low, high := number.Draw(t, "low"), number.Draw(t, "high")
		a := axis{scale: rapid.SampledFrom([]scale{numbers, integers}).Draw(t, "scale")}
		a.low, a.high = limits(min(low, high), max(low, high))
		marks := a.marks()
		if a.low >= a.high || len(marks) > 8 || (len(marks) < 2 && a.scale == numbers) {
			t.Fatalf("%g to %g: %+v", a.low, a.high, marks)
		}
		for i, m := range marks {
			told, err := strconv.ParseFloat(strings.NewReplacer("%", "", ",", "", "−", "-").Replace(m.label), 64)
			if err != nil || math.Abs(told-m.value) > (a.high-a.low)/500 {
				t.Errorf("%g to %g: %s stands at %g", a.low, a.high, m.label, m.value)
			}
			if i > 0 && m.label == marks[i-1].label {
				t.Errorf("%g to %g: %s occurs twice", a.low, a.high, m.label)
			}
		}
	})
}

func TestAxisLabels(t *testing.T) {
	for name, c := range map[string]struct {
		axis   axis
		labels string
	}{
		"millions": {axis{low: 0, high: 2.5e7}, "0 5e+06 1e+07 1.5e+07 2e+07 2.5e+07"},
		"small":    {axis{low: 0, high: 2.5e-5}, "0 5e-06 1e-05 1.5e-05 2e-05 2.5e-05"},
		"trials":   {axis{low: 0, high: 3e6, scale: integers}, "0 500,000 1,000,000 1,500,000 2,000,000 2,500,000 3,000,000"},
		"shares":   {axis{low: 0, high: 1, scale: shares}, "0% 20% 40% 60% 80% 100%"},
		"decades":  {axis{low: 0.5, high: 2e6, scale: decades}, "1 100 10000 1e+06"},
	} {
		var labels []string
		for _, m := range c.axis.marks() {
			labels = append(labels, m.label)
		}
		if got := strings.Join(labels, " "); got != c.labels {
			t.Errorf("%s: %s, not %s", name, got, c.labels)
		}
	}
}
