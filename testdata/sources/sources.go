// Package sources lets go test see what a test depends on that builds the program itself.
package sources

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Track reads the folders of the program's sources. go test notes what a test reads, and does
// not answer from its cache after it has changed: of a folder, the sizes and times of its files.
// It notes nothing before the first test runs, so TestMain cannot call it.
func Track(t testing.TB) {
	t.Helper()
	if err := track(); err != nil {
		t.Fatal(err)
	}
}

var track = sync.OnceValue(func() error {
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		if root == filepath.Dir(root) {
			return errors.New("no go.mod above the working folder")
		}
		root = filepath.Dir(root)
	}
	for _, folder := range []string{"migrations", "store", "feedback", "cmd"} {
		if err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() && entry.Name() == "testdata" {
				return fs.SkipDir
			}
			return err
		}); err != nil {
			return err
		}
	}
	return nil
})
