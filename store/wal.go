package store

import (
	"fmt"
	"os"
)

// walLimit is the size in bytes that a WAL keeps at most once its content has
// reached the database, and at which growth is looked into.
const walLimit = 64 << 20

// walPages is after how many pages the size of the WAL is looked at: as many as
// SQLite lets gather in it before it puts them into the database.
const walPages = 1000

// watchWAL tells when the WAL grows because somebody keeps reading an old state:
// SQLite can start it over only when all of it has reached the database and
// nobody reads it any more. It looks again at twice the size. That it cannot
// look is no failure of the transaction before it, which is durable.
//
// It does not look after each commit: a file whose times are asked for must
// have its next write noted to the nanosecond, and that makes each sync dearer
// by a fifth.
func (s *Store) watchWAL(tx *Tx) {
	written := tx.direct.pagesWritten()
	if written < s.walLook {
		return
	}
	s.walLook = written + walPages
	info, err := os.Stat(s.path + "-wal")
	if err != nil || info.Size() < s.walWatch {
		return
	}
	s.walWatch = 2 * info.Size()
	var progress struct {
		Busy int64 `db:"busy"`
		Log  int64 `db:"log"`          // pages in the WAL
		Done int64 `db:"checkpointed"` // of them, in the database
	}
	if _, err := tx.get(&progress, `pragma wal_checkpoint(passive)`); err == nil && progress.Done < progress.Log {
		s.notify(fmt.Sprintf("warning: %s-wal has grown to %d MiB, because another program has kept reading one state of the database: "+
			"end its transaction (a shell or a notebook left open?), then the file shrinks by itself; nothing is lost", s.path, info.Size()>>20))
	}
}
