package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/gofrs/flock"
)

// lockRetry is how often a waiting process looks whether its turn has come.
const lockRetry = 5 * time.Millisecond

// withMigrationLock runs fn while no other process creates or migrates the
// database: goose has no lock of its own for SQLite. The lock is a file beside
// the database, gone when fn has ended.
func withMigrationLock(ctx context.Context, path string, fn func() error) (err error) {
	for {
		lock := flock.New(path + ".lock")
		if _, err := lock.TryLockContext(ctx, lockRetry); err != nil {
			return err
		}
		mine, err := stillThere(lock)
		if err != nil || !mine {
			// Its last holder removed the file between our open and our lock.
			if err := errors.Join(err, lock.Close()); err != nil {
				return err
			}
			continue
		}
		defer func() { err = errors.Join(err, os.Remove(lock.Path()), lock.Close()) }()
		return fn()
	}
}

// stillThere tells whether the locked file is the one that others will find.
func stillThere(lock *flock.Flock) (bool, error) {
	locked, err := lock.Stat()
	if err != nil {
		return false, err
	}
	found, err := os.Stat(lock.Path())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(locked, found), err
}
