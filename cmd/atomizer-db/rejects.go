package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"

	"atomizer-db/feedback"
	"atomizer-db/feedback/atomicfile"
	"atomizer-db/store"
	"atomizer-db/store/regular"
)

// rejects is a file with the wrong lines of an input, to be corrected and ingested.
//
// A line gets its newline only after the position behind it was stored. So a line
// without one may have been written by a run that was killed before it stored the
// position. The next run reads that line first, finds it in the file, and does not add
// it again. It cannot tell a kill just after the position was stored: if the next line
// of the input is wrong too, and the same to the letter, the two are one in the file.
type rejects struct {
	path string
	file *os.File // nil until the first
}

// newRejects returns the rejects at path, which may not be the input itself. The
// file is opened for the first wrong line.
func newRejects(path string, in *input) (*rejects, error) {
	switch there, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	default:
		if err := regular.Check(path, there.Mode()); err != nil {
			return nil, err
		}
		own, err := atomicfile.Same(path, in.path)
		if err != nil {
			return nil, err
		}
		if own {
			return nil, store.Fail(feedback.ErrConflict, "--rejects %s is the input itself: give another file", path)
		}
	}
	return &rejects{path: path}, nil
}

// add appends a line to the file and calls stored, which stores the position behind the
// line. Where the line is the first that a run reads, an earlier run may have added it.
func (r *rejects) add(ctx context.Context, line []byte, first bool, stored func() error) (err error) {
	if r.file == nil {
		if r.file, err = openRejects(r.path); err != nil {
			return err
		}
	}
	// Another run may write to the same file, and must not append to an open line.
	if _, err := await(ctx, func() (any, error) { return nil, lockFile(r.file) }); err != nil {
		return err
	}
	defer unlockFile(r.file)
	missing, err := r.missing(line, first)
	if err != nil {
		return err
	}
	if _, err := r.file.Write(missing); err != nil {
		return err
	}
	if err := r.file.Sync(); err != nil {
		return err
	}
	if err := stored(); err != nil {
		return err
	}
	_, err = r.file.WriteString("\n")
	return err
}

// missing returns what has to be appended so that the file ends with a line.
func (r *rejects) missing(line []byte, first bool) ([]byte, error) {
	info, err := r.file.Stat()
	if err != nil || info.Size() == 0 {
		return line, err
	}
	end := make([]byte, min(info.Size(), int64(len(line)+1)))
	if _, err := r.file.ReadAt(end, info.Size()-int64(len(end))); err != nil {
		return nil, err
	}
	open := end[bytes.LastIndexByte(end, '\n')+1:]
	switch {
	case len(open) == 0:
		return line, nil
	case first && bytes.HasPrefix(line, open):
		return line[len(open):], nil
	}
	return append([]byte("\n"), line...), nil
}

// openRejects opens the file, and creates it so that it survives a loss of power.
func openRejects(path string) (*os.File, error) {
	file, err := regular.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil, err
	}
	if err := atomicfile.Sync(path); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

func (r *rejects) close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}
