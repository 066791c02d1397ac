package feedback_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/golden"
)

// TestLoopAnswersLikeTheReference replays the event files in testdata through the loop.
// Every answer and the final state must be the same as the reference's.
func TestLoopAnswersLikeTheReference(t *testing.T) {
	onEachEngine(t, func(t *testing.T, b backend) {
		t.Helper()
		golden.Each(t, "../testdata/replay", func(t *testing.T, want golden.Case) {
			t.Helper()
			replay(t, b, want)
		})
	})
}

// TestLoopAnswersLikeTheReferenceWhenUpdatesRunTwice is the same on a database that refuses each
// transaction once.
func TestLoopAnswersLikeTheReferenceWhenUpdatesRunTwice(t *testing.T) {
	golden.Each(t, "../testdata/replay", func(t *testing.T, want golden.Case) {
		t.Helper()
		replay(t, onSQLite, want, feedback.Twice())
	})
}

func replay(t *testing.T, b backend, want golden.Case, options ...feedback.Option) {
	t.Helper()
	p := b.place(t)
	want.Begin(t, p.playbook)
	loop := p.open(t, append(options, feedback.WithClock(func() time.Time { return golden.Clock }))...)

	for first := 0; first < len(want.Events); first += b.batch {
		lines := want.Events[first:min(first+b.batch, len(want.Events))]
		var events []event.Event
		for i, line := range lines {
			event, err := event.Decode(line)
			if err != nil {
				t.Fatalf("event %d: %v", first+i+1, err)
			}
			events = append(events, event)
		}
		got, err := loop.Apply(t.Context(), events...)
		if err != nil {
			t.Fatalf("after event %d: %v", first+len(got), err)
		}
		for i, line := range lines {
			if diff := cmp.Diff(want.Answers[first+i], golden.Legacy(golden.Reencode(t, legacy(got[i])))); diff != "" {
				t.Fatalf("the answer to event %d, %s, differs (-reference +loop):\n%s", first+i+1, line, diff)
			}
		}
	}

	compareFinal(t, loop, want)
	book, err := loop.Playbook(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	saved, err := book.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.Saved, string(saved)); diff != "" {
		t.Errorf("playbook.json differs (-reference +loop):\n%s", diff)
	}
}

func compareFinal(t *testing.T, loop *feedback.Loop, want golden.Case) {
	t.Helper()
	ctx := t.Context()
	same := func(name string, got any, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want.Final[name], golden.Reencode(t, got)); diff != "" {
			t.Errorf("%s differs (-reference +loop):\n%s", name, diff)
		}
	}
	performance, err := loop.Performance(ctx)
	same("performance", performance, err)
	ids := []string{}
	for _, p := range performance {
		ids = append(ids, p.ID)
	}
	if diff := cmp.Diff(want.Arrived(), ids); diff != "" {
		t.Errorf("the order of arrival differs (-reference +loop):\n%s", diff)
	}
	for name, n := range map[string]int{"top": 10, "top_3": 3} {
		top, err := loop.Top(ctx, n)
		same(name, top, err)
	}
	for name, n := range map[string]int{"worst": 10, "worst_3": 3} {
		worst, err := loop.Worst(ctx, n)
		same(name, worst, err)
	}
	statistics, err := loop.Statistics(ctx)
	same("statistics", statistics, err)
	stats, err := loop.PlaybookStats(ctx)
	same("playbook_stats", stats, err)
	path := filepath.Join(t.TempDir(), "reports", "report.json")
	if err := loop.ExportReport(ctx, path); err != nil {
		t.Fatal(err)
	}
	same("report", golden.Parse(t, golden.Read(t, path)), nil)
}
