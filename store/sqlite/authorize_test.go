package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"atomizer-db/store"

	"github.com/google/go-cmp/cmp"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// TestAskChangesNothing runs statements that would change the database, another file or
// the connection. It also runs each statement directly on the connection, without the
// checks of Ask.
func TestAskChangesNothing(t *testing.T) {
	q, folder := questionsOf(t)
	before := folderContent(t, folder)
	for _, sql := range []string{
		`insert into studies (name, created_us) values ('x', 0)`,
		`insert into studies (name, created_us) values ('x', 0) returning name`,
		`replace into studies (name, created_us) values ('bracket', 0)`,
		`update studies set name = 'x'`,
		`delete from studies`,
		`with x as (select 1) insert into studies (name, created_us) select 'x', 0 from x`,
		`with x as (select 1) update studies set name = 'x'`,
		`with x as (select 1) delete from studies`,
		`explain delete from studies`,
		`create table x (a)`,
		`create temp table x (a)`,
		`create temp view x as select 1`,
		`create view x as select 1`,
		`create temp trigger x after insert on studies begin select 1; end`,
		`create virtual table x using fts5 (a)`,
		`create virtual table temp.x using fts5 (a)`,
		`create index x on studies (created_us)`,
		`drop view trials`,
		`drop table ledger`,
		`alter table studies rename to x`,
		`attach ':memory:' as x`,
		`attach 'FOLDER/new.db' as x`,
		`attach 'file:FOLDER/new.db?mode=rwc' as x`,
		`detach main`,
		`vacuum`,
		`vacuum into 'FOLDER/new.db'`,
		`VaCuUm /* */ main INTO 'FOLDER/new.db'`,
		`/**/ vacuum into 'FOLDER/new.db'`,
		"\ufeffvacuum into 'FOLDER/new.db'",
		`analyze`,
		`reindex`,
		`begin`,
		`begin immediate`,
		`commit`,
		`rollback`,
		`savepoint x`,
		`pragma query_only = off`,
		`pragma query_only(0)`,
		`pragma main.query_only = 0`,
		`pragma user_version = 7`,
		`pragma application_id(7)`,
		`pragma journal_mode = delete`,
		`pragma journal_mode = off`,
		`pragma wal_checkpoint(truncate)`,
		`pragma writable_schema = on`,
		`pragma temp_store_directory = 'FOLDER'`,
		`pragma data_store_directory = 'FOLDER'`,
		`pragma optimize`,
		`pragma incremental_vacuum`,
		`pragma locking_mode = exclusive`,
		`pragma schema_version = 9`,
		`pragma encoding = 'UTF-16'`,
		`pragma key = 'x'`,
		`pragma trusted_schema = on`,
		`select * from pragma_query_only(0)`,
		`select load_extension('FOLDER/x.so')`,
		`select LOAD_EXTENSION('FOLDER/x.so', 'f')`,
		`select fts3_tokenizer('simple', x'00')`,
		`select writefile('FOLDER/new', 'x')`,
		`select edit('x', 'touch FOLDER/new')`,
		`select readfile('FOLDER/x.db')`,
		`insert into sqlite_dbpage values (1, zeroblob(4096))`,
		`update sqlite_schema set sql = ''`,
		`select 1; delete from studies`,
		`select 1 /* ; */ ; -- x
			delete from studies`,
		`.shell touch FOLDER/new`,
		`.output FOLDER/new`,
	} {
		sql = strings.ReplaceAll(sql, "FOLDER", folder)
		err := q.Ask(t.Context(), sql, nil, nothing{})
		if _, ok := errors.AsType[*store.SQLError](err); !ok {
			t.Errorf("%s: %v", sql, err)
		}
		if err := runAll(q.conn, sql); err == nil {
			t.Errorf("%s: the connection alone does not refuse it", sql)
		}
	}
	if diff := cmp.Diff(before, folderContent(t, folder)); diff != "" {
		t.Errorf("the folder changed (-before +after):\n%s", diff)
	}
	// The connection still reads the same database.
	if studies, err := sqlitex.ResultInt(q.conn.Prep(`select count(*) from studies`)); err != nil || studies != 1 {
		t.Errorf("%d studies, %v", studies, err)
	}
}

func TestAskSaysWhatItRefuses(t *testing.T) {
	q, _ := questionsOf(t)
	for sql, want := range map[string]string{
		`vacuum into 'x'`:    `line 1, column 1: VACUUM is refused: a query only reads`,
		`delete from trials`: `line 1, column 1: DELETE is refused: a query only reads`,
		`create table x (a)`: `line 1, column 1: CREATE is refused: a query only reads`,
		`; -- x
			drop`: `line 2, column 4: DROP is refused: a query only reads`,
		` attach 'x' as y`:                         `line 1, column 2: ATTACH is refused: a query only reads`,
		`with x as (select 1) delete from studies`: `DELETE is refused: a query only reads`,
		`explain create table x (a)`:               `INSERT is refused: a query only reads`,
		`explain attach 'x' as y`:                  `ATTACH is refused: a query only reads`,
		`pragma wal_checkpoint`:                    `PRAGMA wal_checkpoint is refused: a query only reads`,
		`pragma user_version = 4`:                  `PRAGMA user_version with a value is refused: a query only reads`,
		`select load_extension('x')`:               `line 1, column 8: load_extension() is refused: a query only reads`,
	} {
		if err := q.Ask(t.Context(), sql, nil, nothing{}); err == nil || err.Error() != want {
			t.Errorf("%s: %v, not %s", sql, err, want)
		}
	}
}

// runAll runs each statement of the SQL to its end.
func runAll(conn *sqlite.Conn, sql string) error {
	for sql != "" {
		stmt, trailing, err := conn.PrepareTransient(sql)
		if err != nil {
			return err
		}
		more := true
		for more && err == nil {
			more, err = stmt.Step()
		}
		if err := errors.Join(err, stmt.Finalize()); err != nil {
			return err
		}
		sql = sql[len(sql)-trailing:]
	}
	return nil
}

// nothing ignores the answer.
type nothing struct{}

func (nothing) Columns([]string) error { return nil }
func (nothing) Row([]any) error        { return nil }

// questionsOf opens a database with one study, alone in its folder.
func questionsOf(t *testing.T) (q *questions, folder string) {
	t.Helper()
	folder = t.TempDir()
	s := opened(t, filepath.Join(folder, "x.db"))
	err := s.update(t.Context(), func(tx *writer) error {
		_, _, err := tx.EnsureStudy("bracket", tx.Now())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	asked, err := s.Questions(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = asked.Close() })
	return asked.(*questions), folder
}

func folderContent(t *testing.T, folder string) map[string]string {
	t.Helper()
	content := map[string]string{}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), "-shm") {
			continue // it contains read locks
		}
		text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		content[entry.Name()] = string(text)
	}
	return content
}
