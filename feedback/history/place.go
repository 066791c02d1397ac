package history

import (
	"fmt"
	"os"
	"path/filepath"
)

// Place is where a playbook.json is written.
type Place struct {
	Path string // "": nowhere
	Name string // under which the database keeps what it holds; "": it keeps nothing of it

	// Shared says that many machines use the database. It keeps each file by its machine
	// and path.
	Shared bool
}

// Beside returns the place of the playbook.json of a database in a file, which keeps no other.
func Beside(path string) Place { return Place{Path: path, Name: "playbook.json"} }

// OnThisMachine returns a place for a database that many machines use.
func OnThisMachine(path string) (Place, error) {
	name, err := HostPath(path)
	return Place{Path: path, Name: name, Shared: true}, err
}

// HostPath returns the name of a file among those of many machines: the name of this one, a
// colon, and the absolute path. Symbolic links are resolved, so that it has one name.
func HostPath(path string) (string, error) {
	host, err := os.Hostname()
	if err != nil {
		return "", fmt.Errorf("the name of this machine is not known: %w", err)
	}
	resolved, err := resolve(path)
	return host + ":" + filepath.ToSlash(resolved), err
}

// SameFile reports whether two paths lead to the same file, which need not exist.
func SameFile(a, b string) (bool, error) {
	first, err := resolve(a)
	if err != nil {
		return false, err
	}
	second, err := resolve(b)
	return first == second, err
}

// resolve returns the absolute path of a file, which need not exist, without symbolic links.
func resolve(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if end, err := filepath.EvalSymlinks(path); err == nil {
		return end, nil
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(folder, filepath.Base(path)), nil
	}
	return path, nil
}
