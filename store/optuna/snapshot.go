package optuna

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/jmoiron/sqlx"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"atomizer-db/store"
	"atomizer-db/store/regular"
	engine "atomizer-db/store/sqlite"
)

// Optuna's databases mostly use SQLite's rollback mode, in which a reader prevents
// others from committing. So the database is first copied at once, which takes
// milliseconds, and then read from the copy.

// snapshot copies a database into a folder and returns the path of the copy.
func snapshot(ctx context.Context, folder, path string) (string, error) {
	wal, err := inWALMode(path)
	if err != nil {
		return "", err
	}
	for range 3 {
		if wal && !exists(path+"-shm") {
			// No process has it open, and SQLite would create files beside it.
			target, err := engine.CopyFiles(folder, path)
			if err == nil && exists(path+"-shm") {
				continue // a process has opened it in the meantime
			}
			return target, err
		}
		target := filepath.Join(folder, "snapshot.db")
		err := backup(ctx, path, target)
		if e, ok := errors.AsType[*sqlite.Error](err); ok {
			switch e.Code() & 0xff {
			case lib.SQLITE_READONLY, lib.SQLITE_CANTOPEN:
				// A process was killed while it wrote. Recovery has to roll back or
				// complete its write, which is done on a copy.
				return engine.CopyFiles(folder, path)
			}
		}
		return target, err
	}
	return "", store.Fail(store.ErrBusy, "%s was opened and closed repeatedly while it was read: try again", path)
}

// inWALMode reports whether the database uses a WAL, according to its header.
func inWALMode(path string) (bool, error) {
	file, err := regular.Open(path)
	if err != nil {
		return false, err
	}
	header := make([]byte, 20)
	n, err := file.Read(header)
	err = errors.Join(err, file.Close())
	return n == len(header) && header[18] == 2, err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// backup copies the database through SQLite, which waits for writers and keeps others
// from writing during the copy.
func backup(ctx context.Context, path, target string) (err error) {
	db, err := connect(path, "ro")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Connx(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := hold(ctx, conn, path); err != nil {
		return err
	}
	return conn.Raw(func(driver any) error {
		source, ok := driver.(interface {
			NewBackup(string) (*sqlite.Backup, error)
		})
		if !ok {
			return errors.New("the SQLite driver does not support backups")
		}
		copying, err := source.NewBackup(dsn(target, "rwc", "synchronous(off)", "journal_mode(off)")) // nobody needs the copy after a crash
		if err != nil {
			return err
		}
		_, err = copying.Step(-1)
		return errors.Join(err, copying.Finish())
	})
}

// patience is how long one attempt waits for writers.
const patience = 500 * time.Millisecond

// hold starts a read transaction: until the connection is closed, no one can change
// the file. A backup alone would not wait for writers.
func hold(ctx context.Context, conn *sqlx.Conn, path string) error {
	if _, err := conn.ExecContext(ctx, `begin`); err != nil {
		return err
	}
	for range store.BusyTimeout / patience {
		var tables int
		err := conn.GetContext(ctx, &tables, `select count(*) from sqlite_schema`)
		if e, ok := errors.AsType[*sqlite.Error](err); !ok || e.Code()&0xff != lib.SQLITE_BUSY {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return store.Fail(store.ErrBusy, "%s is in use: other processes have been writing for %v; try again", path, store.BusyTimeout)
}

func connect(path, mode string) (*sqlx.DB, error) { return sqlx.Open("sqlite", dsn(path, mode)) }

func dsn(path, mode string, pragmas ...string) string {
	query := url.Values{"mode": {mode}, "_pragma": append(pragmas, fmt.Sprintf("busy_timeout(%d)", patience.Milliseconds()))}
	file := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: query.Encode()}
	return file.String()
}
