package feedback

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// The examples of Newcombe, Two-sided confidence intervals for the single
// proportion (1998), table I, method 3.
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		part, whole int64
		want        Interval
	}{
		{81, 263, Interval{0.2553, 0.3662}},
		{15, 148, Interval{0.0624, 0.1605}},
		{0, 20, Interval{0, 0.1611}},
		{1, 29, Interval{0.0061, 0.1718}},
		{20, 20, Interval{0.8389, 1}},
		{0, 0, Interval{0, 1}},
	} {
		if diff := cmp.Diff(c.want, wilson(c.part, c.whole), cmpopts.EquateApprox(0, 0.00005)); diff != "" {
			t.Errorf("%d of %d: %s", c.part, c.whole, diff)
		}
	}
}
