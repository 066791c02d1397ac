package power_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"atomizer-db/testdata/soak"
)

// images is the number of power cuts in each scenario.
func images() int { return soak.Rounds(5) }

func TestAcknowledgedEventsSurviveAPowerCut(t *testing.T) {
	if why := whyNoTrace(t.Context(), filepath.Join(t.TempDir(), "trace")); why != "" {
		t.Skip(why)
	}
	all, lies, runs := scenarios(), controls(), atomic.Int64{}
	t.Run("cuts", func(t *testing.T) {
		for _, s := range all {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				r := s.run(t)
				r.cut(t)
				for _, l := range lies {
					l.look(t, r)
				}
				runs.Add(1)
			})
		}
	})
	for _, l := range lies {
		if !l.found.Load() && int(runs.Load()) == len(all) {
			t.Errorf("the control found nothing: a disk that does not sync %s passes", l.name)
		}
	}
}

// cut cuts the power of a run at many points.
func (r *run) cut(t *testing.T) {
	t.Helper()
	t.Logf("%d calls, %d events", len(r.calls), len(r.final.keys))
	folder := t.TempDir()
	for n := range images() {
		c := choose(rand.New(rand.NewPCG(*seed, uint64(n))), r.calls, r.decisive)
		i := c.image(r.disk)
		place := filepath.Join(folder, fmt.Sprintf("image %d", n))
		i.write(t, place)
		if err := r.examine(t.Context(), c, i, place); err != nil {
			t.Errorf("image %d of -seed %d, %v: %v", n, *seed, c, err)
			r.keep(t, n, i)
		}
		if err := os.RemoveAll(place); err != nil {
			t.Fatal(err)
		}
	}
}

// keep keeps what a failure needs to be looked at, under -artifacts.
func (r *run) keep(t *testing.T, n int, i image) {
	t.Helper()
	folder := t.ArtifactDir()
	trace, err := os.ReadFile(r.trace)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "trace"), string(trace))
	before, after := filepath.Join(folder, "before"), filepath.Join(folder, fmt.Sprintf("image %d", n))
	if err := errors.Join(os.RemoveAll(before), os.CopyFS(before, os.DirFS(r.before))); err != nil {
		t.Fatal(err)
	}
	i.write(t, after)
}
