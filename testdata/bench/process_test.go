package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

// BenchmarkSession sends one event at a time from a client in C, which waits for
// each answer.
func BenchmarkSession(b *testing.B) {
	const trials = 5000
	client := cProgram(b, "client")
	path := newStudy(b, b.TempDir(), items)
	for from := 0; b.Loop(); from += trials + 1 {
		b.StopTimer()
		events := writeEvents(b, from, trials+1)
		b.StartTimer()
		cmd := program(b, "session", "--db", path)
		cmd = exec.CommandContext(b.Context(), client, append([]string{events}, cmd.Args...)...)
		b.ReportMetric(perSecond(b, cmd), "trials/s")
	}
	b.ReportMetric(0, "ns/op")
}

// writeEvents writes an event file.
func writeEvents(b *testing.B, from, trials int) (path string) {
	b.Helper()
	path = filepath.Join(b.TempDir(), "events.jsonl")
	file, err := os.Create(path)
	must(b, err)
	out := bufio.NewWriter(file)
	for n := range trials {
		_, err := out.WriteString(line(from+n) + "\n")
		must(b, err)
	}
	must(b, out.Flush())
	must(b, file.Sync()) // or it would be written while it is read
	must(b, file.Close())
	return path
}

// ingest records an event file, and returns the time and the memory it took.
func ingest(b *testing.B, path, events string, flags ...string) (elapsed time.Duration, peakMiB float64) {
	b.Helper()
	cmd := program(b, append([]string{"ingest", events, "--db", path}, flags...)...)
	cmd.Stderr = os.Stderr
	start := time.Now()
	must(b, cmd.Run())
	elapsed = time.Since(start)
	// It is at least the memory of this process, which started that one.
	usage, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return elapsed, float64(usage.Maxrss) / 1024
}

func BenchmarkIngest(b *testing.B) {
	n := size(b)
	events := writeEvents(b, 0, n)
	for b.Loop() {
		path := newStudy(b, b.TempDir(), items)
		elapsed, peak := ingest(b, path, events)
		rate(b, n, elapsed)
		info, err := os.Stat(path)
		must(b, err)
		b.ReportMetric(float64(info.Size())/float64(n), "B/trial")
		b.ReportMetric(peak, "peak-MiB")
	}
}

// BenchmarkRecordProcesses lets processes record at the same time through the Go
// API. spread is the time of the slowest divided by that of the fastest.
func BenchmarkRecordProcesses(b *testing.B) {
	for _, processes := range []int{1, 8} {
		b.Run(fmt.Sprintf("processes=%d", processes), func(b *testing.B) {
			path := newStudy(b, b.TempDir(), items)
			const trials = 8000
			for b.Loop() {
				times := make([]float64, processes)
				start := recordAtOnce(b, path, trials/processes, times)
				rate(b, trials, time.Since(start))
				b.ReportMetric(slices.Max(times)/slices.Min(times), "spread")
			}
		})
	}
}

// recordAtOnce runs a worker for each entry of times, and stores there how many
// seconds it took.
func recordAtOnce(b *testing.B, path string, trials int, times []float64) (start time.Time) {
	b.Helper()
	self, err := os.Executable()
	must(b, err)
	type worker struct {
		cmd *exec.Cmd
		in  io.Closer
		out *bufio.Reader
	}
	workers := make([]worker, len(times))
	for i := range workers {
		cmd := exec.CommandContext(b.Context(), self)
		cmd.Env = append(os.Environ(), "BENCH_WORKER="+path, "BENCH_TRIALS="+strconv.Itoa(trials))
		cmd.Stderr = os.Stderr
		in, err := cmd.StdinPipe()
		must(b, err)
		out, err := cmd.StdoutPipe()
		must(b, err)
		must(b, cmd.Start())
		workers[i] = worker{cmd, in, bufio.NewReader(out)}
		_, err = workers[i].out.ReadString('\n') // it is ready
		must(b, err)
	}
	start = time.Now()
	for _, w := range workers {
		must(b, w.in.Close())
	}
	for i, w := range workers {
		text, err := w.out.ReadString('\n')
		must(b, err)
		times[i], err = strconv.ParseFloat(strings.TrimSpace(text), 64)
		must(b, err)
		must(b, w.cmd.Wait())
	}
	return start
}

// TestMain makes this binary a worker of recordAtOnce.
func TestMain(m *testing.M) {
	path, ok := os.LookupEnv("BENCH_WORKER")
	if !ok {
		code := m.Run()
		_ = os.RemoveAll(grown.folder)
		os.Exit(code)
	}
	if err := work(path); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func work(path string) error {
	trials, err := strconv.Atoi(os.Getenv("BENCH_TRIALS"))
	if err != nil {
		return err
	}
	events := make([]event.Event, trials)
	for n := range events {
		if events[n], err = event.Decode([]byte(line(os.Getpid()*1_000_000 + n))); err != nil {
			return err
		}
	}
	ctx := context.Background()
	loop, err := feedback.Open(ctx, path)
	if err != nil {
		return err
	}
	defer loop.Close()
	fmt.Println("ready")
	if _, err := io.ReadAll(os.Stdin); err != nil {
		return err
	}
	start := time.Now()
	for _, e := range events {
		if _, err := loop.Apply(ctx, e); err != nil {
			return err
		}
	}
	fmt.Println(time.Since(start).Seconds())
	return nil
}
