// Command ratios reads what `go test -bench` prints and prints the medians as
// ratios, beside their targets.
package main

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
)

// figure names a benchmark and one of its units.
type figure struct{ benchmark, unit string }

// rows are the comparisons: ours divided by base must be at least, or at most, the
// target. Without a base it is ours alone. A target of 0 means that there is none.
var rows = []struct {
	what       string
	ours, base figure
	target     float64
	atMost     bool
}{
	{"a durable trial a transaction, by C", rate("Record/callers=1"), rate("BaselineSingle"), 0.65, false},
	{"64 callers, by one", rate("Record/callers=64"), rate("Record/callers=1"), 4, false},
	{"8 processes, by one", rate("RecordProcesses/processes=8"), rate("RecordProcesses/processes=1"), 0.8, false},
	{"slowest of 8 processes, by the fastest", figure{"RecordProcesses/processes=8", "spread"}, figure{}, 2, true},
	{"ingest, by C in transactions of 1,000", rate("Ingest"), rate("BaselineBatch"), 0.5, false},
	{"ingest, peak memory in MiB", figure{"Ingest", "peak-MiB"}, figure{}, 64, true},
	{"bytes on disk a trial", figure{"Ingest", "B/trial"}, figure{}, 0, false},
	{"session, by C a transaction each", rate("Session"), rate("BaselineSingle"), 0.55, false},
	{"a trial after many, by one after 1,000", rate("RecordAfter/trials=1000"), rate("RecordAfter/trials=many"), 1.2, true},
	{"top, ms", ms("Question/top/trials=many"), figure{}, 5, true},
	{"worst, ms", ms("Question/worst/trials=many"), figure{}, 5, true},
	{"performance, ms", ms("Question/performance/trials=many"), figure{}, 5, true},
	{"stats, ms", ms("Question/stats/trials=many"), figure{}, 5, true},
	{"top after many trials, by after 1,000", ms("Question/top/trials=many"), ms("Question/top/trials=1000"), 1.5, true},
	{"worst after many trials, by after 1,000", ms("Question/worst/trials=many"), ms("Question/worst/trials=1000"), 1.5, true},
	{"performance after many, by after 1,000", ms("Question/performance/trials=many"), ms("Question/performance/trials=1000"), 1.5, true},
	{"stats after many trials, by after 1,000", ms("Question/stats/trials=many"), ms("Question/stats/trials=1000"), 1.5, true},
	{"top of one study of 50, ms", ms("Studies/top/of=one"), figure{}, 5, true},
	{"top of all 50, ms", ms("Studies/top/of=all"), figure{}, 5, true},
	{"worst of one study of 50, ms", ms("Studies/worst/of=one"), figure{}, 5, true},
	{"worst of all 50, ms", ms("Studies/worst/of=all"), figure{}, 5, true},
	{"performance of one study of 50, ms", ms("Studies/performance/of=one"), figure{}, 5, true},
	{"performance of all 50, ms", ms("Studies/performance/of=all"), figure{}, 5, true},
	{"stats of one study of 50, ms", ms("Studies/stats/of=one"), figure{}, 5, true},
	{"stats of all 50, ms", ms("Studies/stats/of=all"), figure{}, 5, true},
	{"top as a process, by sqlite3", ms("Process/top/json"), ms("Process/sqlite3"), 3, true},
	{"the same as a table", ms("Process/top/table"), ms("Process/sqlite3"), 3, true},
	{"worst as a process, by sqlite3", ms("Process/worst/json"), ms("Process/sqlite3"), 3, true},
	{"the same as a table", ms("Process/worst/table"), ms("Process/sqlite3"), 3, true},
	{"performance as a process, by sqlite3", ms("Process/performance/json"), ms("Process/sqlite3"), 3, true},
	{"the same as a table", ms("Process/performance/table"), ms("Process/sqlite3"), 3, true},
	{"stats as a process, by sqlite3", ms("Process/stats/json"), ms("Process/sqlite3"), 3, true},
	{"the same as a table", ms("Process/stats/table"), ms("Process/sqlite3"), 3, true},
	{"finalize 10,000 pending on 10,000 items, ms", ms("Finalize/items=10000/pending=10000"), figure{}, 1000, true},
	{"finalize, by half the pending", ms("Finalize/items=10000/pending=10000"), ms("Finalize/items=10000/pending=5000"), 2.2, true},
	{"finalize, by half the items", ms("Finalize/items=10000/pending=10000"), ms("Finalize/items=5000/pending=10000"), 2.2, true},
	{"opening, ms", ms("Open"), figure{}, 0, false},
	{"PostgreSQL: 16 processes, by pgbench", rate("PostgresProcesses/processes=16"), rate("Pgbench/clients=16"), 0.7, false},
	{"PostgreSQL: one process, by pgbench", rate("PostgresProcesses/processes=1"), rate("Pgbench/clients=1"), 0, false},
	{"PostgreSQL: ingest, trials a second", rate("PostgresIngest"), figure{}, 15_000, false},
	{"PostgreSQL: top, by SQLite", ms("PostgresQuestion/top/trials=many"), ms("Question/top/trials=many"), 3, true},
	{"PostgreSQL: performance, by SQLite", ms("PostgresQuestion/performance/trials=many"), ms("Question/performance/trials=many"), 3, true},
	{"PostgreSQL: stats, by SQLite", ms("PostgresQuestion/stats/trials=many"), ms("Question/stats/trials=many"), 3, true},
}

