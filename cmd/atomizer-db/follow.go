package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"time"

	"atomizer-db/feedback"
	"atomizer-db/store"
)

const (
	followInterval = 100 * time.Millisecond // how often a followed file is checked for more
	tailLength     = 4 << 10                // bytes that are compared to see that the file is still the same
)

// follower reads a file that grows. At its end it waits for more.
type follower struct {
	ctx  context.Context
	path string
	file *os.File
	read int64
	tail []byte // the last bytes that were read
}

func (f *follower) Read(p []byte) (int, error) {
	for {
		gone, err := f.gone() // before the read, which then returns everything written to the file
		if err != nil {
			return 0, err
		}
		n, err := f.file.Read(p)
		if changed := f.changed(); changed != nil {
			return 0, changed
		}
		f.read += int64(n)
		f.tail = append(f.tail, p[max(0, n-tailLength):n]...)
		f.tail = f.tail[max(0, len(f.tail)-tailLength):]
		switch {
		case n > 0 || !errors.Is(err, io.EOF):
			return n, err
		case gone:
			return 0, errors.New("the file was removed or replaced while it was followed: run ingest again to continue with the new file")
		}
		select {
		case <-f.ctx.Done():
			return 0, f.ctx.Err()
		case <-time.After(followInterval):
		}
	}
}

// gone reports whether the path leads to another file now, or to none.
func (f *follower) gone() (bool, error) {
	own, err := f.file.Stat()
	if err != nil {
		return false, err
	}
	there, err := os.Stat(f.path)
	if errors.Is(err, os.ErrNotExist) {
		return true, nil
	}
	return err == nil && !os.SameFile(own, there), err
}

// changed returns an error if the file no longer holds what was read from it, for
// example because it was truncated and rewritten.
func (f *follower) changed() error {
	tail := make([]byte, len(f.tail))
	_, err := f.file.ReadAt(tail, f.read-int64(len(tail)))
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if err != nil || !bytes.Equal(tail, f.tail) {
		return store.Fail(feedback.ErrConflict, "the file was cut or written anew while it was followed: ingest the new content under another name, with --source")
	}
	return nil
}
