package bench
import "testing"
func BenchmarkPerf(b *testing.B) {
	loop := open(b, "/tmp/full.db")
	defer loop.Close()
	for b.Loop() { _, err := loop.Performance(b.Context()); must(b, err) }
}
