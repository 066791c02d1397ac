package server

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"testing"

	"atomizer-db/cmd/atomizer-db/page"
	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

// TestSelectionIsMadeOnlyForItsStudy records in another study, and then in the one whose sorted
// trials are followed.
func TestSelectionIsMadeOnlyForItsStudy(t *testing.T) {
	loop, err := feedback.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := loop.Monitor(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(m.Close(), loop.Close()); err != nil {
			t.Error(err)
		}
	})
	record := func(study string, number int64) { // and wait until the monitor has read it
		t.Helper()
		before, err := m.LastEvent(t.Context(), study)
		if err != nil && !errors.Is(err, feedback.ErrNotFound) {
			t.Fatal(err)
		}
		if _, err := loop.Study(study).RecordTrial(t.Context(), event.Trial{Number: number, Success: true}); err != nil {
			t.Fatal(err)
		}
		for last := before; last == before; {
			changed := m.Changed()
			if last, err = m.LastEvent(t.Context(), study); err != nil {
				t.Fatal(err)
			}
			if last == before {
				<-changed
			}
		}
	}
	record("bracket", 1)
	answer := httptest.NewRecorder()
	out := events{answer, http.NewResponseController(answer)}
	f := follower{server: &Server{monitor: m}, page: page.TrialsPage, query: url.Values{"study": {"bracket"}, "sort": {"objective"}}, has: map[string]string{}, made: -1}
	for _, step := range []struct {
		study string
		made  bool
	}{{"", true}, {"", false}, {"other", false}, {"bracket", true}, {"", false}} {
		if step.study != "" {
			record(step.study, 2)
		}
		if made, err := f.update(t.Context(), out); made != step.made || err != nil {
			t.Errorf("after an event of %q: made %v, %v", step.study, made, err)
		}
	}
}
