package feedback_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

// TestCheckAcceptsEventsWithKeys records random events with keys, in all forms in
// which they can be sent: their digests are those of what the ledger holds.
func TestCheckAcceptsEventsWithKeys(t *testing.T) {
	folders := t
	ids := rapid.SliceOfN(rapid.SampledFrom([]string{"str-00003", "str-00001", "", "x", "str-00002"}), 0, 5)
	float := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, 1e15, 1 << 53, 1e300, 5e-324}))
	text := rapid.StringOf(rapid.RuneFrom([]rune("aé\n\"\\\u2028 1")))
	header := rapid.Custom(func(t *rapid.T) (h event.Header) {
		if rapid.Bool().Draw(t, "timed") {
			h.Time = time.Unix(rapid.Int64Range(-1e10, 1e11).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds"))
		}
		return h
	})
	random := rapid.OneOf(
		rapid.Custom(func(t *rapid.T) event.Event {
			trial := event.Trial{
				Header: header.Draw(t, "header"), Number: rapid.Int64Range(0, 3).Draw(t, "number"), Success: rapid.Bool().Draw(t, "success"),
				Objective: rapid.Ptr(float, true).Draw(t, "objective"), ContextItems: ids.Draw(t, "used"), ShownItems: ids.Draw(t, "shown"),
				DesignVariables: rapid.MapOfN(text, rapid.OneOf(rapid.Just[any](nil), text.AsAny(), float.AsAny(), rapid.Int64().AsAny()), 0, 3).Draw(t, "variables"),
				Errors:          rapid.SliceOfN(text, 0, 3).Draw(t, "errors"), ConstraintViolations: rapid.SliceOfN(text, 0, 3).Draw(t, "violations"),
				Extractor: text.Draw(t, "extractor"), DurationSeconds: float.Draw(t, "duration"), NoLearn: rapid.Bool().Draw(t, "only stored"),
			}
			trial.Holdout = len(trial.ContextItems)+len(trial.ShownItems) == 0 && rapid.Bool().Draw(t, "holdout")
			if rapid.Bool().Draw(t, "details") {
				trial.Details = []byte(`{"b": [1.50, -0.0, 1e2], "a": {"x": null}}`)
			}
			return trial
		}),
		rapid.Custom(func(t *rapid.T) event.Event {
			return event.ErrorReport{
				Header: header.Draw(t, "header"), TrialNumber: rapid.Int64().Draw(t, "number"), ErrorType: text.Draw(t, "type"),
				Message: text.Draw(t, "message"), ContextItems: ids.Draw(t, "used"),
			}
		}),
		rapid.Custom(func(t *rapid.T) event.Event {
			summary := event.Summary{
				Header: header.Draw(t, "header"), Name: text.Draw(t, "name"), TotalTrials: rapid.Int64().Draw(t, "total"),
				BestValue: float.Draw(t, "best"), ConvergenceRate: float.Draw(t, "rate"), Method: text.Draw(t, "method"), NoSave: rapid.Bool().Draw(t, "no save"),
			}
			summary.PruneBy = rapid.SampledFrom([]string{"", event.PruneByNetScore, event.PruneByAttribution, event.PruneNothing}).Draw(t, "rule")
			switch summary.PruneRule() {
			case event.PruneByNetScore:
				summary.PruneBelow = rapid.Ptr(rapid.Int64Range(-4, 1), true).Draw(t, "threshold")
			case event.PruneByAttribution:
				if rapid.Bool().Draw(t, "decided") {
					summary.PrunedItems = rapid.SliceOfN(rapid.SampledFrom([]string{"str-00001", "", "x"}), 0, 3).Draw(t, "pruned")
				}
			}
			return summary
		}),
		rapid.Custom(func(t *rapid.T) event.Event { return event.Reset{Header: header.Draw(t, "header")} }),
		rapid.Custom(func(t *rapid.T) event.Event {
			return event.Void{
				Header: header.Draw(t, "header"), TrialNumber: rapid.Int64Range(0, 3).Draw(t, "number"),
				Attempt: rapid.Int64Range(0, 2).Draw(t, "attempt"), Undo: rapid.Bool().Draw(t, "undo"),
			}
		}),
	)
	rapid.Check(t, func(t *rapid.T) {
		ctx := context.Background()
		loop, err := feedback.Open(ctx, filepath.Join(folders.TempDir(), "x.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = loop.Close() }()
		for i, e := range rapid.SliceOfN(rapid.OneOf(random, changes()), 1, 30).Draw(t, "events") {
			_, err := loop.Apply(ctx, keyed(e, fmt.Sprint(i)))
			if err != nil && !errors.Is(err, feedback.ErrConflict) && !errors.Is(err, feedback.ErrNotFound) {
				t.Fatal(err)
			}
		}
		if problems, err := loop.Check(ctx); err != nil || len(problems) > 0 {
			t.Fatalf("%+v, %v", problems, err)
		}
	})
}

func keyed(e event.Event, key string) event.Event {
	return event.With(e, func(h *event.Header) { h.Key = key })
}

// TestCheckFindsChangedEvents changes what events with a key said.
func TestCheckFindsChangedEvents(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	loop := open(t, path)
	at := event.Header{Time: time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)}
	for i, e := range []event.Event{
		event.Trial{Number: 1, Success: true, Objective: new(1.5), ContextItems: []string{"c", "a", "b"}},
		event.Trial{Header: at, Number: 2, Errors: []string{"mesh"}},
		event.ErrorReport{TrialNumber: 2, ErrorType: "license", Message: "gone"},
		event.Summary{Header: at, NoSave: true, TotalTrials: 3},
		event.Trial{Number: 3, Success: true, NoLearn: true, ContextItems: []string{"a"}}, // only stored: it cannot be judged
		event.Trial{Number: 4, Success: true, ContextItems: []string{"e", "d", "a", "c", "b", "e"}, ShownItems: []string{"z", "y", "z"}},
	} {
		apply(t, loop, keyed(e, fmt.Sprint(i+1)))
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, change := range [][2]string{
		{`update ledger set objective_value = 1.25 where event_id = 1`, `update ledger set objective_value = 1.5 where event_id = 1`},
		{`update ledger set time_us = time_us + 1 where event_id = 2`, `update ledger set time_us = time_us - 1 where event_id = 2`},
		{`update errors set message = 'lost' where event_id = 3`, `update errors set message = 'gone' where event_id = 3`},
		{`update finalizations set total_trials = 4 where event_id = 4`, `update finalizations set total_trials = 3 where event_id = 4`},
		{`update ledger set objective_value = 1 where event_id = 6`, `update ledger set objective_value = null where event_id = 6`},
		{
			`delete from shown where event_id = 6 and item_no = (select item_no from item_ids where id = 'z')`,
			`insert into shown select 6, item_no from item_ids where id = 'z'`,
		},
		{`update ledger set digest = x'00' where event_id = 1`, ``},
	} {
		if _, err := db.ExecContext(t.Context(), change[0]); err != nil {
			t.Fatal(err)
		}
		problems, err := loop.Check(t.Context())
		if err != nil || len(problems) != 1 || problems[0].Repairable || !strings.Contains(problems[0].What, "another digest") {
			t.Errorf("%s: %+v, %v", change[0], problems, err)
		}
		if _, err := db.ExecContext(t.Context(), change[1]); err != nil {
			t.Fatal(err)
		}
	}
}
