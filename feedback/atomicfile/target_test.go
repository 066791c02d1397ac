package atomicfile

import (
	"os"
	"path/filepath"
	"testing"
)

func mustWrite(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func wantContent(t *testing.T, path, content string) {
	t.Helper()
	if got, err := os.ReadFile(path); string(got) != content {
		t.Errorf("%s holds %q, %v, want %q", path, got, err, content)
	}
}

func mustLink(t *testing.T, to, at string) {
	t.Helper()
	if err := os.Symlink(to, at); err != nil {
		t.Fatal(err)
	}
}

func TestTheTargetOfALinkIsReplaced(t *testing.T) {
	folder := t.TempDir()
	file, link := filepath.Join(folder, "file.json"), filepath.Join(folder, "link.json")
	mustWrite(t, file, "old")
	mustLink(t, file, link)
	if err := Write(link, []byte("new")); err != nil {
		t.Fatal(err)
	}
	wantContent(t, file, "new")
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
}

// TestAFolderIsOpenedOnce has somebody put a link in place of the folder, and one in
// place of the file, after the folder was opened.
func TestAFolderIsOpenedOnce(t *testing.T) {
	parent, elsewhere := t.TempDir(), t.TempDir()
	folder, moved := filepath.Join(parent, "results"), filepath.Join(parent, "moved")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	victim := filepath.Join(elsewhere, "playbook.json")
	mustWrite(t, victim, "untouched")
	target, err := open(filepath.Join(folder, "playbook.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer target.folder.Close()
	if err := os.Rename(folder, moved); err != nil {
		t.Fatal(err)
	}
	mustLink(t, elsewhere, folder)
	mustLink(t, victim, filepath.Join(moved, "playbook.json"))
	if err := target.replace([]byte("new")); err != nil {
		t.Fatal(err)
	}
	wantContent(t, victim, "untouched")
	wantContent(t, filepath.Join(moved, "playbook.json"), "new")
}
