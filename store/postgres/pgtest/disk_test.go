package pgtest_test

import (
	"database/sql"
	"strings"
	"testing"

	"atomizer-db/store/postgres/pgtest"
)

const megabyte = "insert into wide select repeat(md5(n::text), 250) from generate_series(1, 1000) n"

// fails checks that a statement fails with an error of PostgreSQL's code.
func fails(t *testing.T, db *sql.DB, statement, code string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), code) {
		t.Errorf("%s: %v", statement, err)
	}
}

func TestATableOnAFullDisk(t *testing.T) {
	disk := pgtest.NewDisk(t, "24m")
	db := open(t, disk.Address(t))
	execute(t, db, "create table wide (text text)")
	execute(t, db, "alter table wide alter text set storage external")
	execute(t, db, megabyte)
	disk.Fill(t)
	fails(t, db, megabyte, "53100")
	disk.Free(t)
	execute(t, db, megabyte)
	answers(t, db, "select count(*) from wide", "2000")
}

// TestAClusterOnAFullDisk fills the disk of its WAL too, which ends the server.
func TestAClusterOnAFullDisk(t *testing.T) {
	disk := pgtest.NewDisk(t, "128m")
	cluster := pgtest.NewClusterOn(t, disk)
	db := open(t, cluster.Address(t))
	execute(t, db, "create table wide (text text)")
	disk.Fill(t)
	var full error
	for n := 0; n < 100 && full == nil; n++ { // the files of its WAL have some space left
		_, full = db.ExecContext(t.Context(), megabyte)
	}
	if full == nil {
		t.Error("the disk never became full")
	}
	disk.Free(t)
	cluster.Kill(t)
	cluster.Start(t)
	execute(t, db, megabyte)
}
