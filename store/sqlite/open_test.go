package sqlite_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	migrations "atomizer-db/migrations/sqlite"
	"atomizer-db/store"
	"atomizer-db/store/sqlite"
)

// openerVariable makes this test binary open a database and exit. Tests that need
// several processes start it this way.
const openerVariable = "STORE_TEST_OPEN"

func TestMain(m *testing.M) {
	path := os.Getenv(openerVariable)
	if path == "" {
		os.Exit(m.Run())
	}
	s, err := sqlite.Open(context.Background(), path, true)
	if err == nil {
		err = s.Update(context.Background(), func(tx store.Writer) error {
			_, _, err := tx.EnsureStudy("shared", tx.Now())
			return err
		})
		err = errors.Join(err, s.Close())
	}
	if err != nil {
		_, _ = os.Stderr.WriteString(err.Error())
		os.Exit(1)
	}
	os.Exit(0)
}

func open(t *testing.T, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func execute(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func digest(t *testing.T, path string) [32]byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(content)
}

func TestOpenCreatesFoldersAndKeepsData(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b #?%", "ü.db")
	s, err := sqlite.Open(t.Context(), path, true)
	if err != nil {
		t.Fatal(err)
	}
	if !s.Created() {
		t.Error("Created is false for a new database")
	}
	if err := s.Update(t.Context(), func(tx store.Writer) error {
		_, _, err := tx.EnsureStudy("bracket", tx.Now())
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, path)
	if again.Created() {
		t.Error("Created is true for an existing database")
	}
	var found bool
	if err := again.View(t.Context(), func(rx store.Reader) (err error) {
		_, found, err = rx.Study("bracket")
		return err
	}); err != nil || !found {
		t.Errorf("the study is missing: %v", err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if name := entry.Name(); strings.HasSuffix(name, "-queue") || strings.HasSuffix(name, "-turn") {
			t.Errorf("%s was not removed", entry.Name())
		}
	}
}

func TestOpenWithoutCreateCreatesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.db")
	for name, open := range map[string]func() (*sqlite.Store, error){
		"Open":         func() (*sqlite.Store, error) { return sqlite.Open(t.Context(), path, false) },
		"OpenReadOnly": func() (*sqlite.Store, error) { return sqlite.OpenReadOnly(t.Context(), path) },
	} {
		if _, err := open(); !errors.Is(err, store.ErrNotFound) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error("a file was created")
	}
}

func TestManyProcessesOpenANewDatabase(t *testing.T) {
	t.Run("with file locks", func(t *testing.T) { openAtOnce(t, filepath.Join(t.TempDir(), "new.db"), 24) })
	t.Run("without file locks", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "new.db")
		for _, lock := range []string{"-queue", "-turn"} { // a folder cannot be locked
			if err := os.Mkdir(path+lock, 0o777); err != nil {
				t.Fatal(err)
			}
		}
		openAtOnce(t, path, 24)
	})
}

// openAtOnce has many processes open a new database and create the same study.
func openAtOnce(t *testing.T, path string, processes int) {
	t.Helper()
	commands := make([]*exec.Cmd, processes)
	outputs := make([]strings.Builder, len(commands))
	for i := range commands {
		commands[i] = exec.CommandContext(t.Context(), os.Args[0])
		commands[i].Env = append(os.Environ(), openerVariable+"="+path)
		commands[i].Stderr = &outputs[i]
		if err := commands[i].Start(); err != nil {
			t.Fatal(err)
		}
	}
	for i, command := range commands {
		if err := command.Wait(); err != nil {
			t.Errorf("process %d: %v: %s", i, err, outputs[i].String())
		}
	}
	var studies []store.Study
	if err := open(t, path).View(t.Context(), func(rx store.Reader) (err error) {
		studies, err = rx.Studies()
		return err
	}); err != nil || len(studies) != 1 {
		t.Errorf("%d studies, %v", len(studies), err)
	}
}

