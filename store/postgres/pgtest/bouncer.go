package pgtest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Bouncer returns the address of the same database through PgBouncer, which gives each
// transaction any of its connections. A setting is a line of pgbouncer.ini.
func Bouncer(tb testing.TB, address string, settings ...string) string {
	tb.Helper()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		program, err = exec.LookPath("/usr/sbin/pgbouncer") // which is in the PATH of root alone
	}
	if err != nil {
		missing(tb, "PgBouncer was not found: install it")
	}
	server, err := url.Parse(address)
	check(tb, err)
	folder, err := newFolder()
	check(tb, err)
	// PgBouncer may remove its file at the same time.
	keeper, err := keep(asUser, `kill "$(cat "$1/pid")"; rm -rf "$1"`, folder)
	check(tb, err)
	port, err := freePort()
	check(tb, err)
	config, users := filepath.Join(folder, "pgbouncer.ini"), filepath.Join(folder, "users")
	check(tb, os.WriteFile(users, fmt.Appendf(nil, "%q %q\n%q %q\n", owner.name, owner.password, superuser.name, superuser.password), 0o644))
	check(tb, os.WriteFile(config, []byte(strings.Join(append([]string{
		"[databases]",
		fmt.Sprintf("* = host=%s port=%s", server.Hostname(), server.Port()),
		"[pgbouncer]",
		"listen_addr = 127.0.0.1",
		fmt.Sprintf("listen_port = %d", port),
		"unix_socket_dir =",
		"auth_type = scram-sha-256",
		"auth_file = " + users,
		"pidfile = " + filepath.Join(folder, "pid"),
		"pool_mode = transaction",
		"max_client_conn = 1000",
	}, settings...), "\n")+"\n"), 0o644))

	bouncer := exec.Command(program, config)
	bouncer.Dir = folder
	check(tb, asUser(bouncer))
	log, err := bouncer.StderrPipe()
	check(tb, err)
	check(tb, bouncer.Start())
	tb.Cleanup(func() {
		err := keeper.release()
		_ = bouncer.Wait() // it was killed
		if err != nil {
			tb.Error(err)
		}
	})
	check(tb, listens(log))
	server.Host = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	return server.String()
}

// listens waits until the log says so, and then reads on, or PgBouncer could not.
func listens(log io.Reader) error {
	var said strings.Builder
	for lines := bufio.NewScanner(log); lines.Scan(); {
		if strings.Contains(lines.Text(), "process up") {
			go func() { _, _ = io.Copy(io.Discard, log) }()
			return nil
		}
		said.WriteString(lines.Text() + "\n")
	}
	return errors.New("PgBouncer did not start: " + said.String())
}
