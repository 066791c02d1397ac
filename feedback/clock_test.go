package feedback_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/report"
)

func TestAClockThatJumpsBackChangesNoAnswer(t *testing.T) {
	start := time.Date(2026, 3, 29, 3, 0, 0, 0, time.UTC)
	steady := recordBy(t, func(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) })
	jumping := recordBy(t, func(n int) time.Time {
		if n < 8 {
			return start.Add(time.Duration(n) * time.Minute)
		}
		return start.Add(time.Duration(n)*time.Minute - 24*time.Hour)
	})
	if diff := cmp.Diff(steady, jumping); diff != "" {
		t.Errorf("(-steady +jumping):\n%s", diff)
	}
}

// answered is everything that a study answers, except times.
type answered struct {
	Answers    []feedback.Answer
	Top        []report.Performance
	Statistics report.Statistics
	Trials     []int64
	Uses       []string
}

// recordBy records a study with a clock, whose nth reading is clock(n).
func recordBy(t *testing.T, clock func(n int) time.Time) (study answered) {
	t.Helper()
	n := 0
	loop, err := feedback.Open(t.Context(), filepath.Join(t.TempDir(), "playbook.db"),
		feedback.WithClock(func() time.Time { n++; return clock(n) }))
	if err != nil {
		t.Fatal(err)
	}
	defer loop.Close()
	latest := time.Time{}
	for trial := range int64(12) {
		study.Answers = append(study.Answers, apply(t, loop,
			event.Trial{Number: trial % 7, Success: trial%3 != 0, Errors: []string{"mesh"}, ContextItems: []string{"mis-00001"}},
			event.Summary{NoSave: true})...)
		item, err := loop.ItemHistory(t.Context(), "mis-00001")
		if err != nil {
			t.Fatal(err)
		}
		if item.LastUsed != nil {
			used, err := time.Parse(time.RFC3339, *item.LastUsed)
			if err != nil {
				t.Fatal(err)
			}
			if used.Before(latest) {
				t.Errorf("after trial %d the last use moved back from %v to %v", trial, latest, used)
			}
			latest = used
		}
	}
	if study.Top, err = loop.Top(t.Context(), 10); err != nil {
		t.Fatal(err)
	}
	trials, err := loop.Trials(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, trial := range trials {
		study.Trials = append(study.Trials, trial.Number)
	}
	study.Statistics = statistics(t, loop)
	return study
}
