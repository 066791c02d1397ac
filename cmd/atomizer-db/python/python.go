// Package python has the Python module that talks to `atomizer-db session`, and installs it
// for an interpreter.
package python

import (
	"bytes"
	"context"
	_ "embed" // the module is embedded
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"atomizer-db/feedback/atomicfile"
)

// FileName is the name of the module's file.
const FileName = "atomizer_db.py"

//go:embed atomizer_db.py
var module []byte

// begins is how the module's file begins, whatever its version.
var begins = module[:bytes.IndexByte(module, '\n')]

// Module returns the text of the module. It says that it was written by a program of the
// given version.
func Module(version string) []byte {
	return bytes.Replace(module, []byte(`__version__ = "0"`), []byte("__version__ = "+strconv.QuoteToASCII(version)), 1)
}

// ErrForeign is the error of a file with the name of the module that has another content.
var ErrForeign = errors.New("it is not the module of atomizer-db: move it away, or give another interpreter with --python")

// where prints the folder for modules of the user, or of the virtual environment.
const where = `import sys
sys.path[:1] = []  # the current folder, whose files are nobody's modules here
import site, sysconfig
if sys.version_info < (3, 8):
    sys.exit("it is Python %d.%d, and the module needs 3.8 or later" % sys.version_info[:2])
print(site.getusersitepackages() if sys.prefix == sys.base_prefix else sysconfig.get_paths()["purelib"])`

// Path returns where the module of an interpreter is, if it is installed: in the user's
// site, or in that of the virtual environment that the interpreter belongs to.
func Path(ctx context.Context, interpreter string) (string, error) {
	var stdout, stderr bytes.Buffer
	command := exec.CommandContext(ctx, interpreter, "-c", where)
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		if complaint := strings.TrimSpace(stderr.String()); complaint != "" {
			err = errors.New(complaint)
		}
		return "", fmt.Errorf("%s: %w: give another interpreter with --python", interpreter, err)
	}
	return filepath.Join(strings.TrimRight(stdout.String(), "\r\n"), FileName), nil
}

// Install writes the module for an interpreter, and returns where.
func Install(ctx context.Context, interpreter, version string) (string, error) {
	path, err := Path(ctx, interpreter)
	if err != nil {
		return "", err
	}
	if err := mine(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	return path, atomicfile.Write(path, Module(version))
}

// Uninstall removes the module of an interpreter, and returns where it was.
func Uninstall(ctx context.Context, interpreter string) (string, error) {
	path, err := Path(ctx, interpreter)
	if err != nil {
		return "", err
	}
	if err := mine(path); err != nil {
		return "", err
	}
	compiled, err := filepath.Glob(filepath.Join(filepath.Dir(path), "__pycache__", "atomizer_db.*.pyc"))
	for _, file := range compiled {
		err = errors.Join(err, os.Remove(file))
	}
	return path, errors.Join(err, os.Remove(path))
}

// mine returns an error if the file is not a module of this package.
func mine(path string) error {
	text, err := os.ReadFile(path)
	if err == nil && !bytes.HasPrefix(text, begins) {
		return fmt.Errorf("%s: %w", path, ErrForeign)
	}
	return err
}
