package atomicfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"atomizer-db/feedback/atomicfile"
)

func TestWriteKeepsTheFileMode(t *testing.T) {
	for _, mode := range []fs.FileMode{0o600, 0o644, 0o664, 0o666} {
		path := filepath.Join(t.TempDir(), "playbook.json")
		if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if err := atomicfile.Write(path, []byte("new")); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != mode {
			t.Errorf("a file of mode %v was replaced by one of mode %v", mode, info.Mode().Perm())
		}
	}
}

func TestProbe(t *testing.T) {
	folder := t.TempDir()
	if err := atomicfile.Probe(filepath.Join(folder, "playbook.json")); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
	if err := atomicfile.Probe(folder); err == nil {
		t.Error("no error for a folder")
	}
	if err := atomicfile.Probe(filepath.Join(folder, "none", "playbook.json")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file in a folder that does not exist: %v", err)
	}
}
