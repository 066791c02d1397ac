package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/feedback/golden"
)

// TestSessionMatchesReference replays the event files in testdata through a session. Every
// answer, and those of the commands at the end, must equal the reference.
func TestSessionMatchesReference(t *testing.T) {
	golden.Each(t, "../../testdata/replay", replay)
}

func replay(t *testing.T, want golden.Case) {
	t.Helper()
	db := filepath.Join(t.TempDir(), "playbook.db")
	saved := strings.TrimSuffix(db, ".db") + ".json"
	want.Begin(t, saved)
	ask := func(args ...string) []byte { return done(t, "", append(args, "--db", db)...) }

	ask("init") // a session without events makes no database
	answers := bytes.Split(bytes.TrimSpace(done(t, timed(want.Events), "session", "--db", db)), []byte("\n"))[1:]
	if len(answers) != len(want.Answers) {
		t.Fatalf("%d answers to %d events", len(answers), len(want.Answers))
	}
	for i, answer := range answers {
		if diff := cmp.Diff(want.Answers[i], golden.Legacy(golden.Parse(t, answer))); diff != "" {
			t.Fatalf("the answer to event %d, %s, differs (-reference +command):\n%s", i+1, want.Events[i], diff)
		}
	}

	for name, got := range map[string][]byte{
		"performance": ask("performance", "--json"),
		"top":         ask("top", "--json"),
		"top_3":       ask("top", "-n", "3", "--json"),
		"worst":       ask("worst", "--json"),
		"worst_3":     ask("worst", "-n", "3", "--json"),
		"statistics":  ask("stats", "--json"),
		"report":      []byte(atNow(string(ask("report", "-o", "-")), golden.Now)),
	} {
		answer := golden.Parse(t, got)
		if name == "statistics" {
			maps.DeleteFunc(answer.(map[string]any), func(field string, _ any) bool { return slices.Contains(newStatistics, field) })
		}
		if diff := cmp.Diff(want.Final[name], answer); diff != "" {
			t.Errorf("%s differs (-reference +command):\n%s", name, diff)
		}
	}
	if diff := cmp.Diff(want.Arrived(), names(t, ask("performance", "--json"))); diff != "" {
		t.Errorf("the order of arrival is lost (-reference +command):\n%s", diff)
	}
	ask("check")
	ask("export")
	if diff := cmp.Diff(want.Saved, atNow(string(golden.Read(t, saved)), golden.Now)); diff != "" {
		t.Errorf("playbook.json differs (-reference +command):\n%s", diff)
	}
}

// newStatistics are the statistics that the reference lacks.
var newStatistics = []string{"direction", "best_objective", "best_trial"}

// done runs a command that must succeed and returns its standard output.
func done(t *testing.T, stdin string, args ...string) []byte {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(args, strings.NewReader(stdin), &stdout, &stderr); code != exitDone {
		t.Fatalf("%v: exit code %d: %s", args, code, &stderr)
	}
	return stdout.Bytes()
}

// timed returns the events with the time of the reference's clock.
func timed(events [][]byte) string {
	var b strings.Builder
	for _, event := range events {
		b.WriteString(`{"time": "` + golden.Clock.Format(time.RFC3339) + `", ` + strings.TrimPrefix(string(event), "{") + "\n")
	}
	return b.String()
}

// names returns the names in an object, in order.
func names(t *testing.T, object []byte) []string {
	t.Helper()
	names := []string{}
	decoder := json.NewDecoder(bytes.NewReader(object))
	for depth := 0; decoder.More() || depth > 0; {
		token, err := decoder.Token()
		if err != nil {
			t.Fatal(err)
		}
		switch token {
		case json.Delim('{'):
			depth++
		case json.Delim('}'):
			depth--
		default:
			if name, ok := token.(string); ok && depth == 1 {
				names = append(names, name)
			}
		}
	}
	return names
}
