// Package golden provides tests with the reference's answers from testdata/replay, which
// testdata/generate.py creates.
package golden

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"atomizer-db/feedback/playbook"
)

// Clock is the time of the reference's clock, which stands still.
var Clock = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// Now is Clock in the format of playbook.json.
var Now = playbook.FormatTime(Clock)

// Case is an event file with the reference's answers and its final state.
type Case struct {
	Start   []byte   // the playbook.json that it starts from, nil for none
	Events  [][]byte // the lines
	Answers []any    // to each event
	Final   map[string]any
	Saved   string // playbook.json at the end
}

// Each runs fn on each case below folder, as a test of its own.
func Each(t *testing.T, folder string, fn func(*testing.T, Case)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*", "events.jsonl"))
	if err != nil || len(files) < 30 {
		t.Fatalf("%d event files, %v", len(files), err)
	}
	for _, events := range files {
		t.Run(filepath.Base(filepath.Dir(events)), func(t *testing.T) {
			t.Parallel()
			fn(t, load(t, filepath.Dir(events)))
		})
	}
}

func load(t *testing.T, folder string) (c Case) {
	t.Helper()
	c.Events = lines(t, filepath.Join(folder, "events.jsonl"))
	for _, line := range lines(t, filepath.Join(folder, "answers.jsonl")) {
		c.Answers = append(c.Answers, Parse(t, line))
	}
	if len(c.Events) != len(c.Answers) {
		t.Fatalf("%d events, %d answers", len(c.Events), len(c.Answers))
	}
	c.Final = Parse(t, Read(t, filepath.Join(folder, "final.json"))).(map[string]any)
	// generate.py leaves out the time of the report.
	c.Final["report"].(map[string]any)["generated_at"] = Now
	c.Saved = string(Read(t, filepath.Join(folder, "saved.json")))
	if start, err := os.ReadFile(filepath.Join(folder, "playbook.json")); err == nil {
		c.Start = start
	}
	return c
}

// Begin writes the playbook.json that the case starts from to path.
func (c Case) Begin(t *testing.T, path string) {
	t.Helper()
	if c.Start == nil {
		return
	}
	if err := os.WriteFile(path, c.Start, 0o666); err != nil {
		t.Fatal(err)
	}
}

// Arrived returns the ids of the items at the end, in order of arrival.
func (c Case) Arrived() []string {
	ids := []string{}
	for _, item := range c.Final["items"].([]any) {
		ids = append(ids, item.(map[string]any)["id"].(string))
	}
	return ids
}

// Read reads a file.
func Read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func lines(t *testing.T, path string) [][]byte {
	t.Helper()
	var lines [][]byte
	scanner := bufio.NewScanner(bytes.NewReader(Read(t, path)))
	scanner.Buffer(nil, 64<<20)
	for scanner.Scan() {
		if len(bytes.TrimSpace(scanner.Bytes())) > 0 {
			lines = append(lines, bytes.Clone(scanner.Bytes()))
		}
	}
	return lines
}

// Parse reads JSON, so that numbers are compared as numbers.
func Parse(t *testing.T, text []byte) (value any) {
	t.Helper()
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatalf("%v: %.200s", err, text)
	}
	return value
}

// Reencode encodes a value as JSON and decodes it, as a reader of the JSON would.
func Reencode(t *testing.T, value any) any {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return Parse(t, text)
}

// Legacy returns a parsed answer without what the legacy loop does not say.
func Legacy(answer any) any {
	if fields, ok := answer.(map[string]any); ok {
		for _, field := range []string{"unknown_items", "insights_merged", "pruned", "direction", "best_objective", "best_trial"} {
			delete(fields, field)
		}
	}
	return answer
}
