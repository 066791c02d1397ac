package pgtest

import (
	"errors"
	"os"
)

// newFolder makes a folder of the unprivileged user. It is not in that of the test, which
// only the test's own user may enter, and whose path may be too long for a socket.
func newFolder() (string, error) {
	folder, err := os.MkdirTemp("", "atomizer-db-pg-")
	if err != nil {
		return "", err
	}
	if err := errors.Join(os.Chmod(folder, 0o755), give(folder)); err != nil {
		return "", errors.Join(err, os.Remove(folder))
	}
	return folder, nil
}
