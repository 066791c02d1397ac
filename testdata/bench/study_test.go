// Package bench measures what recording and asking cost. Run it with `make bench`;
// RESULTS.md has the last figures.
package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

// size is the number of trials of the long study: BENCH_N, else a million.
func size(b *testing.B) int {
	b.Helper()
	text, ok := os.LookupEnv("BENCH_N")
	if !ok {
		return 1_000_000
	}
	n, err := strconv.Atoi(text)
	must(b, err)
	return n
}

// items is how many items the playbook of a study has.
const items = 1000

// line is the nth event of a plausible study: 5 items in use, 4 design
// variables, every fourth trial a failure.
func line(n int) string {
	ids := ""
	for k := range 5 {
		ids += fmt.Sprintf(`, "str-%05d"`, 1+(n*7+k*211)%items)
	}
	end := `"success": true, "objective_value": 5060.9}`
	if n%4 == 3 {
		end = fmt.Sprintf(`"success": false, "errors": ["no convergence at load step %d"]}`, n%50)
	}
	return fmt.Sprintf(`{"type": "trial", "trial_number": %d, "design_variables": {"a1": %d.52, "a2": 0.1, "a3": 23.2, "a4": 15.22}, `+
		`"context_items_used": [%s], "duration_seconds": 41.5, `, n, 30+n%13, ids[2:]) + end
}

func decoded(b *testing.B, n int) event.Event {
	b.Helper()
	e, err := event.Decode([]byte(line(n)))
	must(b, err)
	return e
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// newStudy makes a database that starts from a playbook of some items.
func newStudy(b *testing.B, folder string, items int) (path string) {
	b.Helper()
	var text strings.Builder
	text.WriteString(`{"items": {`)
	for i := 1; i <= items; i++ {
		if i > 1 {
			text.WriteString(",")
		}
		fmt.Fprintf(&text, `"str-%05d": {"category": "str", "content": "advice %d"}`, i, i)
	}
	text.WriteString(`}}`)
	path = filepath.Join(folder, "playbook.db")
	must(b, os.WriteFile(filepath.Join(folder, "playbook.json"), []byte(text.String()), 0o600))
	must(b, open(b, path).Close())
	return path
}

func open(b *testing.B, path string) *feedback.Loop {
	b.Helper()
	loop, err := feedback.Open(b.Context(), path)
	must(b, err)
	return loop
}

// program is the built command, as users run it.
func program(b *testing.B, args ...string) *exec.Cmd {
	b.Helper()
	return exec.CommandContext(b.Context(), built(b, "../../atomizer-db"), args...)
}

// cProgram is a program of the folder baseline.
func cProgram(b *testing.B, name string) (path string) {
	b.Helper()
	return built(b, "baseline/"+name)
}

func built(b *testing.B, name string) (path string) {
	b.Helper()
	path, err := filepath.Abs(name)
	must(b, err)
	if _, err := os.Stat(path); err != nil {
		b.Skip("build the programs first: make bench does")
	}
	return path
}

// rate reports how many trials a second were recorded.
func rate(b *testing.B, trials int, elapsed time.Duration) {
	b.Helper()
	b.ReportMetric(float64(trials)/elapsed.Seconds(), "trials/s")
	b.ReportMetric(0, "ns/op")
}

var grown struct {
	once   sync.Once
	folder string
	path   string
}

// study returns the path of a study with this many trials. The long one is made
// once, and nothing more is recorded in it.
func study(b *testing.B, trials int) (path string) {
	b.Helper()
	if trials != size(b) {
		path = newStudy(b, b.TempDir(), items)
		ingest(b, path, writeEvents(b, 0, trials))
		return path
	}
	grown.once.Do(func() {
		var err error
		grown.folder, err = os.MkdirTemp("", "bench") //nolint:usetesting // it outlives this benchmark
		must(b, err)
		grown.path = newStudy(b, grown.folder, items)
		ingest(b, grown.path, writeEvents(b, 0, trials))
	})
	return grown.path
}
