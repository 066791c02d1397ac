package crash_test

import (
	"os"
	"strings"
	"testing"
)

// TestFollowStopsWhenItsFileIsReplaced removes, replaces or rewrites a file that
// is being followed. No event of the new file may be recorded.
func TestFollowStopsWhenItsFileIsReplaced(t *testing.T) {
	lines := share(0, 9)
	longer := eventFile(t, lines)
	for name, end := range map[string]struct {
		to   func(path string) error
		code int
		says string
	}{
		"removed": {os.Remove, 1, "was removed or replaced"},
		"replaced": {func(path string) error {
			return os.Rename(longer, path)
		}, 1, "was removed or replaced"},
		"cut": {func(path string) error {
			return os.Truncate(path, 1)
		}, 4, "was cut or written anew"},
		"written anew": {func(path string) error {
			return os.WriteFile(path, []byte(strings.Join(lines[4:], "\n")+"\n"), 0o600)
		}, 4, "was cut or written anew"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			file := eventFile(t, lines[:4])
			p.must(t, "init")
			c := p.start(t, "ingest", file, "--follow")
			p.awaits(t, 4)
			if err := end.to(file); err != nil {
				t.Fatal(err)
			}
			_ = c.end()
			if code := c.command.ProcessState.ExitCode(); code != end.code || !strings.Contains(string(c.stderr.text), end.says) {
				t.Errorf("exit code %d: %s", code, c.stderr.text)
			}
			p.recorded(t, 4)
		})
	}
}
