package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	lib "modernc.org/sqlite/lib"

	"atomizer-db/migrations"
)

// Open opens the database at path for reading and writing. A missing one is
// created where create is true, with the folders above it, and is [ErrNotFound]
// otherwise; one with an older schema is migrated. What is not ours
// ([ErrForeign]) or newer than this program ([ErrNewer]) is left untouched.
func Open(ctx context.Context, path string, create bool, options ...Option) (*Store, error) {
	path, state, err := look(ctx, path)
	if err != nil {
		return nil, err
	}
	s := newStore(path, options)
	if state != upToDate {
		if state == missing && !create {
			return nil, notFound(path)
		}
		if s.created, err = migrate(ctx, path); err != nil {
			return nil, explain(err, path)
		}
	}
	if err := s.start(ctx, true); err != nil {
		return nil, err
	}
	s.warnOfFileSystem(ctx)
	return s, nil
}

// OpenReadOnly opens an existing database on connections that cannot write.
// One whose schema is older is [ErrOutdated]: it takes [Open] to migrate it.
// A folder that may not be written to is no hindrance.
func OpenReadOnly(ctx context.Context, path string, options ...Option) (*Store, error) {
	path, state, err := look(ctx, path)
	switch {
	case errors.Is(err, ErrReadOnly) && !quiet(path):
		return openCopy(ctx, path, options)
	case err != nil:
		return nil, err
	case state == missing:
		return nil, notFound(path)
	case state != upToDate:
		return nil, mayNotMigrate(path)
	}
	s := newStore(path, options)
	err = s.start(ctx, false)
	if (errors.Is(err, ErrReadOnly) || errors.Is(err, ErrFull)) && quiet(path) {
		// SQLite may not make the files that go with a WAL, or there is no room
		// for them. There is no WAL, so that the file is all there is.
		s = newStore(path, options)
		err = s.start(ctx, false, "immutable", "1")
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

func mayNotMigrate(path string) error {
	return Fail(ErrOutdated, "%s has an older schema, and may not be migrated: check the permissions of the file and of its folder", path)
}

// openCopy answers from a copy of the database and its journal, for a folder
// that may not be written to: SQLite cannot read a WAL where it may not make the
// index that goes with it.
func openCopy(ctx context.Context, path string, options []Option) (_ *Store, err error) {
	folder, err := os.MkdirTemp("", "atomizer-db-")
	if err != nil {
		return nil, err
	}
	discard := func() error { return os.RemoveAll(folder) }
	defer func() {
		if err != nil {
			err = errors.Join(err, discard())
		}
	}()
	target, err := CopyFiles(folder, path)
	if err != nil {
		return nil, err
	}
	_, state, err := look(ctx, target)
	if err != nil {
		return nil, err
	}
	if state != upToDate {
		return nil, mayNotMigrate(path)
	}
	s := newStore(target, options)
	if err := s.start(ctx, false); err != nil {
		return nil, err
	}
	s.path, s.discard = path, discard
	return s, nil
}

func notFound(path string) error {
	return Fail(ErrNotFound, "no database at %s: `atomizer-db init` makes one, and so does the first event that is recorded", path)
}

// state is what a look at a path finds.
type state int

const (
	missing  state = iota // no file
	unborn                // empty, or killed before the first migration was committed
	outdated              // ours, with an older schema
	upToDate
)

// smallest is the size of SQLite's smallest page: a file that is shorter is no
// database, though SQLite would make one of it.
const smallest = 512

// look finds out what stands at path without changing it, through SQLite
// itself: opening the file beside it would drop the locks that this process
// may hold on it.
func look(ctx context.Context, path string) (absolute string, found state, err error) {
	absolute, err = filepath.Abs(path)
	if err != nil {
		return path, missing, err
	}
	if link, err := os.Lstat(absolute); err == nil && link.Mode()&fs.ModeSymlink != 0 {
		// What goes with a database lies beside the file, not beside a link to it.
		if file, err := filepath.EvalSymlinks(absolute); err == nil {
			absolute = file
		}
	}
	wal, walErr := os.Stat(absolute + "-wal") // looked at first: a new database has its WAL last
	info, err := os.Stat(absolute)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return absolute, missing, nil
	case err != nil:
		return absolute, missing, err
	case info.IsDir():
		return absolute, missing, Fail(ErrForeign, "%s is a folder: name the database file in it", absolute)
	case info.Size() == 0 && walErr == nil && wal.Size() > 0:
		// SQLite would begin anew, and throw the WAL away.
		return absolute, missing, damaged(absolute, errors.New("it is empty, and its WAL is not"))
	case info.Size() == 0:
		return absolute, unborn, nil
	case info.Size() < smallest:
		return absolute, missing, notADatabase(absolute)
	}
	if quiet(absolute) {
		// Nobody writes: reading the file alone leaves nothing beside it, which
		// matters for a file that is not ours.
		found, err = identify(ctx, absolute, readOnly, "immutable", "1")
		if sqliteCode(err) != lib.SQLITE_CORRUPT {
			return absolute, found, explain(err, absolute)
		}
	}
	found, err = identify(ctx, absolute, readOnly)
	if extendedCode(err) == lib.SQLITE_READONLY_ROLLBACK {
		// A kill left a rollback journal: it takes a connection that can write
		// to undo what was begun.
		found, err = identify(ctx, absolute, readWrite)
	}
	return absolute, found, explain(err, absolute)
}

// quiet tells that a database has no journal with changes that its file lacks.
func quiet(path string) bool {
	for _, suffix := range []string{"-wal", "-journal"} {
		if info, err := os.Stat(path + suffix); err == nil && info.Size() > 0 {
			return false
		}
	}
	return true
}

func identify(ctx context.Context, path string, m mode, parameters ...string) (found state, err error) {
	db, err := connect(path, m, parameters...)
	if err != nil {
		return missing, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTxx(ctx, nil) // one state, though others may be making the database
	if err != nil {
		return missing, err
	}
	defer func() {
		ended := tx.Rollback()
		if ctx.Err() != nil {
			err = ctx.Err() // it has ended the transaction, too
			return
		}
		err = errors.Join(err, ended)
	}()
	// Of a database of ours only the header is read, not the schema.
	var application int64
	var version, tables int
	err = errors.Join(tx.GetContext(ctx, &application, `pragma application_id`), tx.GetContext(ctx, &version, `pragma user_version`))
	if err == nil && application == 0 && version == 0 {
		// goose's own table comes before the first migration.
		err = tx.GetContext(ctx, &tables, `
			select count(*) from sqlite_schema
			where type = 'table' and name not like 'sqlite_%' and name <> 'goose_db_version'`)
	}
	switch {
	case err != nil:
		return missing, err
	case application == 0 && version == 0 && tables == 0:
		return unborn, nil
	case application != migrations.ApplicationID:
		return missing, Fail(ErrForeign, "%s is a SQLite database of another program: it is left as it is; name another file, or restore it from a copy if it was ours", path)
	case version > migrations.Version:
		return missing, newerThanUs(path, version)
	case version < migrations.Version:
		return outdated, nil
	}
	return upToDate, nil
}

// warnOfFileSystem tells when the database lies where WAL cannot be trusted.
func (s *Store) warnOfFileSystem(ctx context.Context) {
	if name := networkFileSystem(filepath.Dir(s.path)); name != "" {
		s.notify(fmt.Sprintf("warning: %s is on a network file system (%s), where SQLite's WAL does not work between machines: "+
			"use it from one machine at a time, or move it to a local disk", s.path, name))
		return
	}
	// A copy made by backup, or by hand, may have lost the mode.
	var journal string
	if err := s.writer.GetContext(ctx, &journal, `pragma journal_mode = wal`); err == nil && journal != "wal" {
		s.notify(fmt.Sprintf("warning: %s cannot use SQLite's WAL here (journal mode %s): readers and writers will wait for each other", s.path, journal))
	}
}
