package bench

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

// questions are the most frequent questions.
var questions = map[string]func(context.Context, *feedback.Loop) error{
	"top":         func(ctx context.Context, l *feedback.Loop) error { _, err := l.Top(ctx, 10); return err },
	"worst":       func(ctx context.Context, l *feedback.Loop) error { _, err := l.Worst(ctx, 10); return err },
	"performance": func(ctx context.Context, l *feedback.Loop) error { _, err := l.Performance(ctx); return err },
	"stats":       func(ctx context.Context, l *feedback.Loop) error { _, err := l.Statistics(ctx); return err },
}

func BenchmarkQuestion(b *testing.B) {
	for _, trials := range []int{1000, size(b)} {
		path := study(b, trials)
		for name, ask := range questions {
			b.Run(fmt.Sprintf("%s/trials=%s", name, short(b, trials)), func(b *testing.B) {
				loop := open(b, path)
				defer loop.Close()
				for b.Loop() {
					must(b, ask(b.Context(), loop))
				}
			})
		}
	}
}

// BenchmarkStudies asks a database that many studies share, of one of them and of
// all together. Each has as many trials as the others, a tenth of the long study
// in total: 2,000 of 100,000.
func BenchmarkStudies(b *testing.B) {
	const studies = 50
	path := newStudy(b, b.TempDir(), items)
	events := writeEvents(b, 0, size(b)/10/studies)
	for n := range studies {
		ingest(b, path, events, "--study", fmt.Sprintf("bracket %d", n))
	}
	loop := open(b, path)
	defer loop.Close()
	for of, loop := range map[string]*feedback.Loop{"one": loop.Study("bracket 7"), "all": loop.AllStudies()} {
		for name, ask := range questions {
			b.Run(name+"/of="+of, func(b *testing.B) {
				for b.Loop() {
					must(b, ask(b.Context(), loop))
				}
			})
		}
	}
}

// short names a size: that of the long study is "many", whatever BENCH_N is.
func short(b *testing.B, trials int) string {
	b.Helper()
	if trials == size(b) {
		return "many"
	}
	return fmt.Sprint(trials)
}

// BenchmarkProcess asks the long study from a process of its own; sqlite3 counts
// the items.
func BenchmarkProcess(b *testing.B) {
	path := study(b, size(b))
	for name := range questions {
		for output, flags := range map[string][]string{"json": {"--json"}, "table": nil} {
			b.Run(name+"/"+output, func(b *testing.B) {
				for b.Loop() {
					must(b, program(b, append([]string{name, "--db", path}, flags...)...).Run())
				}
			})
		}
	}
	b.Run("sqlite3", func(b *testing.B) {
		for b.Loop() {
			must(b, exec.CommandContext(b.Context(), "sqlite3", path, "select count(*) from items").Run())
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	path := newStudy(b, b.TempDir(), items)
	for b.Loop() {
		must(b, open(b, path).Close())
	}
}

// BenchmarkRecordAfter records into a short study and into the long one, which
// is copied.
func BenchmarkRecordAfter(b *testing.B) {
	for _, trials := range []int{1000, size(b)} {
		b.Run("trials="+short(b, trials), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "copy.db")
			original := open(b, study(b, trials))
			must(b, original.Backup(b.Context(), path, false))
			must(b, original.Close())
			loop := open(b, path)
			defer loop.Close()
			record(b, loop, trials, 2000, 1)
			const more = 4000
			for from := trials + 2000; b.Loop(); from += more {
				rate(b, more, record(b, loop, from, more, 1))
			}
		})
	}
}

// BenchmarkFinalize commits pending insights, a tenth of them new.
func BenchmarkFinalize(b *testing.B) {
	for _, size := range []struct{ items, pending int }{{10_000, 10_000}, {10_000, 5_000}, {5_000, 10_000}} {
		b.Run(fmt.Sprintf("items=%d/pending=%d", size.items, size.pending), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				loop := open(b, manyPending(b, size.items, size.pending))
				b.StartTimer()
				_, err := loop.Finalize(b.Context(), event.Summary{})
				must(b, err)
				b.StopTimer()
				must(b, loop.Close())
				b.StartTimer()
			}
		})
	}
}

// manyPending makes a study with pending insights. Nine of ten repeat what others
// say.
func manyPending(b *testing.B, items, pending int) (path string) {
	b.Helper()
	folder := b.TempDir()
	path = newStudy(b, folder, items)
	var known strings.Builder
	for n := range pending {
		message := fmt.Sprintf("known %d", n%10)
		if n%10 == 0 {
			message = "new " + letters(n) // digits do not tell two mistakes apart
		}
		fmt.Fprintf(&known, `{"type": "error", "trial_number": %d, "error_type": "solver", "error_message": "%s"}`+"\n", n, message)
	}
	events := filepath.Join(folder, "events.jsonl")
	must(b, os.WriteFile(events, []byte(known.String()), 0o600))
	ingest(b, path, events)
	return path
}

// letters writes a number without digits.
func letters(n int) string {
	return strings.Map(func(digit rune) rune { return 'a' + digit - '0' }, fmt.Sprint(n))
}
