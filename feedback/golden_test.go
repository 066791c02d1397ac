package feedback_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/feedback"
)

// referenceTime is what the reference's clock said when it gave its answers.
var referenceTime = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// TestTheReferencesAnswers replays the event files in testdata through the
// loop: every answer and the state at the end are the reference's.
func TestTheReferencesAnswers(t *testing.T) {
	folders, err := filepath.Glob("../testdata/replay/*/events.jsonl")
	if err != nil || len(folders) < 30 {
		t.Fatalf("%d event files, %v", len(folders), err)
	}
	for _, events := range folders {
		folder := filepath.Dir(events)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Parallel()
			replay(t, folder)
		})
	}
}

func replay(t *testing.T, folder string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "playbook.db")
	if start, err := os.ReadFile(filepath.Join(folder, "playbook.json")); err == nil {
		if err := os.WriteFile(feedback.JSONPath(path), start, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	loop, err := feedback.Open(t.Context(), path, feedback.WithClock(func() time.Time { return referenceTime }))
	if err != nil {
		t.Fatal(err)
	}
	defer loop.Close()

	events := readLines(t, filepath.Join(folder, "events.jsonl"))
	answers := readLines(t, filepath.Join(folder, "answers.jsonl"))
	if len(events) != len(answers) {
		t.Fatalf("%d events, %d answers", len(events), len(answers))
	}
	for i, line := range events {
		event, err := feedback.DecodeEvent(line)
		if err != nil {
			t.Fatalf("event %d: %v", i+1, err)
		}
		got, err := loop.Apply(t.Context(), event)
		if err != nil {
			t.Fatalf("event %d: %v", i+1, err)
		}
		if diff := cmp.Diff(parse(t, answers[i]), reencode(t, legacy(got[0]))); diff != "" {
			t.Fatalf("the answer to event %d, %s, differs (-reference +loop):\n%s", i+1, line, diff)
		}
	}

	want := parse(t, read(t, filepath.Join(folder, "final.json"))).(map[string]any)
	compareFinal(t, loop, want)
	book, err := loop.Playbook(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	saved, err := book.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(read(t, filepath.Join(folder, "saved.json"))), string(saved)); diff != "" {
		t.Errorf("playbook.json differs (-reference +loop):\n%s", diff)
	}
}

func compareFinal(t *testing.T, loop *feedback.Loop, want map[string]any) {
	t.Helper()
	ctx := t.Context()
	same := func(name string, got any, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want[name], reencode(t, got)); diff != "" {
			t.Errorf("%s differs (-reference +loop):\n%s", name, diff)
		}
	}
	performance, err := loop.Performance(ctx)
	same("performance", performance, err)
	items := want["items"].([]any)
	for i, p := range performance {
		if p.ID != items[i].(map[string]any)["id"] {
			t.Errorf("performance %d is %q: the order of arrival is lost", i, p.ID)
		}
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
	report := parse(t, read(t, path)).(map[string]any)
	delete(report, "generated_at")
	delete(want["report"].(map[string]any), "generated_at")
	same("report", report, nil)
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func readLines(t *testing.T, path string) [][]byte {
	t.Helper()
	var lines [][]byte
	scanner := bufio.NewScanner(bytes.NewReader(read(t, path)))
	scanner.Buffer(nil, 64<<20)
	for scanner.Scan() {
		if len(bytes.TrimSpace(scanner.Bytes())) > 0 {
			lines = append(lines, bytes.Clone(scanner.Bytes()))
		}
	}
	return lines
}

func parse(t *testing.T, text []byte) (value any) {
	t.Helper()
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatalf("%v: %.200s", err, text)
	}
	return value
}

// reencode sees a value as its readers do.
func reencode(t *testing.T, value any) any {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, text)
}
