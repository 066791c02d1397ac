package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestTableOnTerminal checks that a table fits the terminal and that its colours can be
// switched off.
func TestTableOnTerminal(t *testing.T) {
	db := filepath.Join(t.TempDir(), "playbook.db")
	done(t, "", "items", "add", "str", strings.Repeat("long advice ", 20), "--db", db)
	const header, row = "ID         NET  HELPFUL  HARMFUL  STATE  CONTENT", "str-00001    0        0        0  live   long advice long advice long…"
	for _, test := range []struct{ noColor, want string }{
		{"", "\x1b[1m"},
		{"1", header + "\r\n" + row + "\r\n"},
	} {
		t.Run("NO_COLOR="+test.noColor, func(t *testing.T) {
			controller, terminal := openTerminal(t, 72)
			cmd := exec.CommandContext(t.Context(), "atomizer-db", "items", "list", "--db", db)
			cmd.Env = append(cmd.Environ(), "TERM=xterm", "NO_COLOR="+test.noColor)
			cmd.Stdout, cmd.Stderr = terminal, terminal
			if err := cmd.Run(); err != nil {
				t.Fatal(err)
			}
			shown := make([]byte, 4096)
			n, err := controller.Read(shown)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(shown[:n]); !strings.HasPrefix(got, test.want) {
				t.Errorf("%q is shown, not %q", got, test.want)
			}
		})
	}
}

// openTerminal returns both ends of a terminal with that many columns.
func openTerminal(t *testing.T, columns uint16) (controller, terminal *os.File) {
	t.Helper()
	controller, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = controller.Close() })
	fd := int(controller.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = terminal.Close() })
	if err := unix.IoctlSetWinsize(int(terminal.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: columns}); err != nil {
		t.Fatal(err)
	}
	return controller, terminal
}
