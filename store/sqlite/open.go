package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	lib "modernc.org/sqlite/lib"

	migrations "atomizer-db/migrations/sqlite"
	"atomizer-db/store"
	"atomizer-db/store/regular"
)

// Open opens the database at path for reading and writing. If it does not exist, Open
// creates it and its folders if create is true, and returns [ErrNoDatabase] otherwise; an
// empty file is no database. It migrates a database with an older schema. It does not
// change files of other programs ([ErrForeign]), of unreleased versions ([ErrEarlier]) and
// of newer versions ([ErrNewer]).
func Open(ctx context.Context, path string, create bool, options ...store.Option) (*Store, error) {
	path, state, err := look(ctx, path)
	if err != nil {
		return nil, err
	}
	s := newStore(path, options)
	if state != upToDate {
		if err := state.absent(path); err != nil && !create {
			return nil, err
		}
		if s.created, err = migrate(ctx, path); err != nil {
			return nil, explain(err, path)
		}
	}
	if err := s.start(ctx, true); err != nil {
		return nil, err
	}
	if err := syncWAL(path); err != nil {
		return nil, errors.Join(explain(err, path), s.Close())
	}
	s.warnOfFileSystem(ctx)
	return s, nil
}

// syncWAL makes commits durable that were found in the WAL and whose process died before
// it could sync them. Without it, what builds on them (an answer to an event that came
// again, an exported file) could outlive them in a power cut.
func syncWAL(path string) (err error) {
	info, err := os.Stat(path + "-wal")
	if errors.Is(err, fs.ErrNotExist) || (err == nil && info.Size() == 0) {
		return nil
	}
	if err != nil {
		return err
	}
	wal, err := os.OpenFile(path+"-wal", os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, wal.Close()) }()
	return wal.Sync()
}

