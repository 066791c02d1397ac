package sqlite

import (
	"context"
	"os"
	"time"
)

// frozen is the state of a database's files when it was opened in a way that shows no later
// commit: as a copy, or as a file that does not change. Users without write permission in the
// folder read it so.
type frozen struct {
	at        time.Time // UTC
	file, wal stamp
}

// stamp tells two states of a file apart. Its zero value is that of a missing or empty one.
type stamp struct {
	size    int64
	changed time.Time
}

func freeze(path string, at time.Time) *frozen {
	return &frozen{at: at, file: stampOf(path), wal: stampOf(path + "-wal")}
}

// startFrozen opens a database that has no WAL as a file that does not change.
func (s *Store) startFrozen(ctx context.Context) error {
	s.frozen = freeze(s.path, s.now())
	return s.start(ctx, false, "immutable", "1")
}

func stampOf(path string) stamp {
	info, err := os.Stat(path)
	if err != nil || info.Size() == 0 {
		return stamp{}
	}
	return stamp{info.Size(), info.ModTime()}
}

// check returns an [ErrReadOnly] if the files have changed since.
func (f *frozen) check(path string) error {
	if now := freeze(path, f.at); *now != *f {
		return outOfDate(path, f.at)
	}
	return nil
}
