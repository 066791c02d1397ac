package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

// schema is the file from which the C program makes its tables: our own.
const schema = "../../migrations/sqlite/00001_schema.sql"

// baseline runs the C program.
func baseline(b *testing.B, trials, batch int) {
	b.Helper()
	path := cProgram(b, "baseline")
	for b.Loop() {
		b.ReportMetric(perSecond(b, exec.CommandContext(b.Context(), path, schema, filepath.Join(b.TempDir(), "baseline.db"),
			strconv.Itoa(items), strconv.Itoa(trials), strconv.Itoa(batch))), "trials/s")
	}
	b.ReportMetric(0, "ns/op")
}

// perSecond runs a program that prints a rate.
func perSecond(b *testing.B, cmd *exec.Cmd) float64 {
	b.Helper()
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	must(b, err)
	rate, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	must(b, err)
	return rate
}

func BenchmarkBaselineSingle(b *testing.B) { baseline(b, 5000, 1) }
func BenchmarkBaselineBatch(b *testing.B)  { baseline(b, size(b), 1000) } // as many as are ingested

func BenchmarkRecord(b *testing.B) {
	for _, callers := range []int{1, 64} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			loop := open(b, newStudy(b, b.TempDir(), items))
			defer loop.Close()
			record(b, loop, 0, 1000, 1) // warm the caches, as in a running study
			trials := 5000
			if callers > 1 {
				trials = 50_000
			}
			for from := 1000; b.Loop(); from += trials {
				rate(b, trials, record(b, loop, from, trials, callers))
			}
		})
	}
}

// record lets some callers record trials one by one, and returns the time it took.
func record(b *testing.B, loop *feedback.Loop, from, trials, callers int) time.Duration {
	b.Helper()
	events := make([]event.Event, trials)
	for n := range events {
		events[n] = decoded(b, from+n)
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	start := time.Now()
	for range callers {
		wait.Go(func() {
			for n := next.Add(1) - 1; n < int64(trials); n = next.Add(1) - 1 {
				if _, err := loop.Apply(b.Context(), events[n]); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wait.Wait()
	return time.Since(start)
}
