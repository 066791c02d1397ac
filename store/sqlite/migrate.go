package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"

	migrations "atomizer-db/migrations/sqlite"
	"atomizer-db/store"
)

// migrate updates the database to this program's schema. It creates a missing
// database; created reports whether it did. Several processes may call it at once:
// one does the work and the others wait for it.
func migrate(ctx context.Context, path string) (created bool, err error) {
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return false, err
	}
	turns := newTurnstile(path)
	defer turns.close()
	leave, err := turns.enter(ctx) // goose has no lock of its own for SQLite
	if err != nil {
		return false, err
	}
	defer leave()
	_, found, err := look(ctx, path)
	if err != nil || found == upToDate {
		return false, err
	}
	return found != outdated, runMigrationsAgain(ctx, path)
}

// runMigrationsAgain runs the migrations until the database is up to date. If file locks
// do not work, processes that migrate at the same time fail on tables that another one
// has just created.
func runMigrationsAgain(ctx context.Context, path string) error {
	for pause := 10 * time.Millisecond; ; pause *= 2 {
		failed := runMigrations(ctx, path)
		_, now, err := look(ctx, path)
		switch {
		case err != nil:
			return err
		case now == upToDate:
			return nil
		case failed == nil:
			return damaged(path, errors.New("its header has no schema version"))
		case pause > time.Second || isFinal(explain(failed, path)):
			return failed
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// isFinal reports whether trying again cannot help.
func isFinal(err error) bool {
	return errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrReadOnly) || errors.Is(err, store.ErrForeign) || errors.Is(err, context.Canceled)
}

func runMigrations(ctx context.Context, path string) (err error) {
	// WAL is a permanent property of the file. If the file system does not support
	// it, SQLite keeps using a rollback journal.
	db, err := connect(path, readWriteCreate, "_journal_mode", "wal")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := migrateUp(ctx, db); err != nil {
		return fmt.Errorf("migrate %s: %w", path, err)
	}
	// SQLite has synced the file, but not its name in the folder.
	return syncFolder(filepath.Dir(path))
}

// migrateUp runs the migrations that a database lacks.
func migrateUp(ctx context.Context, db *sqlx.DB) error {
	provider, err := goose.NewProvider(goose.DialectSQLite3, db.DB, migrations.FS,
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// makeFolder creates a folder and its parents, and syncs each entry. It also tries to sync
// the entry of the first folder that exists: a process may have made it and died before its
// entry was durable.
func makeFolder(path string) error {
	parent := filepath.Dir(path)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		_ = syncFolder(parent) // not everybody may read it
		return nil
	}
	if err := makeFolder(parent); err != nil {
		return err
	}
	if err := os.Mkdir(path, 0o777); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("create the database's folder: %w", err)
	}
	return syncFolder(parent)
}

func syncFolder(path string) (err error) {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	return folder.Sync()
}
