package pgtest

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// keeper is a shell that waits for the end of the tests, and then cleans up. No end is too
// sudden for it: it waits for the end of a pipe, which comes also when they are killed.
type keeper struct {
	shell *exec.Cmd
	stay  io.Closer
	said  *strings.Builder
}

// keep starts a keeper. Its script finds the arguments in $1, $2 and so on.
func keep(as func(*exec.Cmd) error, script string, args ...string) (*keeper, error) {
	shell := exec.Command("sh", append([]string{"-c", "cat >/dev/null; " + script, "keeper"}, args...)...)
	if err := as(shell); err != nil {
		return nil, err
	}
	shell.Dir = os.TempDir() // its user may not enter that of the tests
	stay, err := shell.StdinPipe()
	if err != nil {
		return nil, err
	}
	said := new(strings.Builder)
	shell.Stderr = said
	return &keeper{shell, stay, said}, shell.Start()
}

// release has the script run now, and waits for it.
func (k *keeper) release() error {
	_ = k.stay.Close()
	if err := k.shell.Wait(); err != nil {
		return fmt.Errorf("clean up: %w: %s", err, k.said)
	}
	return nil
}
