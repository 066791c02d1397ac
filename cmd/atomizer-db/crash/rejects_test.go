package crash_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/testdata/soak"
)

// wrongLines are events of which every third is good; wrong are the others.
func wrongLines(name string, n int) (all, wrong []string) {
	for i := range n {
		line := fmt.Sprintf(`{"type": "trail", "key": "%s %d"}`, name, i)
		if i%3 == 1 {
			line = fmt.Sprintf(`{"type": "trial", "trial_number": %d, "success": true}`, i)
		} else {
			wrong = append(wrong, line)
		}
		all = append(all, line)
	}
	return all, wrong
}

func linesOf(t *testing.T, path string) []string {
	t.Helper()
	return strings.Split(strings.TrimSuffix(read(t, path), "\n"), "\n")
}

func sameLines(t *testing.T, want, got []string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("the file of rejects is wrong (-want +got):\n%s", diff)
	}
}

// TestAWrongLineIsRejectedOnceDespiteKills kills an ingest again and again while it writes wrong
// lines to a file.
func TestAWrongLineIsRejectedOnceDespiteKills(t *testing.T) {
	t.Parallel()
	random := choices(t)
	all, wrong := wrongLines("line", 200)
	file := eventFile(t, all)
	const skipped = 1 // the exit code
	for kills := 0; kills < soak.Rounds(15); {
		p := begun(t)
		rejects := filepath.Join(p.folder, "rejects.jsonl")
		for {
			command := p.command(t, "ingest", file, "--keep-going", "--rejects", rejects)
			r, killed := signalled(t, command, syscall.SIGKILL, 10*time.Millisecond+upTo(random, 150*time.Millisecond))
			if !killed && r.code != skipped && r.code != 0 {
				t.Fatalf("exit code %d: %s", r.code, r.stderr)
			}
			if !killed {
				break
			}
			kills++
		}
		sameLines(t, wrong, linesOf(t, rejects))
		p.sound(t)
	}
}

// TestIngestsShareAFileOfRejects has several ingests write to one file at the same time.
func TestIngestsShareAFileOfRejects(t *testing.T) {
	t.Parallel()
	p := begun(t)
	p.must(t, "init")
	rejects := filepath.Join(p.folder, "rejects.jsonl")
	var want []string
	ends := make(chan result)
	const runs = 4
	for n := range runs {
		all, wrong := wrongLines(fmt.Sprint("run ", n), 60)
		want = append(want, wrong...)
		command := p.command(t, "ingest", eventFile(t, all), "--keep-going", "--rejects", rejects)
		go func() { ends <- finish(t, command) }()
	}
	for range runs {
		if r := <-ends; r.code != 1 {
			t.Errorf("exit code %d: %s", r.code, r.stderr)
		}
	}
	p.sound(t)
	sameLines(t, slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(linesOf(t, rejects))))
}
