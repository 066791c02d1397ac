package sqlite

import (
	"errors"
	"os"
	"strings"
	"testing"

	"atomizer-db/store"
)

// TestWatchNoticesCommitsOfOthers looks before and after commits of another store.
func TestWatchNoticesCommitsOfOthers(t *testing.T) {
	s, release := begin(t)
	release()
	looking, err := OpenReadOnly(t.Context(), s.Path())
	if err != nil {
		t.Fatal(err)
	}
	w, err := looking.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	look := func(want bool, when string) {
		t.Helper()
		if changed, err := w.Changed(t.Context()); changed != want || err != nil {
			t.Errorf("%s: changed %v, %v", when, changed, err)
		}
	}
	look(true, "at the first look")
	look(false, "when nothing was committed")
	for number := range int64(3) {
		if err := s.update(t.Context(), func(tx *writer) error { return recordOne(tx, number+1) }); err != nil {
			t.Fatal(err)
		}
		look(true, "after a commit")
		look(false, "at the second look after it")
	}
	if err := s.view(t.Context(), func(*reader) error { return nil }); err != nil {
		t.Fatal(err)
	}
	look(false, "after a read")
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if err := looking.Close(); err != nil {
		t.Error(err)
	}
}

// TestWatchNoticesThatTheFileWasReplaced removes the file, and puts another in its place.
func TestWatchNoticesThatTheFileWasReplaced(t *testing.T) {
	s, release := begin(t)
	release()
	w, err := s.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Changed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(s.Path(), s.Path()+".old"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Changed(t.Context()); !errors.Is(err, store.ErrReplaced) {
		t.Errorf("removed: %v", err)
	}
	if err := os.WriteFile(s.Path(), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Changed(t.Context()); !errors.Is(err, store.ErrReplaced) {
		t.Errorf("replaced: %v", err)
	}
	if err := os.Rename(s.Path()+".old", s.Path()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Changed(t.Context()); err != nil {
		t.Errorf("put back: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

// TestWatchOfWhatDoesNotFollowSaysSo reads a database as a user does who may not write in its
// folder: with a WAL as a copy, without one as a file that does not change.
func TestWatchOfWhatDoesNotFollowSaysSo(t *testing.T) {
	for name, open := range map[string]func(path string) (*Store, error){
		"a copy": func(path string) (*Store, error) { return openCopy(t.Context(), path, nil) },
		"an immutable file": func(path string) (*Store, error) {
			reader := newStore(path, nil)
			return reader, reader.startFrozen(t.Context())
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, release := begin(t)
			release()
			looking, err := open(s.Path())
			if err != nil {
				t.Fatal(err)
			}
			w, err := looking.Watch(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []bool{true, false} {
				if changed, err := w.Changed(t.Context()); changed != want || err != nil {
					t.Errorf("when nothing was committed: changed %v, %v", changed, err)
				}
			}
			if err := s.update(t.Context(), func(tx *writer) error { return recordOne(tx, 1) }); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Changed(t.Context()); !errors.Is(err, store.ErrReadOnly) || !strings.Contains(err.Error(), "is shown as it was at 20") {
				t.Errorf("after a commit: %v", err)
			}
			if err := errors.Join(w.Close(), looking.Close()); err != nil {
				t.Error(err)
			}
		})
	}
}
