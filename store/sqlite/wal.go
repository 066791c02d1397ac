package sqlite

import (
	"fmt"
	"os"

	"modernc.org/sqlite"
)

// walLimit is the size in bytes to which SQLite cuts a WAL after its content has
// reached the database. It is also the first size at which watchWAL examines its growth.
const walLimit = 64 << 20

// walPages is the number of written pages after which the size of the WAL is read.
// SQLite collects as many before it moves them into the database.
const walPages = 1000

// walWatch says when the WAL is examined next.
type walWatch struct {
	size  int64 // when the WAL has this size in bytes
	pages int   // but not before the connection has written this many pages
}

// watchWAL warns when the WAL grows because another program keeps reading an old
// state. SQLite can reuse the WAL from its start only when all of it has reached the
// database and no one reads it any more. watchWAL warns again at twice the size. It
// ignores errors, because the transaction has already been committed.
//
// It does not read the size after each commit: after a stat, the file system records
// the time of the next write more exactly, which makes each sync 20% slower.
func (s *Store) watchWAL(tx *writer) {
	written := tx.conn.pagesWritten()
	if written < s.wal.pages {
		return
	}
	s.wal.pages = written + walPages
	info, err := os.Stat(s.path + "-wal")
	if err != nil || info.Size() < s.wal.size {
		return
	}
	s.wal.size = 2 * info.Size()
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

// pagesWritten returns the number of pages that the connection has written so far.
func (c *connection) pagesWritten() (pages int) {
	_ = c.conn.Raw(func(driver any) error {
		if status, ok := driver.(sqlite.DBStatus); ok {
			pages, _, _ = status.Status(sqlite.DBStatusCacheWrite, false)
		}
		return nil
	})
	return pages
}
