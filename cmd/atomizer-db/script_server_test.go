package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"atomizer-db/store/engine"
	"atomizer-db/store/postgres/pgtest"
)

// TestScriptsOnPostgreSQL runs the scripts, with the output that they have on SQLite. Each path of a
// database is the name of one on the server; see [toServer].
func TestScriptsOnPostgreSQL(t *testing.T) {
	scripts(t, pgtest.Address(t)+"&synchronous_commit=off") // no server crashes
}

// serverVariable is the environment variable with the address of a database on the server of a
// script. It is empty for SQLite.
const serverVariable = "SCRIPT_SERVER"

// program is the program as scripts run it.
func program() {
	if server := os.Getenv(serverVariable); server != "" {
		if err := toServer(server); err != nil {
			fmt.Fprintln(os.Stderr, "script:", err)
			os.Exit(1)
		}
	}
	main()
}

// toServer makes a program that was called with the path of a database use the database of
// this name on a server. It creates an empty one.
func toServer(server string) error {
	args, target := os.Args[:1:1], &target{db: os.Getenv(databaseVariable)}
	for rest := os.Args[1:]; len(rest) > 0; rest = rest[1:] {
		name, value, joined := strings.Cut(rest[0], "=")
		switch {
		case name == "--global", name == "demo":
			return nil
		case name != "--db" && name != "--study-dir":
			args = append(args, rest[0])
			continue
		case !joined && len(rest) > 1:
			value, rest = rest[1], rest[1:]
		}
		if value == "" || engine.IsAddress(value) {
			return nil
		}
		if name == "--db" {
			target.db = value
		} else {
			target.studyDir = value
		}
	}
	if target.studyDir == "" && target.db == "" {
		target.studyDir = "."
	}
	if target.studyDir != "" {
		target.db = ""
		args = append(args[:1:1], append([]string{"--study-dir=" + target.studyDir}, args[1:]...)...)
	}
	at, err := target.locate()
	if err != nil {
		return err
	}
	address, err := onServer(server, at.database)
	if err != nil {
		return err
	}
	os.Args = args
	return os.Setenv(databaseVariable, address)
}

// onServer returns the address of the database on a server that stands for a file. Its name is the
// path from the folder of all scripts on.
func onServer(server, path string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(absolute)); err == nil {
		absolute = filepath.Join(folder, filepath.Base(absolute))
	}
	name, err := filepath.Rel(filepath.Dir(os.Getenv("WORK")), absolute)
	if err != nil {
		return "", err
	}
	return called(server, name), execute(server, `create database `+pgx.Identifier{name}.Sanitize(), "42P04") // it may exist
}

// called returns the address of the database of a name on a server.
func called(server, name string) string {
	address, err := url.Parse(server)
	if err != nil {
		panic(err) // it is right
	}
	address.Path = "/" + name
	return address.String()
}

// execute executes a statement. An error of the code is none.
func execute(server, statement, code string) (err error) {
	ctx := context.Background()
	connection, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, connection.Close(ctx)) }()
	_, err = connection.Exec(ctx, statement)
	if failed, ok := errors.AsType[*pgconn.PgError](err); ok && failed.Code == code {
		return nil
	}
	return err
}

// saidOnServer are messages that only a server has, with those of SQLite.
var saidOnServer = []struct {
	said *regexp.Regexp
	as   string
}{
	{regexp.MustCompile("([^\\s\"]+) has no tables of this program: `atomizer-db init` makes them,"), "no database at $1: `atomizer-db init` creates one,"},
	{regexp.MustCompile(`relation \\?"(\w+)\\?" does not exist`), "no such table: $1"},
}

// asOnSQLite replaces what only a server has in the text of a program whose databases are in the
// folder work.
func asOnSQLite(text, server, work string) string {
	text = strings.ReplaceAll(text, engine.Shown(called(server, filepath.Base(work))), "$WORK")
	for _, differs := range saidOnServer {
		text = differs.said.ReplaceAllString(text, differs.as)
	}
	return text
}
