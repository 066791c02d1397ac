package crash_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

// TestAFailedSyncIsReportedAsUnknown has the operating system refuse a sync, after which
// nobody knows what is on the disk.
func TestAFailedSyncIsReportedAsUnknown(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed: it makes a sync fail")
	}
	study, refused := studied(t, 20), 0
	for n := 1; n <= 4; n++ {
		p := study.copied(t)
		args := append([]string{
			"-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync",
			"-e", fmt.Sprintf("inject=fsync,fdatasync:error=EIO:when=%d", n), program,
		}, p.on([]string{"record", "error", "--trial-number", "1", "--error-type", "license", "--error-message", "gone", "--key", "last"})...)
		r := finish(t, exec.CommandContext(t.Context(), strace, args...))
		switch {
		case strings.Contains(r.stderr, "ptrace"):
			t.Skipf("strace cannot be used here: %s", r.stderr)
		case r.code != 0:
			refused++
			failed(t, fmt.Sprintf("sync %d", n), r, "it is not known whether the last events were recorded")
		}
		p.must(t, "record", "error", "--trial-number", "1", "--error-type", "license", "--error-message", "gone", "--key", "last")
		p.sound(t)
		var recorded int
		if p.query(t, &recorded, `select count(*) from ledger where key = 'last'`); recorded != 1 {
			t.Errorf("sync %d: the event is there %d times", n, recorded)
		}
	}
	if refused == 0 {
		t.Error("no sync was refused")
	}
}

// TestTooManyOpenFilesAreReported starts a command with a limit of open files that grows
// until it works.
func TestTooManyOpenFilesAreReported(t *testing.T) {
	p, told := studied(t, 20), false
	const most = 64
	for limit := 5; limit <= most; limit++ {
		script := fmt.Sprintf(`ulimit -n %d && exec "$0" "$@"`, limit)
		r := finish(t, exec.CommandContext(t.Context(), "sh", append([]string{"-c", script, program}, p.on([]string{"stats"})...)...))
		if r.code == 0 {
			break
		}
		told = true
		failed(t, fmt.Sprintf("%d files", limit), r, "too many files are open")
	}
	if !told {
		t.Error("no limit was too low")
	}
}
