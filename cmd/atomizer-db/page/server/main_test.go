package server_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"atomizer-db/store/postgres/pgtest"
	"atomizer-db/testdata/sources"
)

// program is the path of the program, built for these tests.
var program string

func TestMain(m *testing.M) { sources.Main(m, &program) }

// database is a database that processes record in.
type database struct {
	t    *testing.T
	path string
}

func newDatabase(t *testing.T) database {
	t.Helper()
	sources.Track(t)
	return database{t, filepath.Join(t.TempDir(), "x.db")}
}

// onEachEngine runs a test with a new database on each engine.
func onEachEngine(t *testing.T, test func(*testing.T, database)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, newDatabase(t)) })
	t.Run("postgres", func(t *testing.T) {
		sources.Track(t)
		test(t, database{t, pgtest.Address(t)})
	})
}

// run runs the program, which must succeed.
func (d database) run(args ...string) {
	d.t.Helper()
	if output, err := exec.Command(program, append(args, "--db", d.path)...).CombinedOutput(); err != nil {
		d.t.Fatalf("%v: %v: %s", args, err, output)
	}
}

// ingest records events.
func (d database) ingest(study string, events ...string) {
	d.t.Helper()
	cmd := exec.Command(program, "ingest", "-", "--db", d.path, "--study", study)
	cmd.Stdin = strings.NewReader(strings.Join(events, "\n"))
	if output, err := cmd.CombinedOutput(); err != nil {
		d.t.Fatalf("ingest: %v: %s", err, output)
	}
}

// trials returns n trials of a study: each fifth fails, and each tenth is infeasible.
func trials(n int) (events []string) {
	for i := 1; i <= n; i++ {
		event := fmt.Sprintf(`{"type": "trial", "trial_number": %d, "design_variables": {"width": %d, "steel": "S%d"}, "context_items_used": ["str-00001"], `, i, i%17, 235+i%2*120)
		switch {
		case i%10 == 0:
			event += `"success": false, "constraint_violations": ["stress 300 exceeds 250"]}`
		case i%5 == 0:
			event += `"success": false, "errors": ["mesh failed: element inverted"]}`
		default:
			event += fmt.Sprintf(`"success": true, "objective_value": %d.5}`, 2000-i+i%17)
		}
		events = append(events, event)
	}
	return events
}

// served is a running `atomizer-db serve`.
type served struct {
	t       *testing.T
	process *exec.Cmd
	address string // with the token
	base    string // without it, to the last slash
}

// serve starts the server.
func (d database) serve(args ...string) *served {
	d.t.Helper()
	cmd := exec.Command(program, append([]string{"serve", "--listen", "127.0.0.1:0", "--db", d.path}, args...)...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	s := &served{t: d.t, process: cmd}
	d.t.Cleanup(func() {
		if s.process != nil {
			s.stop()
		}
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		d.t.Fatalf("%v: %s", err, stderr.String())
	}
	s.address = strings.TrimSpace(line)
	s.base, _, _ = strings.Cut(s.address, "?")
	return s
}

// stop ends the server as Ctrl-C does.
func (s *served) stop() {
	s.t.Helper()
	if err := errors.Join(s.process.Process.Signal(syscall.SIGINT), s.process.Wait()); err != nil {
		s.t.Errorf("the server ended with %v", err)
	}
	s.process = nil
}

// reply is the answer to a request.
type reply struct {
	status  int
	header  http.Header
	cookies []*http.Cookie
	text    string
}

// get asks for a page. change may change the request.
func (s *served) get(path string, change func(*http.Request)) reply {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.base+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if change != nil {
		change(request)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return reply{answer.StatusCode, answer.Header, answer.Cookies(), string(text)}
}