func rate(benchmark string) figure { return figure{benchmark, "trials/s"} }
func ms(benchmark string) figure   { return figure{benchmark, "ns/op"} }

func main() {
	medians := read()
	out := table.NewWriter()
	out.SetOutputMirror(os.Stdout)
	out.AppendHeader(table.Row{"what", "ours", "base", "ratio", "target"})
	for _, r := range rows {
		ours, ok := medians[r.ours]
		if !ok {
			continue
		}
		value, base, ratio := ours, "", ours
		if other, ok := medians[r.base]; ok {
			base, ratio = number(r.base, other), ours/other
		}
		if r.ours.unit == "ns/op" && base == "" {
			ratio /= 1e6
		}
		out.AppendRow(table.Row{r.what, number(r.ours, value), base, fmt.Sprintf("%.2f", ratio), verdict(ratio, r.target, r.atMost)})
	}
	out.RenderMarkdown()
}

func number(f figure, value float64) string {
	if f.unit == "ns/op" {
		return fmt.Sprintf("%.3g ms", value/1e6)
	}
	if value >= 1000 {
		return fmt.Sprintf("%.0f %s", value, f.unit)
	}
	return fmt.Sprintf("%.3g %s", value, f.unit)
}

func verdict(ratio, target float64, atMost bool) string {
	switch {
	case target == 0:
		return ""
	case atMost && ratio <= target:
		return fmt.Sprintf("≤ %g", target)
	case atMost:
		return fmt.Sprintf("≤ %g MISSED", target)
	case ratio >= target:
		return fmt.Sprintf("≥ %g", target)
	}
	return fmt.Sprintf("≥ %g MISSED", target)
}

// read collects the samples of each figure and returns their medians. It copies
// what it reads to standard error.
func read() map[figure]float64 {
	samples := map[figure][]float64{}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fmt.Fprintln(os.Stderr, lines.Text())
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := strings.TrimPrefix(fields[0], "Benchmark")
		if i := strings.LastIndex(name, "-"); i > 0 {
			name = name[:i]
		}
		for i := 2; i+1 < len(fields); i += 2 {
			if value, err := strconv.ParseFloat(fields[i], 64); err == nil {
				f := figure{name, fields[i+1]}
				samples[f] = append(samples[f], value)
			}
		}
	}
	medians := map[figure]float64{}
	for f, values := range samples {
		slices.Sort(values)
		medians[f] = (values[(len(values)-1)/2] + values[len(values)/2]) / 2
	}
	return medians
}
