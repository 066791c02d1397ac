package main

import (
	"errors"
	"os"

	"atomizer-db/feedback"
	"atomizer-db/store"
)

// rejects is a file with the wrong lines of an input, to be corrected and ingested.
type rejects struct {
	path string
	file *os.File // nil until the first
}

// newRejects returns the rejects at path, which may not be the input itself. The
// file is opened for the first wrong line.
func newRejects(path string, in *input) (*rejects, error) {
	if in.path != "" {
		own, err := os.Stat(in.path)
		if err != nil {
			return nil, err
		}
		if there, err := os.Stat(path); err == nil && os.SameFile(own, there) {
			return nil, store.Fail(feedback.ErrConflict, "--rejects %s is the input itself: give another file", path)
		}
	}
	return &rejects{path: path}, nil
}

// add appends a line to the file and syncs it: the position that is stored next lies
// after that line.
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
