package pgtest_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"atomizer-db/store/postgres/pgtest"
)

// TestNothingStaysBehindAKilledTest kills a process that runs this test too, and waits there
// with its cluster and PgBouncer.
func TestNothingStaysBehindAKilledTest(t *testing.T) {
	const inner = "PGTEST_INNER"
	address := pgtest.Address(t)
	if os.Getenv(inner) != "" {
		pgtest.Bouncer(t, address)
		fmt.Println(address)
		select {}
	}
	temporary := t.TempDir()
	for path := temporary; path != os.TempDir(); path = filepath.Dir(path) {
		if err := os.Chmod(path, 0o777); err != nil { // for the user who runs PostgreSQL
			t.Fatal(err)
		}
	}
	tests := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+t.Name()+"$")
	tests.Env = append(os.Environ(), inner+"=1", "TMPDIR="+temporary)
	stdout, err := tests.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := tests.Start(); err != nil {
		t.Fatal(err)
	}
	address, err = bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address = strings.TrimSpace(address)
	answers(t, open(t, address), "select 1", "1")
	if err := tests.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = tests.Wait() // it was killed
	deadline := time.Now().Add(time.Minute)
	for range time.Tick(10 * time.Millisecond) {
		left, err := filepath.Glob(filepath.Join(temporary, "*"))
		if err != nil {
			t.Fatal(err)
		}
		if len(left) == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("there still are %v", left)
		}
	}
	if _, err := pgx.Connect(t.Context(), address); err == nil {
		t.Error("the cluster still runs")
	}
}
