package crash_test

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"atomizer-db/store/postgres/pgtest"
)

// secret is the password of the addresses of these tests, which nobody may see.
const secret = "s3cret"

// as returns an address for a user with a password, changed by edit.
func as(t *testing.T, address, user string, edit func(*url.URL)) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(user, secret)
	if edit != nil {
		edit(u)
	}
	return u.String()
}

// TestAServerThatRefusesIsReportedInOneLine tries commands that read, record and do both.
func TestAServerThatRefusesIsReportedInOneLine(t *testing.T) {
	t.Parallel()
	with, without := begunOnServer(t).server, pgtest.Address(t)
	stopped, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := stopped.Close(); err != nil {
		t.Fatal(err)
	}
	reader, stranger := role(t, with), role(t, without)
	execute(t, with, "grant select on all tables in schema public to "+reader)
	everything, recording := []string{"stats", "context", "check", "record trial --trial-number 1 --success", "query select(1)", "session"}, []string{"record trial --trial-number 1 --success", "finalize", "session"}
	for name, test := range map[string]struct {
		address  string
		commands []string
		code     int
		says     string
	}{
		"a wrong password":      {as(t, with, "atomizer", nil), everything, 1, "refused to log in (password authentication failed for user"},
		"an unknown user":       {as(t, with, "nobody", nil), everything, 1, "refused to log in (password authentication failed for user"},
		"a missing database":    {as(t, with, reader, func(u *url.URL) { u.Path = "/nowhere" }), everything, 3, "there is no database postgres://" + reader + "@"},
		"no tables":             {without, []string{"stats", "context", "check"}, 3, "has no tables"},
		"no server":             {as(t, with, reader, func(u *url.URL) { u.Host = stopped.Addr().String() }), everything, 1, "connection refused"},
		"an unknown host":       {as(t, with, reader, func(u *url.URL) { u.Host = "nowhere.invalid" }), everything, 1, "cannot be reached"},
		"a port that is a word": {"postgres://" + reader + ":" + secret + "@localhost:port/db", everything, 2, "is not an address"},
		"a wrong escape":        {"postgres://" + reader + ":" + secret + "%zz@localhost/db", everything, 2, "is not an address"},
		"a wrong parameter":     {as(t, with, reader, func(u *url.URL) { u.RawQuery = "sslmode=maybe" }), everything, 2, "cannot be used (sslmode is invalid)"},
		"a missing certificate": {as(t, with, reader, func(u *url.URL) { u.RawQuery = "sslmode=verify-full&sslrootcert=/nowhere" }), everything, 2, "cannot be used (unable to read CA file"},
		"no encryption":         {as(t, with, reader, func(u *url.URL) { u.RawQuery = "sslmode=require" }), everything, 1, "cannot be reached"},
		"may not make tables":   {as(t, without, stranger, nil), []string{"init", "record trial --trial-number 1 --success", "session"}, 1, "permission denied for schema public"},
		"may only read":         {as(t, with, reader, nil), recording, 1, "permission denied for table commits"},
		"may not even read":     {as(t, with, stranger, nil), everything, 1, "permission denied for table gate"},
	} {
		p := place{folder: t.TempDir(), server: test.address}
		for _, line := range test.commands {
			t.Run(name+", "+line, func(t *testing.T) {
				command := p.command(t, strings.Fields(line)...)
				command.Stdin = strings.NewReader(`{"type": "trial", "trial_number": 1, "success": true}`) // of a session
				r := finish(t, command)
				if strings.Contains(r.stdout+r.stderr, secret) {
					t.Errorf("the password is shown: %s%s", r.stdout, r.stderr)
				}
				said, code, begin := strings.TrimSuffix(r.stderr, "\n"), test.code, "atomizer-db: "
				if line == "session" { // it answers on its output, and goes on
					_, said, _ = strings.Cut(strings.TrimSuffix(r.stdout, "\n"), "\n")
					code, begin = 0, `{"error":{"kind":`
				}
				if r.code != code || !strings.HasPrefix(said, begin) || !strings.Contains(said, test.says) || strings.Contains(said, "\n") {
					t.Errorf("exit code %d: %s%s", r.code, r.stdout, r.stderr)
				}
			})
		}
	}
	for _, question := range []string{"stats", "check", "performance"} { // what a role that may only read can do
		(place{folder: t.TempDir(), server: as(t, with, reader, nil)}).must(t, question)
	}
}

// TestPasswordsComeFromFiles gives the password in the files that PGPASSFILE and PGSERVICEFILE name.
func TestPasswordsComeFromFiles(t *testing.T) {
	t.Parallel()
	p := begunOnServer(t)
	name := role(t, p.server)
	execute(t, p.server, "grant select on all tables in schema public to "+name)
	u, err := url.Parse(p.server)
	if err != nil {
		t.Fatal(err)
	}
	passwords, services := filepath.Join(p.folder, "passwords"), filepath.Join(p.folder, "services")
	write(t, passwords, fmt.Sprintf("*:*:*:%s:%s\n", name, secret))
	write(t, services, fmt.Sprintf("[study]\nhost=%s\nport=%s\nuser=%s\npassword=%s\ndbname=%s\nsslmode=disable\n",
		u.Hostname(), u.Port(), name, secret, strings.TrimPrefix(u.Path, "/")))
	for address, variable := range map[string]string{
		"postgres://" + name + "@" + u.Host + u.Path + "?sslmode=disable": "PGPASSFILE=" + passwords,
		"postgres:///?service=study":                                      "PGSERVICEFILE=" + services,
	} {
		command := exec.CommandContext(t.Context(), program, "stats", "--db", address)
		command.Env = append(command.Environ(), variable)
		if r := finish(t, command); r.code != 0 {
			t.Errorf("%s: exit code %d: %s", address, r.code, r.stderr)
		}
	}
}

// role adds a role without rights to the server, for the time of the test, and returns its name.
func role(t *testing.T, address string) (name string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	name = "role_of_" + strings.TrimPrefix(u.Path, "/")
	execute(t, address, "create role "+name+" login password '"+secret+"'")
	t.Cleanup(func() { execute(t, address, "drop owned by "+name, "drop role "+name) })
	return name
}

// execute runs statements as the superuser of a server.
func execute(t *testing.T, address string, statements ...string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, pgtest.Superuser(t, address))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}
