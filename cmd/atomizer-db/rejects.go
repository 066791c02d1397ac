package main

import (
	"errors"
	"os"

	"atomizer-db/feedback"
	"atomizer-db/store"
)

// rejects keeps the wrong lines of an input, to be mended and sent again.
type rejects struct {
	path string
	file *os.File // nil until the first
}

// newRejects refuses a file that is the input itself.
func newRejects(path string, in *input) (*rejects, error) {
	if in.path != "" {
		own, err := os.Stat(in.path)
		if err != nil {
			return nil, err
		}
		if there, err := os.Stat(path); err == nil && os.SameFile(own, there) {
			return nil, store.Fail(feedback.ErrConflict, "%s is the input itself: keep the wrong lines in another file", path)
		}
	}
	return &rejects{path: path}, nil
}

// add keeps a line behind those that the file has, durably: the input is taken
// as read up to it.
func (r *rejects) add(line []byte) (err error) {
	if r.file == nil {
		if r.file, err = os.OpenFile(r.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666); err != nil {
			return err
		}
	}
	_, err = r.file.Write(append(line[:len(line):len(line)], '\n'))
	return errors.Join(err, r.file.Sync())
}

func (r *rejects) close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}
