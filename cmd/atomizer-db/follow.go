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
	followInterval = 100 * time.Millisecond // how often a file that is followed is looked at
	tailLength     = 4 << 10                // bytes by which a file is known to be the same still
)

// follower reads a file that grows: at its end it waits for more.
type follower struct {
	ctx  context.Context
	path string
	file *os.File
	read int64
	tail []byte // what was read last
}

func (f *follower) Read(p []byte) (int, error) {
	for {
		gone, err := f.gone() // before the read, so that nothing is missed that was written until then
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
			return 0, errors.New("was removed or replaced while it was followed: ingest it again to go on with what is there now")
		}
		select {
		case <-f.ctx.Done():
			return 0, f.ctx.Err()
		case <-time.After(followInterval):
		}
	}
}

// gone tells whether the path leads to another file now, or to none.
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

// changed tells whether what was read is not there any more, as when the file
// was cut and written anew.
func (f *follower) changed() error {
	tail := make([]byte, len(f.tail))
	_, err := f.file.ReadAt(tail, f.read-int64(len(tail)))
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if err != nil || !bytes.Equal(tail, f.tail) {
		return store.Fail(feedback.ErrConflict, "was cut or written anew while it was followed: what is there now needs a name of its own, with --source")
	}
	return nil
}
