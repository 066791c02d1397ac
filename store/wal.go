package store

import (
	"fmt"
	"os"

	"modernc.org/sqlite"
)

// walLimit is the size in bytes that a WAL keeps at most once its content has
// reached the database, and the first size at which its growth is examined.
const walLimit = 64 << 20

// walPages is the number of written pages after which the size of the WAL is read:
// as many as SQLite collects in it before it moves them into the database.
const walPages = 1000

// walWatch says when the WAL is looked at next.
type walWatch struct {
	size  int64 // in bytes, from which on its growth is examined
	pages int   // written by the connection
}

// watchWAL warns when the WAL grows because another program keeps reading an old
// state: SQLite can start it over only when all of it has reached the database and
// nobody reads it any more. It warns again at twice the size. An error here is no
// failure of the transaction before it, which is durable.
//
// It does not read the size after each commit: a file whose times are read has to
// record its next write to the nanosecond, which makes each sync a fifth slower.
func (s *Store) watchWAL(tx *Tx) {
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

// pagesWritten is the number of pages that the connection has written so far.
func (c *connection) pagesWritten() (pages int) {
	_ = c.conn.Raw(func(driver any) error {
		if status, ok := driver.(sqlite.DBStatus); ok {
			pages, _, _ = status.Status(sqlite.DBStatusCacheWrite, false)
		}
		return nil
	})
	return pages
}
