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
	golden.Each(t, "../testdata/replay", replay)
}

func replay(t *testing.T, want golden.Case) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "playbook.db")
	want.Begin(t, feedback.JSONPath(path))
	loop, err := feedback.Open(t.Context(), path, feedback.WithClock(func() time.Time { return golden.Clock }))
	if err != nil {
		t.Fatal(err)
	}
	defer loop.Close()

	for i, line := range want.Events {
		event, err := event.Decode(line)
		if err != nil {
			t.Fatalf("event %d: %v", i+1, err)
		}
		got, err := loop.Apply(t.Context(), event)
		if err != nil {
			t.Fatalf("event %d: %v", i+1, err)
		}
		if diff := cmp.Diff(want.Answers[i], golden.Legacy(golden.Reencode(t, legacy(got[0])))); diff != "" {
			t.Fatalf("the answer to event %d, %s, differs (-reference +loop):\n%s", i+1, line, diff)
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
