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

// TestCountsAreExact records random events, including voids, through two open loops in
// turn, in batches of one or more. After each call the counts in their tables must agree
// with the ledger. At the end, they must also agree with those of a loop that recorded
// each event in a call of its own.
func TestCountsAreExact(t *testing.T) {
	folders := t
	one := rapid.OneOf(events(), events(), events(), rapid.Custom(func(t *rapid.T) event.Event {
		return event.Void{TrialNumber: rapid.Int64Range(-1, 6).Draw(t, "number"), Undo: rapid.Bool().Draw(t, "undo")}
	}))
	rapid.Check(t, func(t *rapid.T) {
		ctx := context.Background()
		open := func(path string) *feedback.Loop {
			loop, err := feedback.Open(ctx, path, feedback.WithClock(func() time.Time { return golden.Clock }))
			if err != nil {
				t.Fatal(err)
			}
			return loop
		}
		path := filepath.Join(folders.TempDir(), "shared.db")
		programs := []*feedback.Loop{open(path), open(path)}
		alone := open(filepath.Join(folders.TempDir(), "alone.db"))
		defer func() {
			for _, loop := range append(programs, alone) {
				_ = loop.Close()
			}
		}()
		for range rapid.IntRange(1, 20).Draw(t, "calls") {
			loop := programs[rapid.IntRange(0, 1).Draw(t, "program")]
			batch := rapid.SliceOfN(one, 1, 5).Draw(t, "events")
			answers, err := loop.Apply(ctx, batch...)
			for i, e := range batch {
				_, wanted := alone.Apply(ctx, e)
				if (i < len(answers)) != (wanted == nil) {
					t.Fatalf("event %d of %d: %v, and %v", i, len(batch), err, wanted)
				}
				if wanted != nil {
					break // Apply ignores the events after it
				}
			}
			problems, err := loop.Check(ctx)
			if err != nil || len(problems) > 0 {
				t.Fatalf("after %+v: %v, %v", batch, problems, err)
			}
		}
		same := func(what string, ask func(*feedback.Loop) (any, error)) {
			want, err := ask(alone)
			if err != nil {
				t.Fatal(err)
			}
			got, err := ask(programs[0])
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Fatalf("%s (-alone +batches): %v\n%s", what, err, diff)
			}
		}
		for _, of := range []func(*feedback.Loop) *feedback.Loop{func(l *feedback.Loop) *feedback.Loop { return l }, (*feedback.Loop).AllStudies} {
			same("performance", func(l *feedback.Loop) (any, error) { return of(l).Performance(ctx) })
			same("statistics", func(l *feedback.Loop) (any, error) { return of(l).Statistics(ctx) })
		}
	})
}
