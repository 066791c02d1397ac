package feedback_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/golden"
)

// TestCountsAreRightWhileTheyWait records random events, those that take
// something back among them, by two programs in turn, and compares after each
// what is told with what the ledger gives, whether or not it is folded in; at the
// end also with what one program tells that folded each in at once.
func TestCountsAreRightWhileTheyWait(t *testing.T) {
	folders := t
	event := rapid.OneOf(events(), events(), events(), rapid.Custom(func(t *rapid.T) event.Event {
		return event.Void{TrialNumber: rapid.Int64Range(-1, 6).Draw(t, "number"), Undo: rapid.Bool().Draw(t, "undo")}
	}))
	rapid.Check(t, func(t *rapid.T) {
		ctx := context.Background()
		still, now := golden.Clock, golden.Clock // so that only the first event is folded in for its age
		open := func(path string, clock func() time.Time) *feedback.Loop {
			loop, err := feedback.Open(ctx, path, feedback.WithClock(clock))
			if err != nil {
				t.Fatal(err)
			}
			return loop
		}
		path := filepath.Join(folders.TempDir(), "shared.db")
		clock := func() time.Time { return still }
		programs := []*feedback.Loop{open(path, clock), open(path, clock)}
		eager := open(filepath.Join(folders.TempDir(), "eager.db"), func() time.Time {
			now = now.Add(time.Second)
			return now
		})
		defer func() {
			for _, loop := range append(programs, eager) {
				_ = loop.Close()
			}
		}()
		for range rapid.IntRange(1, 40).Draw(t, "events") {
			loop := programs[rapid.IntRange(0, 1).Draw(t, "program")]
			e := event.Draw(t, "event")
			_, err := loop.Apply(ctx, e)
			if _, wanted := eager.Apply(ctx, e); (err == nil) != (wanted == nil) {
				t.Fatalf("%v, and %v", err, wanted)
			}
			problems, err := loop.Check(ctx)
			if err != nil || len(problems) > 0 {
				t.Fatalf("after %+v: %v, %v", e, problems, err)
			}
		}
		want, err := eager.Performance(ctx)
		if err != nil {
			t.Fatal(err)
		}
		got, err := programs[0].Performance(ctx)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatalf("the performance (-folded +waiting): %v\n%s", err, diff)
		}
		wanted, err := eager.Statistics(ctx)
		if err != nil {
			t.Fatal(err)
		}
		statistics, err := programs[0].Statistics(ctx)
		if diff := cmp.Diff(wanted, statistics); diff != "" || err != nil {
			t.Fatalf("the statistics (-folded +waiting): %v\n%s", err, diff)
		}
	})
}