func TestOpenRefusesForeignFilesAndDoesNotChangeThem(t *testing.T) {
	tests := map[string]struct {
		make func(t *testing.T, path string)
		kind error
		word string
	}{
		"text": {func(t *testing.T, path string) {
			t.Helper()
			write(t, path, strings.Repeat("this is not a database\n", 100))
		}, store.ErrForeign, "not a SQLite database"},
		"short text": {func(t *testing.T, path string) { t.Helper(); write(t, path, "x") }, store.ErrForeign, "not a SQLite database"},
		"another program's database": {func(t *testing.T, path string) {
			t.Helper()
			execute(t, path, `create table t (x)`)
		}, store.ErrForeign, "another program"},
		"a database of an earlier schema": {func(t *testing.T, path string) {
			t.Helper()
			execute(t, path, `create table t (x)`, fmt.Sprintf(`pragma application_id = %d`, migrations.EarlierApplicationID), `pragma user_version = 5`)
		}, store.ErrEarlier, "earlier"},
		"another program's empty database": {func(t *testing.T, path string) {
			t.Helper()
			execute(t, path, `pragma application_id = 7`)
		}, store.ErrForeign, "another program"},
		"a newer schema": {func(t *testing.T, path string) {
			t.Helper()
			s, err := sqlite.Open(t.Context(), path, true)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			execute(t, path, `pragma user_version = 999`)
		}, store.ErrNewer, "schema 999"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.db")
			test.make(t, path)
			before := digest(t, path)
			for _, open := range []func() (*sqlite.Store, error){
				func() (*sqlite.Store, error) { return sqlite.Open(t.Context(), path, true) },
				func() (*sqlite.Store, error) { return sqlite.OpenReadOnly(t.Context(), path) },
			} {
				if _, err := open(); !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.word) || !strings.Contains(err.Error(), path) {
					t.Errorf("the error is %v", err)
				}
			}
			if digest(t, path) != before {
				t.Error("the file was changed")
			}
			entries, err := os.ReadDir(filepath.Dir(path))
			if err != nil || len(entries) != 1 {
				t.Errorf("other files were created: %v, %v", entries, err)
			}
		})
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestAnEmptyFileIsNoDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	write(t, path, "")
	for what, open := range map[string]func() (*sqlite.Store, error){
		"reading": func() (*sqlite.Store, error) { return sqlite.OpenReadOnly(t.Context(), path) },
		"opening": func() (*sqlite.Store, error) { return sqlite.Open(t.Context(), path, false) },
	} {
		if _, err := open(); !errors.Is(err, store.ErrNoDatabase) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("files beside it: %v, %v", entries, err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != 0 {
		t.Errorf("it was changed: %v, %v", info, err)
	}
}

func TestOpenCompletesAnUnfinishedDatabase(t *testing.T) {
	for name, statements := range map[string][]string{
		"an empty file":     nil,
		"only WAL":          {`pragma journal_mode = wal`},
		"goose's own table": {`create table goose_db_version (id integer primary key autoincrement, version_id integer not null, is_applied integer not null, tstamp timestamp default (datetime('now')))`, `insert into goose_db_version (version_id, is_applied) values (0, 1)`},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.db")
			write(t, path, "")
			execute(t, path, statements...)
			if err := open(t, path).View(t.Context(), func(rx store.Reader) error {
				_, err := rx.Studies()
				return err
			}); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestOpenRollsBackTheJournalOfAKilledProcess creates the files that
// remain when a process is killed while it sets the WAL mode of a new database.
func TestOpenRollsBackTheJournalOfAKilledProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	write(t, path, "")
	execute(t, path, `pragma journal_mode = wal`)
	// The fields: the magic number, no pages to restore, a nonce, the size of the file
	// before (0 pages), the sizes of a sector and of a page.
	header := append([]byte{0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7}, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 16, 0)
	write(t, path+"-journal", string(append(header, make([]byte, 512-len(header))...)))
	if _, err := sqlite.OpenReadOnly(t.Context(), path); !errors.Is(err, store.ErrOutdated) {
		t.Errorf("reading alone: %v", err)
	}
	if err := open(t, path).View(t.Context(), func(rx store.Reader) error {
		_, err := rx.Studies()
		return err
	}); err != nil {
		t.Error(err)
	}
}

func TestADatabaseMigratedWhileOpenIsNotChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	s := open(t, path)
	execute(t, path, `pragma user_version = 999`)
	if err := s.Update(t.Context(), func(tx store.Writer) error {
		_, _, err := tx.EnsureStudy("late", tx.Now())
		return err
	}); !errors.Is(err, store.ErrNewer) {
		t.Errorf("writing: %v", err)
	}
	if err := s.View(t.Context(), func(store.Reader) error { return nil }); !errors.Is(err, store.ErrNewer) {
		t.Errorf("reading: %v", err)
	}
}

func TestAReadOnlyStoreCannotWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	open(t, path)
	s, err := sqlite.OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Update(t.Context(), func(store.Writer) error { return nil }); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("the error is %v", err)
	}
}

func TestSchemaVersionIsTheLastMigration(t *testing.T) {
	files, err := migrations.FS.ReadDir(".")
	if err != nil || len(files) != migrations.Version {
		t.Fatalf("%d migrations, version %d, %v", len(files), migrations.Version, err)
	}
	path := filepath.Join(t.TempDir(), "x.db")
	open(t, path)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var user, goose int
	if err := db.QueryRowContext(t.Context(), `select (select user_version from pragma_user_version), (select max(version_id) from goose_db_version)`).Scan(&user, &goose); err != nil {
		t.Fatal(err)
	}
	if user != migrations.Version || goose != migrations.Version {
		t.Errorf("user_version %d, goose %d, want %d", user, goose, migrations.Version)
	}
}

func TestSqlite3ShellReadsTheDatabase(t *testing.T) {
	shell, err := exec.LookPath("sqlite3")
	if err != nil {
		t.Fatalf("Debian's sqlite3 is needed: %v", err)
	}
	path := filepath.Join(t.TempDir(), "x.db")
	open(t, path)
	output, err := exec.CommandContext(t.Context(), shell, path, ".schema", "select * from performance", "select * from pending_insights", "pragma integrity_check").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	for _, words := range []string{"-- Trial-item usage: the item was in the context of the trial.", "ok\n"} {
		if !strings.Contains(string(output), words) {
			t.Errorf("no %q in\n%s", words, output)
		}
	}
}
