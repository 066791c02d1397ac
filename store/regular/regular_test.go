package regular_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"atomizer-db/store/regular"
)

func TestReadHasALimit(t *testing.T) {
	const limit = 1 << 20
	path := filepath.Join(t.TempDir(), "file")
	for size, ok := range map[int64]bool{0: true, 1: true, limit: true, limit + 1: false} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, size); err != nil {
			t.Fatal(err)
		}
		content, err := regular.Read(path, limit)
		if ok && (err != nil || int64(len(content)) != size) {
			t.Errorf("%d bytes: %d, %v", size, len(content), err)
		}
		if !ok && (err == nil || !strings.Contains(err.Error(), "larger than 1 MiB")) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

func TestReadOfWhatIsNotAFile(t *testing.T) {
	folder := t.TempDir()
	if _, err := regular.Read(filepath.Join(folder, "none"), 1); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	_, err := regular.Read(folder, 1)
	if wrong, ok := errors.AsType[*regular.Error](err); !ok || wrong.Path != folder {
		t.Errorf("a folder: %v", err)
	}
}
