package demo_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"atomizer-db/cmd/atomizer-db/demo"
)

func TestMechanismNamesNode(t *testing.T) {
	for _, test := range []struct {
		name   string
		absent []int
		want   string
	}{
		{"node 2 on one level bar", []int{6, 9}, "singular stiffness matrix: zero pivot at node 2, y"},
		{"node 2 on one upright bar", []int{4, 9}, "singular stiffness matrix: zero pivot at node 2, x"},
		{"node 1 on one level bar", []int{6, 10}, "singular stiffness matrix: zero pivot at node 1, y"},
		{"node 1 loose", []int{2, 6, 10}, "singular stiffness matrix: zero pivot at node 1, x"},
		{"all loose", []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, "singular stiffness matrix: zero pivot at node 1, x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := published
			for _, bar := range test.absent {
				d[bar-1] = 0
			}
			if _, err := demo.TenBar.Solve(d[:]); err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// TestSupportAtSingularErrorRemovesMechanism checks that the named node really moves:
// each support at a named node removes one mechanism, and few supports are needed.
func TestSupportAtSingularErrorRemovesMechanism(t *testing.T) {
	singular := 0
	for gone := range 1<<10 - 1 { // one bar at least is left
		truss := demo.TenBar
		truss.Held = slices.Clone(truss.Held)
		d, bars := published, 10
		for bar := range d {
			if gone>>bar&1 == 1 {
				d[bar] = 0
				bars--
			}
		}
		held := 0
		for {
			_, err := truss.Solve(d[:])
			if err == nil {
				break
			}
			failed, ok := errors.AsType[*demo.SingularError](err)
			if !ok || held == 8 {
				t.Fatalf("bars %010b absent, %d supports added: %v", gone, held, err)
			}
			axis := map[string]int{"x": 0, "y": 1}[failed.Direction]
			if truss.Held[failed.Node-1][axis] {
				t.Fatalf("bars %010b absent: %v, where a support holds it", gone, err)
			}
			truss.Held[failed.Node-1][axis] = true
			held++
		}
		if held < 8-bars {
			t.Errorf("bars %010b absent: %d supports cannot hold 8 motions with %d bars", gone, held, bars)
		}
		if held > 0 {
			singular++
		}
	}
	if singular < 100 {
		t.Errorf("only %d of 1023 sets of bars are mechanisms", singular)
	}
}

func TestThinBarsAreAbsentOnlyBelowTheThreshold(t *testing.T) {
	thin := func(area float64) error {
		d := published
		d[5], d[8] = area, area
		return demo.Evaluate(d).Err
	}
	if err := thin(1e-7); err == nil {
		t.Error("bars of 1e-7 in2 hold node 2")
	}
	if err := thin(1e-5); err != nil {
		t.Errorf("bars of 1e-5 in2 do not hold node 2: %v", err)
	}
}

func TestInvalidAreasAreRefused(t *testing.T) {
	for area, want := range map[float64]string{
		-1:           "bar 3 cannot have an area of -1 in2",
		math.Inf(1):  "bar 3 cannot have an area of +Inf in2",
		math.NaN():   "bar 3 cannot have an area of NaN in2",
		math.MaxInt8: "",
	} {
		d := published
		d[2] = area
		_, err := demo.TenBar.Solve(d[:])
		if (err == nil) != (want == "") || err != nil && err.Error() != want {
			t.Errorf("area %g: got %v, want %q", area, err, want)
		}
	}
	if _, err := demo.TenBar.Solve(published[:9]); err == nil || err.Error() != "9 areas for a truss of 10 bars" {
		t.Errorf("nine areas: %v", err)
	}
}
