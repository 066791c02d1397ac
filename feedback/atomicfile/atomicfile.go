// Package atomicfile replaces files so that a reader, or a machine that loses
// its power, sees the old content or the new, whole, and nothing between.
package atomicfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Write puts content at path, atomically and durably. A symbolic link is
// followed, and the mode of a file that is replaced is kept.
func Write(path string, content []byte) error {
	path = resolve(path)
	waiting := beside(path, fmt.Sprintf("%08x", rand.Uint32())) // nobody else's
	if err := write(waiting, content, path); err != nil {
		return err
	}
	return install(waiting, path)
}

// Stage writes content beside path, synced, so that [Install] has little left
// that can fail. One process at a time may stage a path.
func Stage(path string, content []byte) error {
	path = resolve(path)
	return write(beside(path, "staged"), content, path)
}

// Install puts content at path, as [Write] does. What was staged is used where
// it is that content.
func Install(path string, content []byte) error {
	waiting := beside(resolve(path), "staged")
	if there, err := os.ReadFile(waiting); err == nil && bytes.Equal(there, content) {
		return install(waiting, resolve(path))
	}
	return Write(path, content)
}

func write(waiting string, content []byte, target string) (err error) {
	replaced, err := os.Stat(target)
	if err == nil && replaced.IsDir() {
		return fmt.Errorf("%s is a folder, not a file", target)
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

// keepMode gives a file another's mode, whatever the umask.
func keepMode(file *os.File, mode fs.FileMode) error {
	info, err := file.Stat()
	if err != nil || info.Mode().Perm() == mode {
		return err
	}
	return file.Chmod(mode)
}

// about says of the target what went wrong with the file that waits.
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

// beside names a hidden file in the folder of path, on the same file system.
func beside(path, mark string) string {
	return filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+mark)
}

func resolve(path string) string {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		return target
	}
	return path
}
