package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"atomizer-db/feedback"
	"atomizer-db/store/postgres/pgtest"
)

// newPostgresStudy makes a database on PostgreSQL, with the server's own defaults, that starts
// from a playbook of some items.
func newPostgresStudy(b *testing.B, items int) (address string) {
	b.Helper()
	folder := b.TempDir()
	newStudy(b, folder, items)
	address = pgtest.Address(b)
	loop, err := feedback.Open(b.Context(), address, feedback.WithPlaybookFile(filepath.Join(folder, "playbook.json")))
	must(b, err)
	must(b, loop.Close())
	return address
}

// BenchmarkPostgresProcesses lets processes record at the same time through the Go API, each
// trial in a transaction. Folding goes on meanwhile.
func BenchmarkPostgresProcesses(b *testing.B) {
	for _, processes := range []int{1, 16} {
		b.Run(fmt.Sprintf("processes=%d", processes), func(b *testing.B) {
			address := newPostgresStudy(b, items)
			trials := 2000 * processes
			for b.Loop() {
				times := make([]float64, processes)
				start := recordAtOnce(b, address, trials/processes, times)
				rate(b, trials, time.Since(start))
				b.ReportMetric(slices.Max(times)/slices.Min(times), "spread")
			}
		})
	}
}

// BenchmarkPgbench runs the statements of one such trial in pgbench, without folding.
func BenchmarkPgbench(b *testing.B) {
	pgbench := findPgbench(b)
	for _, clients := range []int{1, 16} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			address := newPostgresStudy(b, items)
			loop := open(b, address)
			_, err := loop.Apply(b.Context(), decoded(b, 0)) // the study
			must(b, err)
			must(b, loop.Close())
			for b.Loop() {
				cmd := exec.CommandContext(b.Context(), pgbench, "--no-vacuum", "--protocol=prepared", "--file=pgbench.sql",
					"--client="+strconv.Itoa(clients), "--jobs="+strconv.Itoa(min(clients, 2)), "--time=10", address)
				cmd.Stderr = os.Stderr
				out, err := cmd.Output()
				must(b, err)
				found := regexp.MustCompile(`tps = ([0-9.]+)`).FindSubmatch(out)
				if found == nil {
					b.Fatalf("pgbench says\n%s", out)
				}
				perSecond, err := strconv.ParseFloat(string(found[1]), 64)
				must(b, err)
				b.ReportMetric(perSecond, "trials/s")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// findPgbench finds pgbench beside the server, which may be linked to from elsewhere.
func findPgbench(b *testing.B) (path string) {
	b.Helper()
	programs, err := pgtest.Find()
	if err != nil {
		b.Skip(err)
	}
	server, err := filepath.EvalSymlinks(filepath.Join(programs, "postgres"))
	must(b, err)
	return filepath.Join(filepath.Dir(server), "pgbench")
}

// BenchmarkPostgresIngest includes the folding of what was ingested.
func BenchmarkPostgresIngest(b *testing.B) {
	n := size(b)
	events := writeEvents(b, 0, n)
	for b.Loop() {
		address := newPostgresStudy(b, items)
		elapsed, peak := ingest(b, address, events)
		rate(b, n, elapsed)
		b.ReportMetric(peak, "peak-MiB")
	}
}

// BenchmarkPostgresQuestion asks the long study the questions of [BenchmarkQuestion].
func BenchmarkPostgresQuestion(b *testing.B) {
	address := newPostgresStudy(b, items)
	ingest(b, address, writeEvents(b, 0, size(b)))
	for name, ask := range questions {
		b.Run(name+"/trials=many", func(b *testing.B) {
			loop := open(b, address)
			defer loop.Close()
			for b.Loop() {
				must(b, ask(b.Context(), loop))
			}
		})
	}
}
