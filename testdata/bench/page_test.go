package bench

import (
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"atomizer-db/cmd/atomizer-db/page"
	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

// BenchmarkPage makes the page of a long study: first while the ledger is being read, then
// again and again, and after each of many trials. An update includes the recording of its
// trial. cpu-ms are of the process, without what is learned in the background.
func BenchmarkPage(b *testing.B) {
	for _, trials := range []int{1000, size(b)} {
		b.Run("trials="+short(b, trials), func(b *testing.B) { benchmarkPage(b, copied(b, study(b, trials))) })
	}
}

func benchmarkPage(b *testing.B, path string) {
	b.Helper()
	loop := open(b, path)
	defer loop.Close()
	began := time.Now()
	monitor, err := loop.Monitor(b.Context())
	must(b, err)
	defer monitor.Close()
	bytes := write(b, monitor)
	first := time.Since(began)
	for complete := false; !complete; {
		must(b, monitor.Overview(b.Context(), feedback.DefaultStudy, func(o feedback.Overview) error {
			complete = o.Read.Complete() && !o.Learned.At.IsZero()
			return nil
		}))
	}
	whole := time.Since(began)
	b.Run("page", func(b *testing.B) {
		for b.Loop() {
			bytes = write(b, monitor)
		}
		b.ReportMetric(float64(bytes), "bytes")
		b.ReportMetric(float64(first.Milliseconds()), "first-ms")
		b.ReportMetric(float64(whole.Milliseconds()), "learned-ms")
	})
	b.Run("update", func(b *testing.B) {
		number, before := int64(1<<40), cpu(b)
		for b.Loop() {
			changed := monitor.Changed()
			number++
			_, err := loop.RecordTrial(b.Context(), event.Trial{Number: number, Success: true, Objective: new(float64)})
			must(b, err)
			<-changed
			write(b, monitor)
		}
		b.ReportMetric((cpu(b)-before).Seconds()*1000/float64(b.N), "cpu-ms")
	})
	b.Run("item", func(b *testing.B) {
		before := cpu(b)
		for b.Loop() {
			writeItem(b, loop, monitor)
		}
		b.ReportMetric((cpu(b)-before).Seconds()*1000/float64(b.N), "cpu-ms")
	})
}

// writeItem makes the page of an item.
func writeItem(b *testing.B, loop *feedback.Loop, monitor *feedback.Monitor) {
	b.Helper()
	const id = "str-00001"
	learned, err := monitor.Learned(b.Context(), feedback.DefaultStudy)
	must(b, err)
	history, err := loop.ItemHistory(b.Context(), id)
	must(b, err)
	trials, err := loop.ItemTrials(b.Context(), id)
	must(b, err)
	p, err := page.Item(history, trials, learned, feedback.DefaultStudy)
	must(b, err)
	must(b, p.Write(new(counter)))
}

// write makes the page of the study, and returns its size.
func write(b *testing.B, monitor *feedback.Monitor) int {
	b.Helper()
	size := counter(0)
	must(b, monitor.Overview(b.Context(), feedback.DefaultStudy, func(o feedback.Overview) error {
		p, err := page.Study(o, "playbook.db")
		if err != nil {
			return err
		}
		return p.Write(&size)
	}))
	return int(size)
}

type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// cpu returns the processor time of this process.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// copied returns a copy of a database, to record in.
func copied(b *testing.B, path string) string {
	b.Helper()
	folder := filepath.Join(b.TempDir(), strconv.Itoa(b.N))
	must(b, os.CopyFS(folder, os.DirFS(filepath.Dir(path))))
	return filepath.Join(folder, filepath.Base(path))
}
