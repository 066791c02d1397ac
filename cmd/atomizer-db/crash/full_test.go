package crash_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// failed checks that a command has failed with one line that contains words.
func failed(t *testing.T, what string, r result, words string) {
	t.Helper()
	if r.code != 1 || strings.Count(r.stderr, "\n") != 1 || !strings.Contains(r.stderr, words) {
		t.Errorf("%s: exit code %d: %s%s", what, r.code, r.stdout, r.stderr)
	}
}

// limited runs a command that may only write files of at most the given size in bytes.
func (p place) limited(t *testing.T, bytes int, args ...string) result {
	t.Helper()
	script := fmt.Sprintf(`ulimit -f %d && exec "$0" "$@"`, bytes/512)
	return finish(t, exec.CommandContext(t.Context(), "sh", append([]string{"-c", script, program}, p.on(args)...)...))
}

// TestAFullDiskLosesNothing limits the size of files to various values and then removes
// the limit. The same command must then work, and nothing may be lost or recorded twice.
func TestAFullDiskLosesNothing(t *testing.T) {
	study := studied(t, 400)
	file := eventFile(t, events(choices(t), 3000, false))
	for name, args := range map[string][]string{
		"ingest":   {"ingest", "--source", "more", file},
		"finalize": {"finalize", "--key", "last"},
	} {
		t.Run(name, func(t *testing.T) {
			uninterrupted := study.copied(t)
			uninterrupted.must(t, args...)
			want, whole := uninterrupted.state(t).timeless(), 0
			largest := max(size(t, uninterrupted, "playbook.db"), size(t, uninterrupted, "playbook.json"))
			// The WAL of a run may be larger than the database.
			for limit := 0; limit < 4*largest; limit += largest / 4 / 512 * 512 {
				p := study.copied(t)
				r := p.limited(t, limit, args...)
				if r.code == 0 {
					whole++
				} else {
					failed(t, fmt.Sprintf("%s with %d bytes", name, limit), r, p.folder)
				}
				p.sound(t)
				p.must(t, args...)
				same(t, want, p.state(t).timeless())
			}
			if whole == 0 {
				t.Error("no limit was large enough")
			}
		})
	}
}

// TestAFullFileSystemLosesNothing does the same on a small file system, which another
// file fills.
func TestAFullFileSystemLosesNothing(t *testing.T) {
	file := eventFile(t, events(choices(t), 3000, false))
	uninterrupted, p := begun(t), begun(t)
	for _, args := range [][]string{{"ingest", "--source", "events", file}, {"finalize", "--key", "last"}} {
		uninterrupted.must(t, args...)
	}
	// Mounted in a namespace of its own, which does not need root.
	const script = `
		mount -t tmpfs -o size=256k tmpfs "$1" && cp "$2"/* "$1" && cd "$1" || exit 99
		export ATOMIZER_DB="$1/playbook.db"
		answer() { "$0" "$@"; echo "code $?"; }
		answer ingest --source events "$3"
		mount -o remount,size=8m "$1"
		answer ingest --source events "$3"
		dd if=/dev/zero of=rest bs=4k 2>/dev/null
		answer finalize --key last
		answer stats
		rm rest
		answer finalize --key last
		cp playbook.* "$2"`
	r := finish(t, exec.CommandContext(t.Context(), "unshare", "-Urm", "sh", "-c", script, program, t.TempDir(), p.folder, file))
	if !strings.Contains(r.stdout, "code ") {
		t.Skipf("no file system can be mounted here: %s", r.stderr)
	}
	var codes []string
	for line := range strings.Lines(r.stdout) {
		if code, ok := strings.CutPrefix(line, "code "); ok {
			codes = append(codes, strings.TrimSpace(code))
		}
	}
	if !slices.Equal(codes, []string{"1", "0", "1", "0", "0"}) {
		t.Errorf("the exit codes are %v: %s%s", codes, r.stdout, r.stderr)
	}
	p.sound(t)
	same(t, uninterrupted.state(t).timeless(), p.state(t).timeless())
}

// TestAFolderWithoutWritePermission checks that a finalize fails as a whole and that
// questions are still answered.
func TestAFolderWithoutWritePermission(t *testing.T) {
	p := studied(t, 300)
	want := p.files(t)
	elsewhere := newPlace(t)
	if err := os.Chmod(elsewhere.folder, 0o777); err != nil {
		t.Fatal(err)
	}
	for path := p.folder; path != os.TempDir(); path = filepath.Dir(path) {
		if err := os.Chmod(path, 0o555); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(path, 0o755) })
	}
	other := func(args ...string) result {
		command := p.command(t, args...)
		if os.Getuid() == 0 { // root may write everywhere
			command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		}
		return finish(t, command)
	}
	for _, args := range [][]string{{"finalize"}, {"export"}, {"reset"}} {
		failed(t, args[0], other(args...), "permission")
	}
	for _, question := range questions {
		if r := other(question...); r.code != 0 {
			t.Errorf("%v: exit code %d: %s", question, r.code, r.stderr)
		}
	}
	if r := other("backup", elsewhere.database()); r.code != 0 {
		t.Errorf("backup: exit code %d: %s", r.code, r.stderr)
	} else {
		elsewhere.must(t, "check")
	}
	for path, content := range p.files(t) {
		if string(content) != string(want[path]) {
			t.Errorf("%s was changed", path)
		}
	}
	if err := os.Chmod(p.folder, 0o755); err != nil {
		t.Fatal(err)
	}
	p.must(t, "finalize")
	p.sound(t)
}
