package feedback_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

func TestAGrowingWALIsReported(t *testing.T) {
	path := filepath.Join(t.TempDir(), "playbook.db")
	var notices []string
	loop, err := feedback.Open(t.Context(), path, feedback.WithNotices(func(notice string) { notices = append(notices, notice) }))
	if err != nil {
		t.Fatal(err)
	}
	defer loop.Close()
	details := []byte(`{"mesh": "` + strings.Repeat("x", 4<<20) + `"}`)
	grow := func(megabytes int) {
		for n := range megabytes / 4 {
			apply(t, loop, event.Trial{Number: int64(n), Details: details})
		}
	}
	apply(t, loop, event.Trial{})
	notices = nil

	grow(100)
	if len(notices) != 0 {
		t.Errorf("without a reader: %q", notices)
	}
	reader := openSQL(t, path)
	old, err := reader.Begin()
	if err != nil {
		t.Fatal(err)
	}
	var trials int
	if err := old.QueryRow(`select count(*) from outcomes`).Scan(&trials); err != nil {
		t.Fatal(err)
	}
	grow(100)
	if len(notices) != 1 || !strings.Contains(notices[0], "-wal has grown to ") {
		t.Errorf("with a reader: %q", notices)
	}
	if err := old.Rollback(); err != nil {
		t.Fatal(err)
	}
	grow(12) // enough for a checkpoint, after which SQLite reuses and truncates the WAL
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() > 65<<20 {
		t.Errorf("after the reader has ended: %d bytes, %v", info.Size(), err)
	}
}

func openSQL(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
