package store

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// BusyTimeout is how long a writer waits for other processes before it gives
// up with [ErrBusy].
const BusyTimeout = 60 * time.Second

// mode is SQLite's own name for how a file is opened.
type mode string

const (
	readOnly        mode = "ro"
	readWrite       mode = "rw"
	readWriteCreate mode = "rwc"
)

// connect opens a pool on the file. Only a DSN reaches each connection of the
// pool, so what must hold for all of them stands there.
func connect(path string, m mode, more ...string) (*sqlx.DB, error) {
	query := url.Values{"mode": {string(m)}}
	pragmas := []string{fmt.Sprintf("busy_timeout(%d)", BusyTimeout.Milliseconds())}
	if m == readOnly {
		pragmas = append(pragmas, "query_only(on)")
		query.Set("_defensive", "1")
		query.Set("_dqs", "0") // a mistyped "column" is an error, no text
	} else {
		// FULL: a commit has reached the disk before it is answered.
		pragmas = append(pragmas, "foreign_keys(on)", "synchronous(full)", fmt.Sprintf("journal_size_limit(%d)", walLimit),
			"wal_autocheckpoint(4000)") // in pages: a checkpoint writes the same hot pages, however many commits it follows
		query.Set("_txlock", "immediate")
	}
	query["_pragma"] = pragmas
	for i := 0; i+1 < len(more); i += 2 {
		query.Set(more[i], more[i+1])
	}
	file := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: query.Encode()}
	return sqlx.Open("sqlite", file.String())
}

// pin takes one connection out of a pool of its own, to be kept until closed.
func pin(ctx context.Context, path string, m mode) (*sqlx.DB, *sqlx.Conn, error) {
	db, err := connect(path, m)
	if err != nil {
		return nil, nil, err
	}
	db.SetMaxOpenConns(1)
	conn, err := db.Connx(ctx)
	if err != nil {
		_ = db.Close()
		return nil, nil, err
	}
	return db, conn, nil
}
