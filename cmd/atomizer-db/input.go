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

	"atomizer-db/feedback"
	"atomizer-db/store"
)

// input is what events are read from, and how far it has been taken.
type input struct {
	io.Closer
	reader *bufio.Reader
	name   string // for people
	path   string // of a file; "" for standard input and other pipes
	source string // what the database remembers it by, "" for nothing
	size   int64  // of a file when it was opened; -1 of a pipe
	grows  bool   // it is read on at its end

	taken feedback.Position
	next  int64       // the number of the line that comes next
	hash  hash.Cloner // of what was taken, where the database remembers it
	ahead struct {    // what a position was last asked for
		bytes int64
		hash  hash.Cloner
	}
}

func (a *app) openInput(ctx context.Context, path, source string, follow bool) (*input, error) {
	in := &input{name: "standard input", source: source, size: -1, next: 1, hash: sha256.New().(hash.Cloner)}
	if path == "-" {
		in.Closer, in.reader = io.NopCloser(nil), bufio.NewReaderSize(a.stdin, readBuffer)
		return in, nil
	}
	file, err := open(ctx, path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = fmt.Errorf("%s is a folder, not a file of events", path)
	case follow && !info.Mode().IsRegular():
		err = usagef("--follow is for a file: %s is read to its end anyway", path)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	in.Closer, in.name, in.grows = file, path, follow
	in.reader = bufio.NewReaderSize(file, readBuffer)
	if follow {
		in.reader = bufio.NewReaderSize(&follower{ctx: ctx, path: path, file: file}, readBuffer)
	}
	if info.Mode().IsRegular() { // what comes through a pipe next time is something else
		in.path, in.size = path, info.Size()
	}
	return in, nil
}

// open opens a file for reading. A named pipe is waited for until somebody
// writes to it.
func open(ctx context.Context, path string) (*os.File, error) {
	type opened struct {
		file *os.File
		err  error
	}
	done := make(chan opened, 1)
	go func() {
		file, err := os.Open(path)
		done <- opened{file, err}
	}()
	select {
	case o := <-done:
		return o.file, o.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
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
	var last lastByte
	if in.path == "" || in.size >= before.Bytes { // else it was cut, and would be waited for where it grows
		_, err = io.CopyN(io.MultiWriter(in.hash, &last), in.reader, before.Bytes)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
	}
	if !bytes.Equal(in.hash.Sum(nil), before.Digest) {
		return store.Fail(feedback.ErrConflict, "%s: what was taken before (%s) has changed since: "+
			"ingest what is new as a file of its own, or give the input a new name with --source", in.name, count(before.Lines, "line"))
	}
	in.taken, in.next = before, before.Lines+1
	if last != '\n' {
		in.next = before.Lines // what comes next belongs to the last line taken
	}
	return nil
}

// lastByte keeps the last byte that was written to it.
type lastByte byte

func (l *lastByte) Write(p []byte) (int, error) {
	if len(p) > 0 {
		*l = lastByte(p[len(p)-1])
	}
	return len(p), nil
}

// relative is a file's path as seen from the database's folder, so that both
// can be moved together: the same by whatever links it is reached.
func relative(database, path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return "", err
	}
	if database, err = filepath.EvalSymlinks(database); err != nil {
		return "", err
	}
	if rel, err := filepath.Rel(filepath.Dir(database), path); err == nil {
		path = rel
	}
	return filepath.ToSlash(path), nil
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
	in.ahead.bytes, in.ahead.hash = last.end, sum
	return feedback.Position{Bytes: last.end, Lines: last.number, Digest: sum.Sum(nil)}
}

// take goes on behind some lines.
func (in *input) take(lines []line) {
	if len(lines) == 0 {
		return
	}
	last := lines[len(lines)-1]
	if in.source != "" {
		if in.ahead.bytes != last.end {
			in.after(lines)
		}
		in.hash = in.ahead.hash
	}
	in.taken.Bytes, in.taken.Lines = last.end, last.number
}
