package store

import "testing"

// TestWatchNoticesCommitsOfOthers looks before and after commits of another store.
func TestWatchNoticesCommitsOfOthers(t *testing.T) {
	s, release := begin(t)
	release()
	reader, err := OpenReadOnly(t.Context(), s.Path())
	if err != nil {
		t.Fatal(err)
	}
	w, err := reader.Watch(t.Context())
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
		if err := s.Update(t.Context(), func(tx *Tx) error { return recordOne(tx, number+1) }); err != nil {
			t.Fatal(err)
		}
		look(true, "after a commit")
		look(false, "at the second look after it")
	}
	if err := s.View(t.Context(), func(*Rx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	look(false, "after a read")
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if err := reader.Close(); err != nil {
		t.Error(err)
	}
}
