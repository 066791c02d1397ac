package crash_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"atomizer-db/testdata/soak"
)

// signalled runs a command, sends it a signal after a time, and returns its result.
// signal reports whether the signal ended the process.
func signalled(t *testing.T, command *exec.Cmd, s syscall.Signal, after time.Duration) (r result, signal bool) {
	t.Helper()
	var stdout, stderr strings.Builder
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = command.Process.Signal(s) })
	defer timer.Stop()
	_ = command.Wait() // the result is in ProcessState
	status, _ := command.ProcessState.Sys().(syscall.WaitStatus)
	return result{status.ExitStatus(), stdout.String(), stderr.String()}, status.Signaled() && status.Signal() == s
}

// killed runs a command and kills it after a time. finished reports whether the command
// ended before that.
func (p place) killed(t *testing.T, after time.Duration, args ...string) (finished bool) {
	t.Helper()
	r, killed := signalled(t, p.command(t, args...), syscall.SIGKILL, after)
	if !killed && r.code != 0 {
		t.Fatalf("%v: exit code %d: %s", args, r.code, r.stderr)
	}
	return !killed
}

func TestAKilledIngestContinues(t *testing.T) {
	t.Parallel()
	random := choices(t)
	file := eventFile(t, events(random, 6000, false))
	args := []string{"ingest", "--source", "events", file}
	uninterrupted := begun(t)
	longest := uninterrupted.took(t, args...)
	want := uninterrupted.answers(t)
	for kills := 0; kills < soak.Rounds(25); {
		p := begun(t)
		for !p.killed(t, upTo(random, longest), args...) {
			kills++
			p.sound(t)
		}
		p.sound(t)
		same(t, want, p.answers(t))
	}
}

func TestAcknowledgedEventsAreRecordedOnceDespiteKills(t *testing.T) {
	random := choices(t)
	lines := events(random, 2000, true)
	uninterrupted := begun(t)
	uninterrupted.must(t, "ingest", eventFile(t, lines))
	want := uninterrupted.answers(t)
	for range soak.Rounds(1) {
		p, answered := begun(t), 0
		for answered < len(lines) {
			c := p.client(t)
			fresh := c.send(lines[answered:], 1+random.IntN(64), 1+random.IntN(50))
			_ = c.end()
			if fresh > 0 && random.IntN(3) == 0 {
				fresh = random.IntN(fresh) // as if the client had died too and lost some answers
			}
			answered += fresh
			p.sound(t)
		}
		same(t, want, p.answers(t))
	}
}

// TestAKilledCommandIsCompletedByTheNext kills commands at random moments, each time
// from the same start, and checks what they left. It then runs them again and compares
// the result with that of an uninterrupted run.
func TestAKilledCommandIsCompletedByTheNext(t *testing.T) {
	study := studied(t, 1500)
	study.must(t, "finalize", "--key", "first")
	study.must(t, "ingest", "--source", "more", eventFile(t, events(choices(t), 1000, false)[:150]))
	wrong := study.copied(t)
	wrong.execute(t, `update scores set helpful = helpful + 7`, `update studies set trials = trials + 1`, `delete from study_items`, `delete from scores where item_no = 3`)
	for name, test := range map[string]struct {
		from  place
		args  []string
		wrong bool // check reports problems until the command has repaired them
	}{
		"finalize":       {from: study, args: []string{"finalize", "--key", "last", "--name", "bracket", "--total-trials", "9"}},
		"export":         {from: study, args: []string{"export"}},
		"first opening":  {from: begun(t), args: []string{"init"}},
		"check":          {from: study, args: []string{"check"}},
		"check --repair": {from: wrong, args: []string{"check", "--repair"}, wrong: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			random := choices(t)
			uninterrupted := test.from.copied(t)
			longest := uninterrupted.took(t, test.args...)
			want := uninterrupted.state(t).timeless()
			for range soak.Rounds(15) {
				p := test.from.copied(t)
				p.killed(t, upTo(random, longest), test.args...)
				p.whole(t)
				if !test.wrong {
					p.sound(t)
				}
				p.must(t, test.args...)
				same(t, want, p.state(t).timeless())
			}
		})
	}
}

// TestPlaybookFileIsNeverSeenHalfWritten reads playbook.json continuously, while a study
// that finalizes often is recorded by processes that are killed.
func TestPlaybookFileIsNeverSeenHalfWritten(t *testing.T) {
	p := begun(t)
	var lines []string
	for i, line := range share(0, 150) {
		lines = append(lines, line, fmt.Sprintf(`{"type": "finalize", "name": "part %d"}`, i))
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				if content, err := os.ReadFile(p.playbook()); err != nil || !json.Valid(content) {
					t.Errorf("playbook.json is not whole (%d bytes), %v", len(content), err)
					return
				}
			}
		}
	}()
	for rest := lines; len(rest) > 0; {
		c := p.client(t)
		rest = rest[c.send(rest, 1, 100):]
		_ = c.end()
	}
	close(stop)
	<-stopped
	p.sound(t)
}
