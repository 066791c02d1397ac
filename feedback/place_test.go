package feedback_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/golden"
	"atomizer-db/feedback/history"
	"atomizer-db/store"
	"atomizer-db/store/postgres"
	"atomizer-db/store/postgres/pgtest"
)

func finalize(t *testing.T, loop *feedback.Loop, overwrite bool) (feedback.FinalizeAnswer, error) {
	t.Helper()
	return loop.Finalize(t.Context(), event.Summary{Overwrite: overwrite})
}

// TestAPlaybookOnAServerIsWrittenWhereItIsNamed finalizes without a place, in a study's folder,
// and to a file, each of which is changed by another program.
func TestAPlaybookOnAServerIsWrittenWhereItIsNamed(t *testing.T) {
	address := pgtest.Address(t)
	loop := open(t, address)
	apply(t, loop, event.Trial{Number: 1, Errors: []string{"mesh"}})
	answer, err := finalize(t, loop, false)
	if err != nil || answer.NotExported == "" || answer.InsightsAdded == 0 {
		t.Errorf("without a place: %+v, %v", answer, err)
	}
	if err := loop.Export(t.Context(), false); !errors.Is(err, history.ErrNoFile) {
		t.Errorf("an export without a place: %v", err)
	}

	folder := t.TempDir()
	inFolder := filepath.Join(folder, "3_results", "playbook.json")
	elsewhere := filepath.Join(folder, "learned.json")
	there, err := loop.ExportingTo(t.Context(), elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	for _, place := range []struct {
		path string
		loop *feedback.Loop
	}{
		{inFolder, open(t, address, feedback.WithPlaybookFile(inFolder))},
		{elsewhere, there},
	} {
		for range 2 {
			if answer, err := finalize(t, place.loop, false); err != nil || answer.NotExported != "" {
				t.Fatalf("%s: %+v, %v", place.path, answer, err)
			}
		}
		if _, want := exported(t, loop); string(golden.Read(t, place.path)) != want {
			t.Errorf("%s is not what the playbook holds", place.path)
		}
		changed := strings.Replace(string(golden.Read(t, place.path)), `"helpful_count": `, `"helpful_count": 1`, 1)
		if err := os.WriteFile(place.path, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := finalize(t, place.loop, false); !errors.Is(err, feedback.ErrConflict) || !errors.Is(err, history.ErrFileChanged) {
			t.Errorf("%s was changed: %v", place.path, err)
		}
		result, err := loop.Import(t.Context(), place.path, history.ImportOptions{}) // without being told its place
		if err != nil || !result.Own || !result.Changed {
			t.Errorf("%s: %+v, %v", place.path, result, err)
		}
		if _, err := finalize(t, place.loop, false); err != nil {
			t.Errorf("%s was imported: %v", place.path, err)
		}
	}
	if problems, err := loop.Check(t.Context()); err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
}

// TestAnUnknownFileOfAServerStays finalizes to a file of another program.
func TestAnUnknownFileOfAServerStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "playbook.json")
	const theirs = `{"version": 3, "items": {}}`
	if err := os.WriteFile(path, []byte(theirs), 0o600); err != nil {
		t.Fatal(err)
	}
	loop, err := open(t, pgtest.Address(t)).ExportingTo(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	unknown := &history.FileChangedError{}
	if _, err := finalize(t, loop, false); !errors.As(err, &unknown) || !unknown.Unknown {
		t.Errorf("got %v", err)
	}
	if got := string(golden.Read(t, path)); got != theirs {
		t.Errorf("the file holds %s", got)
	}
	if _, err := finalize(t, loop, true); err != nil {
		t.Error(err)
	}
}

// TestAnInterruptedExportIsCompletedOnItsMachine stages exports that are not completed, here
// and on another machine, and opens the database.
func TestAnInterruptedExportIsCompletedOnItsMachine(t *testing.T) {
	address := pgtest.Address(t)
	folder := t.TempDir()
	own, elsewhere, theirs := filepath.Join(folder, "own.json"), filepath.Join(folder, "file.json"), filepath.Join(folder, "theirs.json")
	open(t, address)
	names := map[string]string{}
	for _, path := range []string{own, elsewhere, theirs} {
		name, err := history.HostPath(path)
		if err != nil {
			t.Fatal(err)
		}
		names[path] = name
	}
	names[theirs] = "other" + names[theirs]
	pending := func(changed func(store.Writer) error) (left []string) {
		t.Helper()
		db, err := postgres.Open(context.WithoutCancel(t.Context()), address, false)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := db.Update(t.Context(), func(tx store.Writer) error {
			left = nil
			for path, name := range names {
				is, err := tx.PlaybookFilePending(name)
				if err != nil {
					return err
				}
				if is {
					left = append(left, filepath.Base(path))
				}
			}
			return changed(tx)
		}); err != nil {
			t.Fatal(err)
		}
		return left
	}
	pending(func(tx store.Writer) error {
		for _, name := range names {
			if err := tx.SetPlaybookFile(name, store.PlaybookFile{Content: []byte("{}"), Digest: []byte(name), Pending: true}); err != nil {
				return err
			}
		}
		return nil
	})
	loop := open(t, address, feedback.ReadOnly(), feedback.WithPlaybookFile(own))
	if string(golden.Read(t, own)) != "{}" {
		t.Error("the file of the study was not written")
	}
	if _, err := loop.ExportingTo(t.Context(), elsewhere); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("a loop that cannot write: %v", err)
	}
	if _, err := open(t, address).ExportingTo(t.Context(), elsewhere); err != nil {
		t.Error(err)
	}
	if string(golden.Read(t, elsewhere)) != "{}" {
		t.Error("the named file was not written")
	}
	open(t, address, feedback.WithPlaybookFile(theirs))
	if _, err := os.Stat(theirs); err == nil {
		t.Error("the file of another machine was written here")
	}
	if left := pending(func(store.Writer) error { return nil }); len(left) != 1 || left[0] != "theirs.json" {
		t.Errorf("pending: %v", left)
	}
}