// OpenReadOnly opens an existing database on connections that cannot write. It
// returns [ErrOutdated] for an older schema, which [Open] migrates. It also works in
// a folder without write permission.
func OpenReadOnly(ctx context.Context, path string, options ...store.Option) (*Store, error) {
	path, state, err := look(ctx, path)
	switch absent := state.absent(path); {
	case errors.Is(err, store.ErrReadOnly) && !quiet(path):
		return openCopy(ctx, path, options)
	case err != nil:
		return nil, err
	case absent != nil:
		return nil, absent
	case state != upToDate:
		return nil, mayNotMigrate(path)
	}
	s := newStore(path, options)
	err = s.start(ctx, false)
	if (errors.Is(err, store.ErrReadOnly) || errors.Is(err, store.ErrFull)) && quiet(path) {
		// SQLite cannot create the files that it needs for a WAL, or the disk is
		// full. There is no WAL, so the file is complete.
		s = newStore(path, options)
		err = s.startFrozen(ctx)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// openCopy opens a copy of the database and its journal. It is for folders without
// write permission, where SQLite cannot create the index that it needs to read a WAL.
func openCopy(ctx context.Context, path string, options []store.Option) (_ *Store, err error) {
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
	original := freeze(path, newStore(path, options).now()) // before it is read
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
	s.path, s.discard, s.frozen = path, discard, original
	return s, nil
}

// state says what a path contains.
type state int

const (
	missing  state = iota // no file
	empty                 // a file of no bytes
	unborn                // its creation was interrupted before the first migration
	outdated              // a database of atomizer-db with an older schema
	upToDate
)

// absent returns the error of a path without a database, nil if there is one.
func (s state) absent(path string) error {
	switch s {
	case missing:
		return notFound(path)
	case empty:
		return emptyFile(path)
	}
	return nil
}

// smallest is the size in bytes of SQLite's smallest page. SQLite would overwrite a
// shorter file with a database.
const smallest = 512

// look finds out what path contains, without changing it. It reads through SQLite:
// opening and closing the file directly would release the locks that this process may
// hold on it.
func look(ctx context.Context, path string) (absolute string, found state, err error) {
	absolute, err = filepath.Abs(path)
	if err != nil {
		return path, missing, err
	}
	if link, err := os.Lstat(absolute); err == nil && link.Mode()&fs.ModeSymlink != 0 {
		// SQLite's other files are beside the database file, not beside a link to it.
		if file, err := filepath.EvalSymlinks(absolute); err == nil {
			absolute = file
		}
	}
	wal, walErr := os.Stat(absolute + "-wal") // before the file, because a new database gets its WAL last
	if err := checkCompanions(absolute); err != nil {
		return absolute, missing, err
	}
	info, err := os.Stat(absolute)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return absolute, missing, nil
	case err != nil:
		return absolute, missing, err
	case info.IsDir():
		return absolute, missing, store.Fail(store.ErrForeign, "%s is a folder: name the database file in it", absolute)
	case !info.Mode().IsRegular():
		return absolute, missing, store.Fail(store.ErrForeign, "%v", regular.Check(absolute, info.Mode()))
	case info.Size() == 0 && walErr == nil && wal.Size() > 0:
		// SQLite would begin a new database and delete the WAL.
		return absolute, missing, damaged(absolute, errors.New("it is empty, but its WAL is not"))
	case info.Size() == 0:
		return absolute, empty, nil
	case info.Size() < smallest:
		return absolute, missing, notADatabase(absolute)
	}
	if quiet(absolute) {
		// No process is writing. Opened as immutable, SQLite creates no files beside
		// it, which matters for files of other programs.
		found, err = identify(ctx, absolute, readOnly, "immutable", "1")
		if sqliteCode(err) != lib.SQLITE_CORRUPT {
			return absolute, found, explain(err, absolute)
		}
	}
	found, err = identify(ctx, absolute, readOnly)
	if extendedCode(err) == lib.SQLITE_READONLY_ROLLBACK {
		// A killed process left a rollback journal. Only a connection that can write
		// can roll it back.
		found, err = identify(ctx, absolute, readWrite)
	}
	return absolute, found, explain(err, absolute)
}

// checkCompanions returns an error if something else than a regular file stands where
// SQLite keeps a file beside the database. SQLite follows no link there, but would
// wait for somebody to open the other end of a named pipe.
func checkCompanions(path string) error {
	for _, suffix := range []string{"-wal", "-shm", "-journal"} {
		if info, err := os.Lstat(path + suffix); err == nil && !info.Mode().IsRegular() {
			return store.Fail(store.ErrForeign, "%v", regular.Check(path+suffix, info.Mode()))
		}
	}
	return nil
}

// quiet reports whether a database has no journal with changes that its file lacks.
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
	tx, err := db.BeginTxx(ctx, nil) // one snapshot, because another process may be creating the database
	if err != nil {
		return missing, err
	}
	defer func() {
		ended := tx.Rollback()
		if ctx.Err() != nil {
			err = ctx.Err() // it has also ended the transaction
			return
		}
		err = errors.Join(err, ended)
	}()
	// Only the header is read, not the schema, which would take longer.
	var application int64
	var version, tables int
	err = errors.Join(tx.GetContext(ctx, &application, `pragma application_id`), tx.GetContext(ctx, &version, `pragma user_version`))
	if err == nil && application == 0 && version == 0 {
		// goose creates its own table before the first migration.
		err = tx.GetContext(ctx, &tables, `
			select count(*) from sqlite_schema
			where type = 'table' and name not like 'sqlite_%' and name <> 'goose_db_version'`)
	}
	switch {
	case err != nil:
		return missing, err
	case application == 0 && version == 0 && tables == 0:
		return unborn, nil
	case application == migrations.EarlierApplicationID:
		return missing, earlierThanUs(path)
	case application != migrations.ApplicationID:
		return missing, anotherProgram(path)
	case version > migrations.Version:
		return missing, newerThanUs(path, version, migrations.Version)
	case version < migrations.Version:
		return outdated, nil
	}
	return upToDate, nil
}

// warnOfFileSystem warns if the file system does not support the database's WAL.
func (s *Store) warnOfFileSystem(ctx context.Context) {
	if name := networkFileSystem(filepath.Dir(s.path)); name != "" {
		s.notify(fmt.Sprintf("warning: %s is on a network file system (%s), where SQLite's WAL does not work between machines: "+
			"use it from one machine at a time, or move it to a local disk", s.path, name))
		return
	}
	// A copy of a database may have another journal mode.
	var journal string
	if err := s.writer.conn.GetContext(ctx, &journal, `pragma journal_mode = wal`); err == nil && journal != "wal" {
		s.notify(fmt.Sprintf("warning: %s cannot use SQLite's WAL here (journal mode %s): readers and writers will wait for each other", s.path, journal))
	}
}
