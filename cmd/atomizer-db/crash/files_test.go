package crash_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// within runs a command that must end by itself soon.
func (p place) within(t *testing.T, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r := finish(t, exec.CommandContext(ctx, program, p.on(args)...))
	if ctx.Err() != nil {
		t.Errorf("%v does not end", args)
	}
	return r
}

func pipe(t *testing.T, path string) {
	t.Helper()
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestLockFilesAreNotFollowedAsLinks puts links where the program keeps its
// locks, as an archive or a shared folder may have them.
func TestLockFilesAreNotFollowedAsLinks(t *testing.T) {
	for _, suffix := range []string{"-queue", "-turn"} {
		p, victim := begun(t), filepath.Join(t.TempDir(), "victim")
		if err := os.Symlink(victim, p.database()+suffix); err != nil {
			t.Fatal(err)
		}
		p.must(t, "items", "add", "str", "advice")
		p.must(t, "finalize")
		if _, err := os.Lstat(victim); err == nil {
			t.Errorf("the link %s was followed and a file was made", suffix)
		}
		p.sound(t)
	}
}

// TestOnlyRegularFilesAreAccepted puts named pipes and devices where files are expected. A command
// says so and does not wait for the other end.
func TestOnlyRegularFilesAreAccepted(t *testing.T) {
	study := studied(t, 20)
	file := filepath.Join(t.TempDir(), "pipe")
	pipe(t, file)
	for name, test := range map[string]struct {
		from place
		at   string // where the pipe is, in the place
		args []string
	}{
		"the database":            {newPlace(t), "playbook.db", []string{"items", "add", "str", "advice"}},
		"a database that is read": {newPlace(t), "playbook.db", []string{"stats"}},
		"its WAL":                 {study, "playbook.db-wal", []string{"stats"}},
		"its index":               {study, "playbook.db-shm", []string{"reset"}},
		"its journal":             {study, "playbook.db-journal", []string{"stats"}},
		"a new playbook.json":     {newPlace(t), "playbook.json", []string{"init"}},
		"an old playbook.json":    {study, "playbook.json", []string{"finalize"}},
		"what is exported":        {study, "playbook.json", []string{"export"}},
		"what is checked":         {study, "playbook.json", []string{"check"}},
		"what is imported":        {study, "", []string{"import", file}},
		"an import as a test":     {newPlace(t), "playbook.json", []string{"import", "--dry-run", file}},
		"the output":              {study, "", []string{"export", "-o", file}},
		"the report":              {study, "", []string{"report", "-o", file}},
		"the rejects":             {study, "", []string{"ingest", "/dev/null", "--keep-going", "--rejects", file}},
		"a backup":                {study, "", []string{"backup", "--force", file}},
	} {
		t.Run(name, func(t *testing.T) {
			p := test.from.copied(t)
			if test.at != "" {
				path := filepath.Join(p.folder, test.at)
				_ = os.Remove(path)
				pipe(t, path)
			}
			r := p.within(t, test.args...)
			if r.code != 1 || !strings.Contains(r.stderr, "is a named pipe") {
				t.Errorf("exit code %d: %s", r.code, r.stderr)
			}
		})
	}
	for _, suffix := range []string{"-queue", "-turn"} {
		t.Run("the lock "+suffix, func(t *testing.T) {
			p := study.copied(t)
			pipe(t, p.database()+suffix)
			if r := p.within(t, "reset"); r.code != 0 {
				t.Errorf("exit code %d: %s", r.code, r.stderr)
			}
			p.sound(t)
		})
	}
	for file, args := range map[string][]string{
		"playbook.db":   {"stats"},
		"playbook.json": {"init"},
		"none":          {"import", "/dev/zero"},
		"nothing":       {"export", "-o", "/dev/null"},
	} {
		t.Run("a device, "+args[0], func(t *testing.T) {
			p := newPlace(t)
			if args[0] == "export" {
				p = study.copied(t)
			}
			if err := os.Symlink("/dev/zero", filepath.Join(p.folder, file)); err != nil {
				t.Fatal(err)
			}
			if r := p.within(t, args...); r.code != 1 || !strings.Contains(r.stderr, "is a device") {
				t.Errorf("exit code %d: %s", r.code, r.stderr)
			}
		})
	}
}

// TestLargeFilesAreRefused offers files that are larger than what is read.
func TestLargeFilesAreRefused(t *testing.T) {
	large := filepath.Join(t.TempDir(), "large.json")
	write(t, large, `{"items": `)
	if err := os.Truncate(large, 3<<30); err != nil { // a hole, which takes no room
		t.Fatal(err)
	}
	p := newPlace(t)
	if r := p.within(t, "import", large); r.code != 1 || !strings.Contains(r.stderr, "is larger than 1024 MiB") {
		t.Errorf("exit code %d: %s", r.code, r.stderr)
	}
	if err := os.Rename(large, p.playbook()); err != nil {
		t.Skip("the temporary folders are on several file systems")
	}
	if r := p.within(t, "init"); r.code != 1 || !strings.Contains(r.stderr, "is larger than 256 MiB") {
		t.Errorf("exit code %d: %s", r.code, r.stderr)
	}
}
