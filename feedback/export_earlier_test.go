package feedback_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/golden"
	"atomizer-db/feedback/history"
	migrations "atomizer-db/migrations/sqlite"
)

// TestEventsOfAnEarlierSchemaReproduceTheDatabase does the same with databases that did not
// store what they started from, imports and items by hand: where the ledger tells when these
// came, the answers are the same. The histories of items are not, and imports only add items.
func TestEventsOfAnEarlierSchemaReproduceTheDatabase(t *testing.T) {
	folders := t
	migration, err := migrations.FS.ReadFile("00006_playbook_changes.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, insert, _ := strings.Cut(string(migration), "insert into playbook_changes")
	insert, _, found := strings.Cut(insert, ";")
	if !found {
		t.Fatal("the migration stores no first change")
	}
	texts := rapid.SampledFrom([]string{"Reduce step 3", "Solver error: bad thing", "by hand", "one more"})
	byHand := rapid.Map(texts, func(content string) step {
		return step{run: func(l *feedback.Loop) (any, error) {
			item, _, err := l.AddItem(context.Background(), "mis", content)
			return item, err
		}}
	})
	steps := rapid.SliceOfN(rapid.OneOf(recorded(events()), recorded(changes()), byHand), 1, 30)
	rapid.Check(t, func(t *rapid.T) {
		ctx := context.Background()
		path := filepath.Join(folders.TempDir(), "playbook.db")
		if rapid.Bool().Draw(t, "starts from a playbook") {
			text := `{"version": 4, "items": {"mis-00003": {"category": "mis", "content": "first", "helpful_count": 2, "tags": ["a"], "source_trials": [7]},
				"mis-00001": {"category": "mis", "content": "second", "harmful_count": 1}}, "team": "wing"}`
			if err := os.WriteFile(feedback.JSONPath(path), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		begin := func(path string, clock time.Time) *feedback.Loop {
			loop, err := feedback.Open(ctx, path, feedback.WithClock(func() time.Time { return clock }))
			if err != nil {
				t.Fatal(err)
			}
			return loop
		}
		first := begin(path, golden.Clock)
		for _, step := range steps.Draw(t, "history") {
			if _, err := step.run(first); err != nil && !errors.Is(err, feedback.ErrConflict) && !errors.Is(err, feedback.ErrNotFound) {
				t.Fatal(err)
			}
		}
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		forget(t, path, "insert into playbook_changes"+insert)
		first = begin(path, golden.Clock)
		if _, _, err := first.AddItem(ctx, "str", "after the migration"); err != nil {
			t.Fatal(err)
		}
		second := begin(filepath.Join(folders.TempDir(), "playbook.db"), golden.Clock.AddDate(1, 0, 0))
		defer func() { _ = errors.Join(first.Close(), second.Close()) }()
		lines := eventsOf(t, first)
		for _, line := range lines {
			event, err := event.Decode([]byte(line))
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			if _, err := second.AllStudies().Apply(ctx, event); err != nil {
				t.Fatalf("%s: %v\n%s", line, err, strings.Join(lines, "\n"))
			}
		}
		for _, ask := range []func(*feedback.Loop) (any, error){
			func(l *feedback.Loop) (any, error) { return l.Performance(ctx) },
			func(l *feedback.Loop) (any, error) { return l.Studies(ctx) },
			func(l *feedback.Loop) (any, error) { return l.Trials(ctx) },
			func(l *feedback.Loop) (any, error) { return l.Insights(ctx) },
			func(l *feedback.Loop) (any, error) { return l.PlaybookAs(ctx, history.PlaybookJSON) },
			func(l *feedback.Loop) (any, error) { return l.Check(ctx) },
		} {
			want, err := ask(first)
			if err != nil {
				t.Fatal(err)
			}
			got, err := ask(second)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("(-first +second):\n%s\n%s", diff, strings.Join(lines, "\n"))
			}
		}
	})
}

// forget replaces the stored changes of the playbook by what a migration stores.
func forget(t *rapid.T, path, insert string) {
	db, err := sql.Open("sqlite", path)
	if err == nil {
		_, err = db.Exec("delete from playbook_changes; " + insert)
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}
