package main

import (
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"atomizer-db/store/postgres/pgtest"
)

// told runs a command and returns its exit code and all that it says.
func told(stdin string, args ...string) (code int, stdout, stderr string) {
	var out, said bytes.Buffer
	code = run(args, strings.NewReader(stdin), &out, &said)
	return code, out.String(), said.String()
}

// TestNoCommandShowsAPassword runs commands on a server and looks for the password in what they
// say and in the files that they write.
func TestNoCommandShowsAPassword(t *testing.T) {
	address := pgtest.Address(t)
	parsed, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	password, _ := parsed.User.Password()
	folder := t.TempDir()
	file := func(name string) string { return filepath.Join(folder, name) }
	if err := os.WriteFile(file("events.jsonl"), []byte(`{"type": "trial", "trial_number": 3, "success": true}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, c := range []struct {
		code  int
		stdin string
		args  []string
	}{
		{3, "", []string{"stats"}},
		{0, `{"type": "statistics"}`, []string{"session"}},
		{0, "", []string{"init"}},
		{0, "", []string{"init", "--json"}},
		{0, "", []string{"items", "add", "str", "Thicken the web"}},
		{0, "", []string{"record", "trial", "--trial-number", "1", "--failure", "--error", "mesh", "--context-item", "str-00001"}},
		{0, "", []string{"ingest", file("events.jsonl")}},
		{0, `{"type": "check"}` + "\n" + `{"type": "finalize"}` + "\n" + `{"type": "export"}`, []string{"session"}},
		{0, "", []string{"finalize", "--json", file("playbook.json")}},
		{0, "", []string{"export", file("playbook.json")}},
		{2, "", []string{"export"}},
		{3, "", []string{"stats", "--study", "none"}},
		{0, "", []string{"report", "--html", "-o", file("report.html")}},
		{0, "", []string{"check"}},
		{0, "", []string{"context"}},
		{0, "", []string{"export", "--events", "-o", file("all.jsonl")}},
		{0, "", []string{"query", "select trial_number from trials"}},
		{1, "", []string{"query", "select nothing from trials"}},
		{1, "", []string{"backup", file("copy.db")}},
		{2, "", []string{"stats", "--global"}},
	} {
		code, stdout, stderr := told(c.stdin, append(c.args, "--db", address)...)
		if code != c.code {
			t.Errorf("%v: exit code %d, not %d: %s", c.args, code, c.code, stderr)
		}
		if strings.Contains(stdout+stderr, password) {
			t.Errorf("%v shows the password: %s%s", c.args, stdout, stderr)
		}
		if strings.Contains(stdout+stderr, "@"+parsed.Host) {
			asked++
		}
	}
	if asked < 5 {
		t.Errorf("only %d commands showed the address at all", asked)
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 4 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, written := range files {
		text, err := os.ReadFile(file(written.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte(password)) {
			t.Errorf("%s has the password", written.Name())
		}
	}
}

// TestServersThatRefuse looks at the exit code and the one line of each way in which a server
// cannot be used.
func TestServersThatRefuse(t *testing.T) {
	cluster := pgtest.NewCluster(t)
	address := cluster.Address(t)
	changed := func(change func(*url.URL)) string {
		t.Helper()
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		change(u)
		return u.String()
	}
	super := pgtest.Superuser(t, address)
	connection, err := pgx.Connect(t.Context(), super)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := connection.Exec(t.Context(), "create role stranger login password 'a stranger''s secret'"); err != nil {
		t.Fatal(err)
	}
	if err := connection.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	done(t, "", "init", "--db", address)
	record := []string{"record", "trial", "--trial-number", "1", "--success"}
	refuses := func(address, what string, code int, args ...string) {
		t.Helper()
		got, stdout, stderr := told("", append(args, "--db", address)...)
		if got != code || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, what) {
			t.Errorf("%v: exit code %d: %s%s", args, got, stdout, stderr)
		}
		for _, wrong := range []string{"secret", "no-rights", "sqlite3", "atomizer-db backup"} {
			if strings.Contains(stderr, wrong) {
				t.Errorf("%v: it says %s: %s", args, wrong, stderr)
			}
		}
	}
	for _, args := range [][]string{{"stats"}, record} {
		refuses(changed(func(u *url.URL) { u.User = url.UserPassword("atomizer", "a secret") }), "refused to log in", 1, args...)
		refuses(changed(func(u *url.URL) { u.Path = "none" }), "createdb", 3, args...)
		refuses(changed(func(u *url.URL) { u.User = url.UserPassword("stranger", "a stranger's secret") }), "does not allow that", 1, args...)
		refuses(changed(func(u *url.URL) { u.RawQuery = "sslmode=none" }), "sslmode is invalid", 2, args...)
		refuses(changed(func(u *url.URL) { u.RawQuery = "sslmode=disable&speed=1" }), "refused the connection", 1, args...)
		refuses(changed(func(u *url.URL) { u.RawQuery = "service=none" }), "failed to read service", 2, args...)
		refuses(changed(func(u *url.URL) { u.Path = "" }), "/atomizer: create it", 3, args...) // that of the user
		refuses(changed(func(u *url.URL) { u.RawQuery = "sslmode=verify-full" }), "cannot be reached", 1, args...)
	}
	refuses(address, "is not a folder", 1, append(record, "--study-dir", "server_test.go")...)
	cluster.Stop(t)
	refuses(address, "cannot be reached", 1, "stats")
	refuses(address, "cannot be reached", 1, record...)
}
