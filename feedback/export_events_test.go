package feedback_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/golden"
	"atomizer-db/feedback/history"
)

// eventsOf returns all events of a database as lines.
func eventsOf(t *rapid.T, loop *feedback.Loop) (lines []string) {
	if err := loop.AllStudies().Events(context.Background(), func(e event.Event) error {
		lines = append(lines, string(event.Encode(e)))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return lines
}

// TestExportedEventsReproduceTheDatabase records random events, including voids and trials
// that are only stored. It records the exported events in a second database, whose
// answers must be the same.
func TestExportedEventsReproduceTheDatabase(t *testing.T) {
	folders := t
	past := rapid.SliceOfN(rapid.OneOf(
		events(), events(), events(), changes(), changes(),
		rapid.Custom(func(t *rapid.T) event.Event {
			return event.Void{TrialNumber: rapid.Int64Range(-1, 6).Draw(t, "number"), Undo: rapid.Bool().Draw(t, "undo")}
		}),
		rapid.Custom(func(t *rapid.T) event.Event {
			return event.With(events().Draw(t, "event"), func(h *event.Header) {
				h.Direction = rapid.SampledFrom([]string{event.Minimize, event.Maximize}).Draw(t, "direction")
			})
		}),
		rapid.Custom(func(t *rapid.T) event.Event {
			return event.Trial{
				Number: 1, Success: rapid.Bool().Draw(t, "success"), NoLearn: true, Extractor: "x", ContextItems: []string{"mis-00001"},
				DesignVariables: map[string]any{"web": 1.5, "steel": nil}, Details: []byte(`{"a":[1.50]}`),
			}
		}),
	), 1, 40)
	rapid.Check(t, func(t *rapid.T) {
		ctx := context.Background()
		begin := func() *feedback.Loop {
			loop, err := feedback.Open(ctx, filepath.Join(folders.TempDir(), "playbook.db"),
				feedback.WithClock(func() time.Time { return golden.Clock }))
			if err != nil {
				t.Fatal(err)
			}
			return loop
		}
		first, second := begin(), begin()
		defer func() { _ = errors.Join(first.Close(), second.Close()) }()
		for i, event := range past.Draw(t, "history") {
			study := first
			if i%3 == 2 {
				study = first.Study("other")
			}
			_, err := study.Apply(ctx, event)
			if err != nil && !errors.Is(err, feedback.ErrConflict) && !errors.Is(err, feedback.ErrNotFound) {
				t.Fatal(err)
			}
		}
		lines := eventsOf(t, first)
		for _, line := range lines {
			event, err := event.Decode([]byte(line))
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			if _, err := second.Apply(ctx, event); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
		}
		same := func(what string, ask func(*feedback.Loop) (any, error)) {
			a, err := ask(first)
			if err != nil {
				t.Fatal(err)
			}
			b, err := ask(second)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(a, b); diff != "" {
				t.Fatalf("%s (-first +second):\n%s", what, diff)
			}
		}
		if diff := cmp.Diff(lines, eventsOf(t, second)); diff != "" {
			t.Fatalf("events (-first +second):\n%s", diff)
		}
		same("items", func(l *feedback.Loop) (any, error) { return l.Items(ctx, true) })
		for _, name := range []string{feedback.DefaultStudy, "other"} {
			same("performance", func(l *feedback.Loop) (any, error) { return l.Study(name).Performance(ctx) })
			same("statistics", func(l *feedback.Loop) (any, error) { return l.Study(name).Statistics(ctx) })
			same("attribution", func(l *feedback.Loop) (any, error) { return l.Study(name).Attribution(ctx) })
			same("trials", func(l *feedback.Loop) (any, error) { return l.Study(name).Trials(ctx) })
		}
		same("pending", func(l *feedback.Loop) (any, error) { return l.AllStudies().Insights(ctx) })
		same("playbook", func(l *feedback.Loop) (any, error) { return l.PlaybookAs(ctx, history.PlaybookJSON) })
		same("problems", func(l *feedback.Loop) (any, error) { return l.Check(ctx) })
	})
}
