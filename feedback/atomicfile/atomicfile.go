// Package atomicfile replaces files so that readers see either the whole old content or
// the whole new content, even after a power failure.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"

	"atomizer-db/store/regular"
)

// Write writes content to path, atomically and durably. It follows symbolic links and
// keeps the mode of an existing file. It replaces nothing but a regular file.
func Write(path string, content []byte) (err error) {
	t, err := open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.folder.Close()) }()
	return t.about(t.replace(content))
}

// Sync makes the name of the file at path durable, for a process that finds there what
// another has written with [Write], and may not have synced.
func Sync(path string) (err error) {
	t, err := open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.folder.Close()) }()
	return t.about(t.sync())
}

// Probe returns the error that would prevent [Write] from writing to path. It creates an
// empty file in the same folder and removes it.
func Probe(path string) (err error) {
	t, err := open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.folder.Close()) }()
	waiting, file, err := t.beside(0o600)
	if err != nil {
		return t.about(err)
	}
	return t.about(errors.Join(file.Close(), t.folder.Remove(waiting)))
}

// Same reports whether two paths lead to the same file. The first file must exist.
func Same(a, b string) (bool, error) {
	first, err := os.Stat(a)
	if err != nil {
		return false, err
	}
	second, err := os.Stat(b)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(first, second), err
}

// target is a file that is to be replaced. Links on the way to it are followed once,
// when its folder is opened: what others do to the path afterwards has no effect.
type target struct {
	path   string // for messages
	folder *os.Root
	name   string      // in the folder
	old    fs.FileInfo // nil where there is no file
}

func open(path string) (_ *target, err error) {
	t := &target{path: path}
	resolved := path
	if end, err := filepath.EvalSymlinks(path); err == nil {
		resolved = end
	}
	t.name = filepath.Base(resolved)
	if t.folder, err = os.OpenRoot(filepath.Dir(resolved)); err != nil {
		return nil, t.about(err)
	}
	switch info, err := t.folder.Lstat(t.name); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, errors.Join(t.about(err), t.folder.Close())
	case info.Mode()&fs.ModeSymlink != 0: // it leads nowhere, and is replaced itself
	default:
		if err := regular.Check(path, info.Mode()); err != nil {
			return nil, errors.Join(err, t.folder.Close())
		}
		t.old = info
	}
	return t, nil
}

// replace writes content to a file beside the target, renames it and syncs the folder.
func (t *target) replace(content []byte) error {
	waiting, file, err := t.beside(0o666)
	if err != nil {
		return err
	}
	if t.old != nil {
		err = keepMode(file, t.old.Mode().Perm())
	}
	if err == nil {
		_, err = file.Write(content)
	}
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = t.folder.Rename(waiting, t.name)
	}
	if err != nil {
		return errors.Join(err, t.folder.Remove(waiting))
	}
	return t.sync()
}

// sync syncs the folder.
func (t *target) sync() error {
	folder, err := t.folder.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// beside makes a hidden file in the folder. Its name cannot be guessed and must be
// free, so that nobody has put a link or a file of their own there.
func (t *target) beside(mode fs.FileMode) (name string, file *os.File, err error) {
	name = fmt.Sprintf(".%s.%016x", t.name, rand.Uint64())
	file, err = t.folder.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	return name, file, err
}

// keepMode sets a file's mode, regardless of the umask.
func keepMode(file *os.File, mode fs.FileMode) error {
	info, err := file.Stat()
	if err != nil || info.Mode().Perm() == mode {
		return err
	}
	return file.Chmod(mode)
}

// about returns an error about a file beside the target as one about the target.
func (t *target) about(err error) error {
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return &fs.PathError{Op: "write", Path: t.path, Err: failed.Err}
	}
	if failed, ok := errors.AsType[*os.LinkError](err); ok {
		return &fs.PathError{Op: "write", Path: t.path, Err: failed.Err}
	}
	return err
}
