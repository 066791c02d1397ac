// Package sources builds the program for tests that run it, and lets go test see what such a
// test depends on.
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
	root, err := root()
	if err != nil {
		return err
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

// root returns the folder of the module.
func root() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		if folder == filepath.Dir(folder) {
			return "", errors.New("no go.mod above the working folder")
		}
		folder = filepath.Dir(folder)
	}
}
