package sources

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Main is a TestMain: it builds the program, sets its path, prepares what the tests need
// besides, and ends the process with the result of the tests. The folder of the program is
// removed at the end.
func Main(m *testing.M, program *string, prepare ...func() error) {
	code, err := buildAndRun(m, program, prepare)
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func buildAndRun(m *testing.M, program *string, prepare []func() error) (code int, err error) {
	root, err := root()
	if err != nil {
		return 1, err
	}
	folder, err := os.MkdirTemp("", "atomizer-db-test-")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if err := os.Chmod(folder, 0o755); err != nil { // a test runs the program as another user
		return 1, err
	}
	*program = filepath.Join(folder, "atomizer-db")
	if output, err := exec.Command("go", "build", "-o", *program, filepath.Join(root, "cmd", "atomizer-db")).CombinedOutput(); err != nil {
		return 1, fmt.Errorf("go build: %w: %s", err, output)
	}
	for _, do := range prepare {
		if err := do(); err != nil {
			return 1, err
		}
	}
	return m.Run(), nil
}
