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

// newRejects refuses a file that holds something: it may be what is ingested.
func newRejects(path string) (*rejects, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > 0 {
		return nil, store.Fail(feedback.ErrConflict, "%s is there already: name a new file for the rejects", path)
	}
	return &rejects{path: path}, nil
}

func (r *rejects) add(line []byte) (err error) {
	if r.file == nil {
		if r.file, err = os.Create(r.path); err != nil {
			return err
		}
	}
	_, err = r.file.Write(append(line, '\n'))
	return err
}

func (r *rejects) close() error {
	if r.file == nil {
		return nil
	}
	return errors.Join(r.file.Sync(), r.file.Close())
}
