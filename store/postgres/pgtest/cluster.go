package pgtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Cluster is a PostgreSQL server with files of its own.
type Cluster struct {
	programs string // their folder
	folder   string // of its socket and log
	data     string // of its files
	port     int
	keeper   *keeper
}

// shared is the cluster of all tests that do not break it.
var shared = sync.OnceValues(func() (*Cluster, error) { return newCluster("", nil) })

// NewCluster starts a cluster of the test's own, which it may kill. A setting is a line of
// postgresql.conf.
func NewCluster(tb testing.TB, settings ...string) *Cluster {
	tb.Helper()
	return started(tb, "", settings)
}

// NewClusterOn starts a cluster whose files all lie on the disk.
func NewClusterOn(tb testing.TB, disk *Disk, settings ...string) *Cluster {
	tb.Helper()
	return started(tb, filepath.Join(disk.folder, "data"), settings)
}

func started(tb testing.TB, data string, settings []string) *Cluster {
	tb.Helper()
	c, err := newCluster(data, settings)
	check(tb, err)
	tb.Cleanup(func() {
		if err := c.keeper.release(); err != nil {
			tb.Error(err)
		}
	})
	return c
}

// check ends the test if err is not nil.
func check(tb testing.TB, err error) {
	tb.Helper()
	if errors.Is(err, errNotFound) {
		missing(tb, err)
	}
	if err != nil {
		tb.Fatal(err)
	}
}

func newCluster(data string, settings []string) (*Cluster, error) {
	programs, err := Find()
	if err != nil {
		return nil, err
	}
	folder, err := newFolder()
	if err != nil {
		return nil, err
	}
	if data == "" {
		data = filepath.Join(folder, "data")
	}
	c := &Cluster{programs: programs, folder: folder, data: data}
	// It may be stopped already.
	c.keeper, err = keep(asUser, `"$1" stop --mode immediate --pgdata "$2" >/dev/null 2>&1; rm -rf "$2" "$3"`,
		filepath.Join(programs, "pg_ctl"), data, folder)
	if err != nil {
		return nil, errors.Join(err, os.Remove(folder))
	}
	if err := c.prepare(settings); err != nil {
		return nil, errors.Join(err, c.keeper.release())
	}
	return c, nil
}

func (c *Cluster) prepare(settings []string) error {
	password := filepath.Join(c.folder, "password")
	if err := os.WriteFile(password, []byte(superuser.password), 0o644); err != nil {
		return err
	}
	if err := c.run("initdb", "--pgdata", c.data, "--username", superuser.name, "--pwfile", password,
		"--auth-local", "trust", "--auth-host", "scram-sha-256",
		"--encoding", "UTF8", "--locale", "C", "--no-sync"); err != nil {
		return err
	}
	if err := c.configure(append([]string{
		"listen_addresses = '127.0.0.1'",
		fmt.Sprintf("unix_socket_directories = '%s'", c.folder),
		"max_connections = 200",
	}, settings...)); err != nil {
		return err
	}
	if err := c.startAnywhere(); err != nil {
		return err
	}
	return c.execute(context.Background(), "create role "+owner.name+" login createdb password '"+owner.password+"'")
}

func (c *Cluster) configure(settings []string) error {
	file, err := os.OpenFile(filepath.Join(c.data, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteString(strings.Join(settings, "\n") + "\n")
	return errors.Join(err, file.Close())
}

// startAnywhere starts it at a free port. Another process may take the port before it does.
func (c *Cluster) startAnywhere() (err error) {
	for range 5 {
		if c.port, err = freePort(); err != nil {
			return err
		}
		if err = c.start(); err == nil {
			return nil
		}
	}
	return err
}

// freePort returns a port below those of outgoing connections: there, a client that tries
// again while the server is down may connect to itself.
func freePort() (port int, err error) {
	for range 100 {
		port = 20000 + rand.IntN(10000)
		var listener net.Listener
		if listener, err = net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err == nil {
			return port, listener.Close()
		}
	}
	return 0, err
}

// start returns when it accepts connections.
func (c *Cluster) start() error {
	log := filepath.Join(c.folder, "log")
	err := c.run("pg_ctl", "start", "--wait", "--silent", "--pgdata", c.data, "--log", log, "--options", fmt.Sprintf("-p %d", c.port))
	if err != nil {
		text, _ := os.ReadFile(log) // there may be none
		return fmt.Errorf("%w%s", err, text)
	}
	return nil
}

// stop returns when it has ended, which it may have done by itself.
func (c *Cluster) stop(mode string) error {
	err := c.run("pg_ctl", "stop", "--wait", "--silent", "--pgdata", c.data, "--mode", mode)
	if runs := c.run("pg_ctl", "status", "--pgdata", c.data) == nil; runs {
		return err
	}
	return nil
}

// run runs one of PostgreSQL's programs.
func (c *Cluster) run(program string, args ...string) error {
	command := exec.Command(filepath.Join(c.programs, program), args...)
	command.Dir = c.folder
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"} // without PGDATA and the like
	if err := asUser(command); err != nil {
		return err
	}
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, output)
	}
	return nil
}

// Kill ends all its processes without a checkpoint and without a word to its clients. The
// next Start recovers.
func (c *Cluster) Kill(tb testing.TB) {
	tb.Helper()
	check(tb, c.stop("immediate"))
}

// Stop lets it roll back open transactions, write everything and end.
func (c *Cluster) Stop(tb testing.TB) {
	tb.Helper()
	check(tb, c.stop("fast"))
}

// Start starts it again, at the same port.
func (c *Cluster) Start(tb testing.TB) {
	tb.Helper()
	check(tb, c.start())
}

// Restart stops and starts it.
func (c *Cluster) Restart(tb testing.TB) {
	tb.Helper()
	c.Stop(tb)
	c.Start(tb)
}
