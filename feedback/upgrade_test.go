package feedback_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite"

	"atomizer-db/feedback/event"
	"atomizer-db/feedback/golden"
	migrations "atomizer-db/migrations/sqlite"
	"atomizer-db/store"
	"atomizer-db/store/engine"
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
				if _, err := engine.OpenReadOnly(t.Context(), path); !errors.Is(err, store.ErrOutdated) {
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
			copied := open(t, filepath.Join(t.TempDir(), "playbook.db"))
			if err := loop.AllStudies().Events(t.Context(), func(e event.Event) error { apply(t, copied, e); return nil }); err != nil {
				t.Fatal(err)
			}
			again, err := copied.Performance(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(performance, again); diff != "" {
				t.Errorf("performance (-here +from the events):\n%s", diff)
			}
			if answer := apply(t, loop, event.Reset{Header: event.Header{Key: "after the upgrade"}}); answer[0].Duplicated() {
				t.Error("a new event is answered as a duplicate")
			}
		})
	}
}

// TestUpgradeGivesEachFormatAFrame migrates a database of schema 4, which kept what files
// of other tools hold besides items in the unknown fields.
func TestUpgradeGivesEachFormatAFrame(t *testing.T) {
	path := filepath.Join(t.TempDir(), "playbook.db")
	db, err := sqlx.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db.DB, migrations.FS, goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), 4); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), `
		insert into item_ids (item_no, id) values (1, 'a-1'), (2, 'b-2'), (3, 'mis-00001'), (4, 's-1'), (5, 'str-00001');
		insert into items (item_no, arrival, category, content, fingerprint, created_at, extra) values
			(1, 1, 'str', 'A', x'01', 'c', '{"ace":{"id":"a-1","section":"DO"}}'),
			(2, 2, 'str', 'B', x'02', 'c', '{"ace":{"id":"b-2","section":""},"owner":"bob"}'),
			(3, 3, 'mis', 'C', x'03', 'c', '{"ace":{"id":"a-1","section":"ERRORS","marker":"- ","neutral":4}}'),
			(4, 4, 'str', 'D', x'04', 'c', '{"skillbook":{"id":"s-1","section":"s","cost":1.50,"status":"active"}}'),
			(5, 5, 'str', 'E', x'05', 'c', '{"owner":"alice"}');
		insert into scores (item_no, helpful, harmful) select item_no, item_no, 0 from items;
		insert into imports (path, digest, time_us) values ('x', x'00', 1000000);
		insert into playbook (only, version, changed_us, extra) values (1, 3, 2000000, '{"team":"wing",
			"ace":{"preamble":"---\nx: y\n---","sections":[{"name":"DO","mark":"###","text":"So."},{"name":"ERRORS"},{"name":"EMPTY"}]},
			"skillbook":{"container":"bullets","sections":{"s":["s-1"]},"next_id":7,"note":"n"}}');`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	loop := open(t, path)
	frame := func(name string) string {
		text, err := loop.ImportedFile(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if diff := cmp.Diff("---\nx: y\n---\n[b-2] helpful=2 harmful=0 :: B\n\n### DO\nSo.\n[a-1] helpful=1 harmful=0 :: A\n\n"+
		"## ERRORS\n- [a-1] helpful=3 harmful=0 :: C\n<!-- neutral=4 -->\n\n## EMPTY\n", frame("earlier ACE playbooks")); diff != "" {
		t.Error(diff)
	}
	want := `{"sections":{"s":["s-1"]},"next_id":7,"note":"n","bullets":{"s-1":{"id":"s-1","section":"s","cost":1.5,"status":"active","content":"D","helpful":4}}}`
	if diff := cmp.Diff(golden.Parse(t, []byte(want)), golden.Parse(t, []byte(frame("earlier skillbooks")))); diff != "" {
		t.Error(diff)
	}
	book, text := exported(t, loop)
	if book.CreatedAt != "1970-01-01T00:00:01.000000+00:00" || !strings.Contains(text, `"team": "wing"`) || strings.Count(text, "owner") != 2 ||
		strings.Contains(text, "ace") || strings.Contains(text, "skillbook") {
		t.Errorf("playbook.json is now %s", text)
	}
}
