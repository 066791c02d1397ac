package feedback_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"atomizer-db/feedback"
	"atomizer-db/feedback/course"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/report"
	"atomizer-db/testdata/soak"
)

// sameOverview compares overviews but for their times.
var sameOverview = cmp.Options{
	cmpopts.IgnoreUnexported(course.Course{}, course.Ranking{}), cmpopts.IgnoreFields(feedback.Overview{}, "At", "Learned.At"),
	cmpopts.IgnoreFields(course.Course{}, "Gap"), cmpopts.EquateNaNs(), cmpopts.EquateEmpty(),
}

// TestMonitorShowsWhatAFreshReadShows records any events, voids and resets among them, in
// several transactions while a monitor follows.
func TestMonitorShowsWhatAFreshReadShows(t *testing.T) {
	some := rapid.SliceOfN(events(), 0, 20)
	onEachEngine(t, func(t *testing.T, on backend) {
		t.Helper()
		for round := range soak.Rounds(10) {
			loop := on.new(t)
			if _, err := loop.BeginStudy(t.Context(), ""); err != nil {
				t.Fatal(err)
			}
			m := monitor(t, loop)
			for nth := range 3 {
				changed := m.Changed()
				apply(t, loop, some.Example(3*round+nth)...)
				awaitSame(t, m, changed, overview(t, loop))
			}
		}
	})
}

// monitor returns a monitor that is closed before its loop.
func monitor(t *testing.T, loop *feedback.Loop) *feedback.Monitor {
	t.Helper()
	m, err := loop.Monitor(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
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

// TestMonitorLearnsAgainAfterAFailure takes a table away that only learning reads, and puts it
// back. Nothing is recorded in between.
func TestMonitorLearnsAgainAfterAFailure(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	loop := open(t, path)
	apply(t, loop, event.Trial{Number: 1, Success: true})
	name := loop.StudyName()
	database, err := sql.Open("sqlite", path+"?_pragma=legacy_alter_table(1)")
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	rename := func(from, to string) {
		t.Helper()
		if _, err := database.ExecContext(t.Context(), `alter table `+from+` rename to `+to); err != nil {
			t.Fatal(err)
		}
	}
	rename("retirements", "gone")
	m, err := loop.Monitor(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	await := func(what string, reached func(report.Learned) bool) {
		t.Helper()
		for deadline := time.After(20 * time.Second); ; {
			changed := m.Changed()
			learned, err := m.Learned(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			if reached(learned) {
				return
			}
			select {
			case <-changed:
			case <-deadline:
				t.Fatalf("%s: never", what)
			}
		}
	}
	await("it fails", func(report.Learned) bool { return m.Failed() != nil })
	rename("gone", "retirements")
	await("it learns", func(l report.Learned) bool { return !l.At.IsZero() && m.Failed() == nil })
	if err := m.Close(); err != nil {
		t.Error(err)
	}
}
