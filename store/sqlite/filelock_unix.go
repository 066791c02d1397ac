//go:build unix

package sqlite

import (
	"context"
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// fileLock is a lock between processes, held on a file. The file stays open between
// uses, because opening it costs more than locking it. If the file cannot be opened
// or locked, callers proceed without the lock: SQLite's own locks still keep writers
// apart.
type fileLock struct {
	path string
	file *os.File // nil: not opened yet
	held bool
}

// lock waits until it has the lock or ctx is done. Its only error is that of ctx.
func (l *fileLock) lock(ctx context.Context) error {
	for l.open() {
		err := unix.Flock(int(l.file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if errors.Is(err, unix.EWOULDBLOCK) {
			err = l.wait(ctx)
		}
		if err != nil {
			return ctx.Err()
		}
		if !l.removed() {
			l.held = true
			return nil
		}
		l.close()
	}
	return nil
}

// try takes the lock if it is free.
func (l *fileLock) try() bool {
	if !l.open() || unix.Flock(int(l.file.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil {
		return false
	}
	if l.removed() {
		l.close()
		return false
	}
	l.held = true
	return true
}

func (l *fileLock) unlock() {
	if l.held {
		_ = unix.Flock(int(l.file.Fd()), unix.LOCK_UN)
		l.held = false
	}
}

// open opens the file. A symbolic link is not followed, since it could have any file
// made or locked, and only a regular file is a lock.
func (l *fileLock) open() bool {
	if l.file != nil {
		return true
	}
	// Readable by all, so that processes of other users can lock it too.
	file, err := os.OpenFile(l.path, os.O_RDONLY|os.O_CREATE|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0o666)
	if err != nil {
		return false
	}
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		_ = file.Close()
		return false
	}
	l.file = file
	return true
}

// close closes the file, which releases the lock.
func (l *fileLock) close() {
	if l.file != nil {
		_ = l.file.Close()
		l.file, l.held = nil, false
	}
}

// removed reports whether another process removed the file after this one opened it.
// Other processes then lock a new file.
func (l *fileLock) removed() bool {
	var stat unix.Stat_t
	return unix.Fstat(int(l.file.Fd()), &stat) == nil && stat.Nlink == 0
}

// wait blocks until it has the lock or ctx is done. The system call cannot be
// interrupted: if it gets the lock after ctx is done, it closes the file, which
// releases the lock.
func (l *fileLock) wait(ctx context.Context) error {
	file, result := l.file, make(chan error)
	go func() {
		err := unix.Flock(int(file.Fd()), unix.LOCK_EX)
		for errors.Is(err, unix.EINTR) {
			err = unix.Flock(int(file.Fd()), unix.LOCK_EX)
		}
		select {
		case result <- err:
		case <-ctx.Done():
			_ = file.Close()
		}
	}()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		l.file = nil
		return ctx.Err()
	}
}
