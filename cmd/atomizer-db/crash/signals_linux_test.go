package crash_test

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// unread waits until so many bytes stand in a pipe, or more.
func unread(t *testing.T, pipe *os.File, enough func(bytes int) bool) {
	t.Helper()
	for t.Context().Err() == nil {
		n, err := unix.IoctlGetInt(int(pipe.Fd()), unix.TIOCINQ)
		if err != nil {
			t.Fatal(err)
		}
		if enough(n) {
			return
		}
		runtime.Gosched()
	}
}

// signalOnce sends a process a signal and waits for its end.
func signalOnce(t *testing.T, c *exec.Cmd, s syscall.Signal) {
	t.Helper()
	if err := c.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
	limit := time.AfterFunc(time.Minute, func() { _ = c.Process.Kill() })
	defer limit.Stop()
	_ = c.Wait() // the state tells
}

// TestOneSignalEndsAWaitForInput sends one signal to commands whose input stays open
// and has no more.
func TestOneSignalEndsAWaitForInput(t *testing.T) {
	study := studied(t, 20)
	known := `{"type": "trial", "trial_number": 1, "success": true}` + "\n"
	study.must(t, "ingest", "--source", "known", eventFile(t, []string{strings.TrimSpace(known)}))
	for _, args := range [][]string{
		{"query", "-"},
		{"query", "-f", "/dev/stdin"},
		{"record", "trial", "-"},
		{"record", "error", "-"},
		{"ingest", "-"},
		{"session"},
		{"ingest", "/dev/stdin"},
		{"ingest", "-", "--source", "known"},
	} {
		for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
			t.Run(strings.Join(args, " ")+", "+s.String(), func(t *testing.T) {
				t.Parallel()
				in, out, err := os.Pipe()
				if err != nil {
					t.Fatal(err)
				}
				defer in.Close()
				defer out.Close()
				c := study.copied(t).command(t, args...)
				var said strings.Builder
				c.Stdin, c.Stderr = in, &said
				if _, err := out.WriteString(known[:5]); err != nil {
					t.Fatal(err)
				}
				if err := c.Start(); err != nil {
					t.Fatal(err)
				}
				unread(t, in, func(bytes int) bool { return bytes == 0 })
				signalOnce(t, c, s)
				if code := c.ProcessState.ExitCode(); code != 128+int(s) || !strings.Contains(said.String(), "interrupted") {
					t.Errorf("exit code %d: %s", code, said.String())
				}
			})
		}
	}
}

// TestOneSignalEndsABlockedWrite sends one signal to a command that cannot write its answer,
// because nobody reads it.
func TestOneSignalEndsABlockedWrite(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must(t, "init")
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	room, err := unix.FcntlInt(out.Fd(), unix.F_SETPIPE_SZ, os.Getpagesize())
	if err != nil {
		t.Fatal(err)
	}
	c := p.command(t, "query", "--jsonl", "with recursive n (i) as (select 1 union all select i + 1 from n) select i from n")
	c.Stdout, c.Stderr = out, out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	unread(t, in, func(bytes int) bool { return bytes == room })
	signalOnce(t, c, syscall.SIGTERM)
	if code := c.ProcessState.ExitCode(); code != 128+int(syscall.SIGTERM) {
		t.Errorf("exit code %d", code)
	}
}

// TestEndlessInputIsRefused reads from a device that never ends.
func TestEndlessInputIsRefused(t *testing.T) {
	p := newPlace(t)
	p.must(t, "init")
	zero, err := os.Open("/dev/zero")
	if err != nil {
		t.Fatal(err)
	}
	defer zero.Close()
	for command, limit := range map[string]string{
		"record trial -":     "64 MiB",
		"ingest -":           "64 MiB",
		"session":            "64 MiB",
		"ingest /dev/zero":   "64 MiB",
		"query -":            "16 MiB",
		"query -f /dev/zero": "16 MiB",
	} {
		c := p.command(t, strings.Fields(command)...)
		c.Stdin = zero
		if r := finish(t, c); r.code != 1 || !strings.Contains(r.stderr, "than "+limit) {
			t.Errorf("%s: exit code %d: %s", command, r.code, r.stderr)
		}
	}
}
