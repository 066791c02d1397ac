// Package regular opens regular files only. What a path leads to may be the work of
// somebody else: a named pipe there would block whoever opens it, and a device may
// have no end.
package regular

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// Open opens a regular file for reading. Symbolic links are followed.
func Open(path string) (*os.File, error) { return OpenFile(path, os.O_RDONLY, 0) }

// OpenFile is [os.OpenFile] for regular files: anything else is an error that says
// what it is. It never blocks on a named pipe.
func OpenFile(path string, flag int, perm fs.FileMode) (*os.File, error) {
	// Looked at first, because opening a device can have an effect.
	if info, err := os.Stat(path); err == nil {
		if err := Check(path, info.Mode()); err != nil {
			return nil, err
		}
	}
	file, err := os.OpenFile(path, flag|syscall.O_NONBLOCK, perm)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil {
		err = Check(path, info.Mode())
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// Read reads a regular file of at most limit bytes.
func Read(path string, limit int64) (content []byte, err error) {
	file, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if size := info.Size(); size <= limit {
		text.Grow(int(size) + bytes.MinRead)
		_, err = text.ReadFrom(io.LimitReader(file, limit+1))
	}
	if info.Size() > limit || int64(text.Len()) > limit {
		return nil, fmt.Errorf("%s is larger than %d MiB", path, limit>>20)
	}
	return text.Bytes(), err
}

// Check returns an error that says what a file is, unless it is a regular one.
func Check(path string, mode fs.FileMode) error {
	var kind string
	switch {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		kind = folder
	case mode&fs.ModeSymlink != 0:
		kind = "a symbolic link"
	case mode&fs.ModeNamedPipe != 0:
		kind = "a named pipe"
	case mode&fs.ModeSocket != 0:
		kind = "a socket"
	case mode&fs.ModeDevice != 0:
		kind = "a device"
	default:
		kind = "no file"
	}
	return &Error{Path: path, kind: kind}
}

// Error is something at Path that is not a regular file.
type Error struct {
	Path string
	kind string
}

const folder = "a folder"

func (e *Error) Error() string {
	next := ": name a regular file, or put one there"
	if e.kind == folder {
		next = ""
	}
	return fmt.Sprintf("%s is %s, not a file%s", e.Path, e.kind, next)
}
