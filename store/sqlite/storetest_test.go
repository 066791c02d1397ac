package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"

	"atomizer-db/store"
	"atomizer-db/store/sqlite"
	"atomizer-db/store/storetest"
)

func TestContract(t *testing.T) {
	open := func(t *testing.T, path string, options ...store.Option) store.Database {
		t.Helper()
		s, err := sqlite.Open(t.Context(), path, true, options...)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return s
	}
	// Creating a database for each test would take longer than most of them.
	first := filepath.Join(t.TempDir(), "playbook.db")
	if err := open(t, first).Close(); err != nil {
		t.Fatal(err)
	}
	empty, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Run(t, func(t *testing.T, options ...store.Option) store.Database {
		t.Helper()
		path := filepath.Join(t.TempDir(), "playbook.db")
		if err := os.WriteFile(path, empty, 0o600); err != nil {
			t.Fatal(err)
		}
		return open(t, path, options...)
	}, func(t *testing.T, db store.Database) store.Database {
		t.Helper()
		return open(t, db.Path())
	})
}
