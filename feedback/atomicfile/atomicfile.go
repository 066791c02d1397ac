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
)

// Write writes content to path, atomically and durably. It follows symbolic links and
// keeps the mode of an existing file.
func Write(path string, content []byte) error {
	path = resolve(path)
	waiting := besideRandom(path)
	if err := write(waiting, content, path); err != nil {
		return err
	}
	return install(waiting, path)
}

// Probe returns the error that would prevent [Write] from writing to path. It creates an
// empty file in the same folder and removes it.
func Probe(path string) error {
	path = resolve(path)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return isFolder(path)
	}
	waiting := besideRandom(path)
	file, err := os.OpenFile(waiting, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return about(path, err)
	}
	return errors.Join(file.Close(), os.Remove(waiting))
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

func write(waiting string, content []byte, target string) (err error) {
	replaced, err := os.Stat(target)
	if err == nil && replaced.IsDir() {
		return isFolder(target)
	}
	exists := err == nil
	file, err := os.OpenFile(waiting, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return about(target, err)
	}
	if exists {
		err = keepMode(file, replaced.Mode().Perm())
	}
	if err == nil {
		_, err = file.Write(content)
	}
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(about(target, err), os.Remove(waiting))
	}
	return nil
}

// keepMode sets a file's mode, regardless of the umask.
func keepMode(file *os.File, mode fs.FileMode) error {
	info, err := file.Stat()
	if err != nil || info.Mode().Perm() == mode {
		return err
	}
	return file.Chmod(mode)
}

// about returns an error about the waiting file as one about the target.
func about(target string, err error) error {
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return &fs.PathError{Op: "write", Path: target, Err: failed.Err}
	}
	return err
}

func install(waiting, path string) error {
	if err := os.Rename(waiting, path); err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func isFolder(path string) error { return fmt.Errorf("%s is a folder, not a file", path) }

// besideRandom returns a random name of a hidden file in the folder of path, and so on
// the same file system.
func besideRandom(path string) string {
	return filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s.%08x", filepath.Base(path), rand.Uint32()))
}

func resolve(path string) string {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		return target
	}
	return path
}
