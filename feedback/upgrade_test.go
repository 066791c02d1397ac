package feedback_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/feedback/event"
	"atomizer-db/feedback/golden"
	"atomizer-db/migrations"
	"atomizer-db/store"
)

// TestDatabasesOfEveryReleasedSchemaOpen migrates the databases in testdata. Each was
// written by an earlier version of the program and is named by its schema. The answers
// must be those of that version.
func TestDatabasesOfEveryReleasedSchemaOpen(t *testing.T) {
	shipped, err := filepath.Glob("../testdata/databases/*.db")
	if err != nil || len(shipped) == 0 {
		t.Fatal(shipped, err)
	}
	for _, database := range shipped {
		name := strings.TrimSuffix(filepath.Base(database), ".db")
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "playbook.db")
			if err := os.WriteFile(path, golden.Read(t, database), 0o666); err != nil {
				t.Fatal(err)
			}
			schema, err := strconv.Atoi(name)
			if err != nil {
				t.Fatal(err)
			}
			if schema < migrations.Version {
				if _, err := store.OpenReadOnly(t.Context(), path); !errors.Is(err, store.ErrOutdated) {
					t.Errorf("reading alone: %v", err)
				}
			}
			loop := open(t, path)
			performance, err := loop.Performance(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			want := golden.Parse(t, golden.Read(t, strings.TrimSuffix(database, ".db")+".performance.json"))
			if diff := cmp.Diff(want, golden.Reencode(t, performance)); diff != "" {
				t.Errorf("performance (-then +now):\n%s", diff)
			}
			if answer := apply(t, loop, event.Reset{Header: event.Header{Key: "after the upgrade"}}); answer[0].Duplicated() {
				t.Error("a new event is answered as a duplicate")
			}
		})
	}
}
