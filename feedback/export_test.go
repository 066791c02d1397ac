package feedback_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/golden"
	"atomizer-db/feedback/history"
)

// TestOpenCompletesAnExportThatFailed removes the folder of playbook.json when the
// transaction begins.
func TestOpenCompletesAnExportThatFailed(t *testing.T) {
	folder := t.TempDir()
	database, file := filepath.Join(folder, "playbook.db"), filepath.Join(folder, "shared", "playbook.json")
	vanishes := false
	loop, err := feedback.Open(t.Context(), database, feedback.WithPlaybookFile(file), feedback.WithClock(func() time.Time {
		if vanishes {
			if err := os.RemoveAll(filepath.Dir(file)); err != nil {
				t.Error(err)
			}
		}
		return golden.Clock
	}))
	if err != nil {
		t.Fatal(err)
	}
	apply(t, loop, event.Trial{Number: 1, Errors: []string{"mesh"}})
	if _, err := loop.Finalize(t.Context(), event.Summary{}); err == nil || !strings.Contains(err.Error(), "nothing was recorded") {
		t.Errorf("a finalize that cannot export: %v", err)
	}
	if got := statistics(t, loop); got.PendingInsights != 1 {
		t.Errorf("it was recorded: %+v", got)
	}

	if err := os.Mkdir(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	vanishes = true
	answer, err := loop.Finalize(t.Context(), event.Summary{})
	if _, ok := errors.AsType[*history.WriteError](err); !ok || answer.InsightsAdded != 1 {
		t.Errorf("%+v, %v", answer, err)
	}
	if err := loop.Close(); err != nil {
		t.Fatal(err)
	}

	var warnings []error
	reopen := func(options ...feedback.Option) *feedback.Loop {
		t.Helper()
		loop, err := feedback.Open(t.Context(), database, append(options, feedback.WithPlaybookFile(file),
			feedback.WithWarnings(func(warning error) { warnings = append(warnings, warning) }))...)
		if err != nil {
			t.Fatal(err)
		}
		return loop
	}
	for _, options := range [][]feedback.Option{nil, {feedback.ReadOnly()}} {
		if err := reopen(options...).Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(warnings) != 2 {
		t.Errorf("warnings without the folder: %v", warnings)
	}
	if err := os.Mkdir(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	loop = reopen(feedback.ReadOnly())
	defer loop.Close()
	if _, want := exported(t, loop); string(golden.Read(t, file)) != want || len(warnings) != 2 {
		t.Errorf("playbook.json is not what the playbook holds; %v", warnings)
	}
}
