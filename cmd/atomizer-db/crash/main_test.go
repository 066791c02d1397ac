// Package crash_test runs the program as real processes, many at once. It kills and
// interrupts them, fills their disk and damages their files. Use -seed to try other
// moments and places, and SOAK to try more of them.
package crash_test

import (
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"atomizer-db/testdata/sources"
)

var seed = flag.Uint64("seed", 1, "the seed of all random choices")

// program is the path of the program, built for these tests.
var program string

func TestMain(m *testing.M) { sources.Main(m, &program) }

// choices returns random choices that depend only on the test and the seed.
func choices(t *testing.T) *rand.Rand {
	t.Helper()
	sum := *seed
	for _, c := range t.Name() {
		sum = sum*31 + uint64(c)
	}
	return rand.New(rand.NewPCG(*seed, sum))
}

// upTo returns a random duration from 0 to longest.
func upTo(random *rand.Rand, longest time.Duration) time.Duration {
	return time.Duration(random.Int64N(int64(longest) + 1))
}

// place is a folder with a database and its playbook.json. The database may be on a server.
type place struct{ folder, server string }

func newPlace(t *testing.T) place {
	t.Helper()
	sources.Track(t)
	return place{folder: t.TempDir()}
}

func (p place) database() string {
	if p.server != "" {
		return p.server
	}
	return filepath.Join(p.folder, "playbook.db")
}
func (p place) playbook() string { return filepath.Join(p.folder, "playbook.json") }

// copied returns a new place with the same files.
func (p place) copied(t *testing.T) place {
	t.Helper()
	twin := newPlace(t)
	if err := os.CopyFS(twin.folder, os.DirFS(p.folder)); err != nil {
		t.Fatal(err)
	}
	return twin
}

// on adds the database to a command line.
func (p place) on(args []string) []string {
	return append(append([]string{}, args...), "--db", p.database())
}

func (p place) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	return exec.CommandContext(t.Context(), program, p.on(args)...)
}

// result is the result of a process: its exit code (-1: a signal ended it) and output.
type result struct {
	code           int
	stdout, stderr string
}

// finish runs a command to its end, which must not be a panic.
func finish(t *testing.T, command *exec.Cmd) result {
	t.Helper()
	r := outcome(t, command)
	if strings.Contains(r.stderr, "goroutine ") {
		t.Fatalf("%v: a stack trace: %s", command.Args, r.stderr)
	}
	return r
}

// outcome runs a command to its end, whatever that is.
func outcome(t *testing.T, command *exec.Cmd) result {
	t.Helper()
	var stdout, stderr strings.Builder
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		t.Fatal(err)
	}
	return result{command.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

func (p place) run(t *testing.T, args ...string) result {
	t.Helper()
	return finish(t, p.command(t, args...))
}

// must runs a command that has to succeed, and returns its output.
func (p place) must(t *testing.T, args ...string) string {
	t.Helper()
	r := p.run(t, args...)
	if r.code != 0 {
		t.Fatalf("%v: exit code %d: %s", args, r.code, r.stderr)
	}
	return r.stdout
}

// took runs a command that has to succeed, and returns how long it took.
func (p place) took(t *testing.T, args ...string) time.Duration {
	t.Helper()
	began := time.Now()
	p.must(t, args...)
	return time.Since(began)
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
