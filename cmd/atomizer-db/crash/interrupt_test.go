package crash_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"atomizer-db/testdata/soak"
	"atomizer-db/testdata/sources"
)

const interruptedCode = 130

// TestAnInterruptedCommandIsCompletedByTheNext interrupts commands at random
// moments, each time from the same start. It then runs them again and compares the result
// with that of an uninterrupted run.
func TestAnInterruptedCommandIsCompletedByTheNext(t *testing.T) {
	study := studied(t, 1000)
	file := eventFile(t, events(choices(t), 4000, false))
	for name, args := range map[string][]string{
		"ingest":   {"ingest", "--source", "more", file},
		"finalize": {"finalize", "--key", "last"},
		"check":    {"check"},
	} {
		t.Run(name, func(t *testing.T) {
			random := choices(t)
			uninterrupted := study.copied(t)
			longest := uninterrupted.took(t, args...)
			want := uninterrupted.state(t).timeless()
			for range soak.Rounds(5) {
				p := study.copied(t)
				r, died := signalled(t, p.command(t, args...), syscall.SIGINT, upTo(random, longest))
				if !died && r.code != 0 && (r.code != interruptedCode || !strings.Contains(r.stderr, "interrupted")) {
					t.Fatalf("exit code %d: %s", r.code, r.stderr)
				}
				p.sound(t)
				p.must(t, args...)
				same(t, want, p.state(t).timeless())
			}
		})
	}
}

func TestAnInterruptedDemoContinues(t *testing.T) {
	sources.Track(t)
	random := choices(t)
	demo := func(folder string) *exec.Cmd {
		return exec.CommandContext(t.Context(), program, "demo", "--dir", folder, "--trials", "150")
	}
	results := func(folder string) place { return place{folder: filepath.Join(folder, "3_results")} }
	folder, began := t.TempDir(), time.Now()
	if r := finish(t, demo(folder)); r.code != 0 {
		t.Fatal(r.stderr)
	}
	longest, want := time.Since(began), results(folder)
	for range soak.Rounds(2) {
		folder := t.TempDir()
		for {
			r, died := signalled(t, demo(folder), syscall.SIGINT, upTo(random, longest))
			if !died && r.code == 0 {
				break
			}
			if !died && r.code != interruptedCode {
				t.Fatalf("exit code %d: %s", r.code, r.stderr)
			}
			results(folder).sound(t)
		}
		var got, wanted string
		const trials = `select json_group_array(json_array(trial_number, success, objective_value, design_variables)) from ledger where type = 'trial'`
		results(folder).query(t, &got, trials)
		want.query(t, &wanted, trials)
		if got != wanted {
			t.Fatal("the trials differ from those of an uninterrupted demo")
		}
	}
}

// TestAWaitingCommandCanBeInterrupted interrupts commands that wait for events, for a file
// to grow, and for another writer.
func TestAWaitingCommandCanBeInterrupted(t *testing.T) {
	random, study := choices(t), studied(t, 50)
	file := eventFile(t, share(0, 20))
	interrupt := func(t *testing.T, c *client) {
		t.Helper()
		if err := c.command.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		for c.out.Scan() { // until the process has ended, although its input is still open
		}
		_ = c.command.Wait()
		if code := c.command.ProcessState.ExitCode(); code != interruptedCode {
			t.Errorf("exit code %d: %s", code, c.stderr.text)
		}
	}
	t.Run("for events", func(t *testing.T) {
		p := study.copied(t)
		c := p.client(t)
		c.send(share(0, 20), 1, 0)
		interrupt(t, c)
		p.recorded(t, 20)
	})
	t.Run("for a file to grow", func(t *testing.T) {
		p := study.copied(t)
		c := p.start(t, "ingest", file, "--follow")
		p.awaits(t, 20)
		appendTo(t, file, strings.Join(share(0, 25)[20:], "\n")+"\n")
		p.awaits(t, 25)
		interrupt(t, c)
		p.recorded(t, 25)
		p.must(t, "ingest", file)
		p.recorded(t, 25)
	})
	for _, args := range [][]string{{"finalize"}, {"export"}, {"ingest", file}, {"items", "add", "str", "advice"}} {
		t.Run("for another writer, "+args[0], func(t *testing.T) {
			p := study.copied(t)
			release := p.hold(t)
			r, died := signalled(t, p.command(t, args...), syscall.SIGINT, 50*time.Millisecond+upTo(random, 100*time.Millisecond))
			if !died && r.code != interruptedCode {
				t.Errorf("exit code %d: %s", r.code, r.stderr)
			}
			release()
			p.sound(t)
			p.must(t, args...)
		})
	}
}

// awaits waits until n events of shares were recorded.
func (p place) awaits(t *testing.T, n int) {
	t.Helper()
	for events := 0; events < n && t.Context().Err() == nil; {
		p.query(t, &events, `select count(*) from ledger where key like '% of %'`)
	}
}

// recorded checks that n events of shares were recorded, each once.
func (p place) recorded(t *testing.T, n int) {
	t.Helper()
	p.sound(t)
	var events int
	p.query(t, &events, `select count(*) from ledger where key like '% of %'`)
	if events != n {
		t.Errorf("%d events were recorded, want %d", events, n)
	}
}

// appendTo appends to a file that is being read.
func appendTo(t *testing.T, path, content string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err == nil {
		_, err = file.WriteString(content)
	}
	if err = errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
}

// hold takes the database's write lock until released.
func (p place) hold(t *testing.T) (release func()) {
	t.Helper()
	db, err := sql.Open("sqlite", p.database())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(context.Background())
	if err == nil {
		_, err = conn.ExecContext(t.Context(), `begin immediate`)
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() { _ = errors.Join(conn.Close(), db.Close()) }
}
