package feedback_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"atomizer-db/feedback"
	"atomizer-db/feedback/course"
	"atomizer-db/testdata/soak"
)

// sameOverview compares overviews but for their times.
var sameOverview = cmp.Options{
	cmpopts.IgnoreUnexported(course.Course{}, course.Ranking{}), cmpopts.IgnoreFields(feedback.Overview{}, "At", "Learned.At", "Learned.Event"),
	cmpopts.IgnoreFields(course.Course{}, "Gap"), cmpopts.EquateNaNs(), cmpopts.EquateEmpty(),
}

// TestMonitorShowsWhatAFreshReadShows records any events, voids and resets among them, in
// several transactions while a monitor follows.
func TestMonitorShowsWhatAFreshReadShows(t *testing.T) {
	some := rapid.SliceOfN(events(), 0, 20)
	for round := range soak.Rounds(10) {
		loop := open(t, filepath.Join(t.TempDir(), "x.db"))
		if _, err := loop.BeginStudy(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		m, err := loop.Monitor(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for nth := range 3 {
			changed := m.Changed()
			apply(t, loop, some.Example(3*round+nth)...)
			awaitSame(t, m, changed, overview(t, loop))
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
}

// awaitSame waits until a monitor shows an overview.
func awaitSame(t *testing.T, m *feedback.Monitor, changed <-chan struct{}, want feedback.Overview) {
	t.Helper()
	for deadline := time.After(20 * time.Second); ; {
		difference := ""
		if err := m.Overview(t.Context(), want.Study, func(got feedback.Overview) error {
			difference = cmp.Diff(want, got, sameOverview)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if difference == "" {
			return
		}
		select {
		case <-changed:
			changed = m.Changed()
		case <-deadline:
			t.Fatalf("the monitor differs (-fresh +monitor):\n%s", difference)
		}
	}
}
