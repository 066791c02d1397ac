package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"time"

	"atomizer-db/feedback"
	"atomizer-db/store"
)

// input is what events are read from, and how far it has been taken.
type input struct {
	io.Closer
	reader *bufio.Reader
	name   string // for people
	path   string // "" for standard input
	source string // what the database remembers it by, "" for nothing
	size   int64  // -1: not known

	taken feedback.Position
	hash  hash.Cloner // of what was taken
}

func (a *app) openInput(ctx context.Context, path, source string, follow bool) (*input, error) {
	in := &input{name: "standard input", source: source, size: -1, hash: sha256.New().(hash.Cloner)}
	if path == "-" {
		in.Closer, in.reader = io.NopCloser(nil), bufio.NewReaderSize(a.stdin, readBuffer)
		return in, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a folder, not a file of events", path)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	in.Closer, in.name, in.path = file, path, path
	in.reader = bufio.NewReaderSize(file, readBuffer)
	if follow {
		in.reader = bufio.NewReaderSize(&follower{ctx: ctx, file: file}, readBuffer)
	} else if info.Mode().IsRegular() {
		in.size = info.Size()
	}
	return in, nil
}

// remember finds out how far the input was taken before, and goes on from
// there: what was taken must be as it was then.
func (in *input) remember(ctx context.Context, loop *feedback.Loop) (err error) {
	if in.source == "" {
		if in.path == "" {
			return nil
		}
		if in.source, err = relative(loop.Path(), in.path); err != nil {
			return err
		}
	}
	before, err := loop.Position(ctx, in.source)
	if err != nil || before.Bytes == 0 {
		return err
	}
	n, err := io.CopyN(in.hash, in.reader, before.Bytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if n < before.Bytes || !bytes.Equal(in.hash.Sum(nil), before.Digest) {
		return store.Fail(feedback.ErrConflict, "%s: the first %d lines, which were taken before, have changed since: "+
			"ingest what is new as a file of its own, or give the input a new name with --source", in.name, before.Lines)
	}
	in.taken = before
	return nil
}

// relative is a file's path as seen from the database's folder, so that both
// can be moved together.
func relative(database, path string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if rel, err := filepath.Rel(filepath.Dir(database), absolute); err == nil {
		absolute = rel
	}
	return filepath.ToSlash(absolute), nil
}

// after is the position behind some more lines.
func (in *input) after(lines []line) feedback.Position {
	if len(lines) == 0 {
		return in.taken
	}
	sum, err := in.hash.Clone()
	if err != nil {
		panic(fmt.Sprintf("SHA-256 cannot be cloned: %v", err)) // it says that it can
	}
	for _, l := range lines {
		_, _ = sum.Write(l.raw)
	}
	last := lines[len(lines)-1]
	return feedback.Position{Bytes: last.end, Lines: last.number, Digest: sum.Sum(nil)}
}

// take goes on behind some lines.
func (in *input) take(lines []line) {
	for _, l := range lines {
		_, _ = in.hash.Write(l.raw)
		in.taken.Bytes, in.taken.Lines = l.end, l.number
	}
}

// followInterval is how often a file that is followed is looked at.
const followInterval = 100 * time.Millisecond

// follower reads a file that grows: at its end it waits for more.
type follower struct {
	ctx  context.Context
	file *os.File
	read int64
}

func (f *follower) Read(p []byte) (int, error) {
	for {
		n, err := f.file.Read(p)
		f.read += int64(n)
		if n > 0 || !errors.Is(err, io.EOF) {
			return n, err
		}
		if info, err := f.file.Stat(); err != nil {
			return 0, err
		} else if info.Size() < f.read {
			return 0, errors.New("has become shorter while it was followed")
		}
		select {
		case <-f.ctx.Done():
			return 0, f.ctx.Err()
		case <-time.After(followInterval):
		}
	}
}
