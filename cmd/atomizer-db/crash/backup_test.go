package crash_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// beside lists what the folder of a copy holds besides the copy, hidden files too.
func beside(t *testing.T, target string) (others []string) {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(filepath.Dir(target), "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range all {
		if path != target {
			others = append(others, path)
		}
	}
	return others
}

func TestABackupToAFullDiskNamesTheCopy(t *testing.T) {
	p, target := studied(t, 300), filepath.Join(t.TempDir(), "copy.db")
	r := p.limited(t, 64<<10, "backup", target)
	failed(t, "backup", r, target+" could not be written")
	if left := beside(t, target); len(left) > 0 {
		t.Errorf("%v were left", left)
	}
	p.must(t, "backup", target)
}

// TestABackupFromAReadOnlyFileSystem mounts one in a name space of its own,
// which takes no rights.
func TestABackupFromAReadOnlyFileSystem(t *testing.T) {
	p, target := studied(t, 300), filepath.Join(t.TempDir(), "copy.db")
	const script = `
		mount -t tmpfs tmpfs "$1" && cp "$2"/* "$1" && mount -o remount,ro "$1" || exit 99
		exec "$0" backup "$3" --db "$1/playbook.db"`
	r := finish(t, exec.CommandContext(t.Context(), "unshare", "-Urm", "sh", "-c", script, program, t.TempDir(), p.folder, target))
	switch {
	case r.code == 99 || strings.Contains(r.stderr, "unshare"):
		t.Skipf("no file system can be mounted here: %s", r.stderr)
	case r.code != 0:
		t.Errorf("exit code %d: %s", r.code, r.stderr)
	}
	p.must(t, "check", "--db", target)
}

// TestABackupRemovesWhatAKilledOneLeft kills backups until one leaves something.
func TestABackupRemovesWhatAKilledOneLeft(t *testing.T) {
	random, p, target := choices(t), studied(t, 1500), filepath.Join(t.TempDir(), "copy.db")
	args := []string{"backup", "--force", target}
	longest := p.took(t, args...)
	const attempts = 500
	for attempt := 0; len(beside(t, target)) == 0; attempt++ {
		if attempt == attempts {
			t.Fatal("no kill came in time")
		}
		p.killed(t, upTo(random, longest), args...)
	}
	p.must(t, args...)
	if left := beside(t, target); len(left) > 0 {
		t.Errorf("%v were left", left)
	}
	p.sound(t)
}
