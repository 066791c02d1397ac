package atomicfile_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"atomizer-db/feedback/atomicfile"
)

func TestTheModeOfAReplacedFileIsKept(t *testing.T) {
	for name, replace := range map[string]func(string, []byte) error{"written": atomicfile.Write, "staged": stage} {
		for _, mode := range []fs.FileMode{0o600, 0o644, 0o664, 0o666} {
			path := filepath.Join(t.TempDir(), "playbook.json")
			if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
			if err := replace(path, []byte("new")); err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode().Perm() != mode {
				t.Errorf("%s over a file of mode %v: it has %v", name, mode, info.Mode().Perm())
			}
		}
	}
}

func stage(path string, content []byte) error {
	if err := atomicfile.Stage(path, content); err != nil {
		return err
	}
	return atomicfile.Install(path, content)
}
