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
	"atomizer-db/feedback/history"
	"atomizer-db/store"
	"atomizer-db/store/engine"
)

// input is a source of events and the position up to which it was recorded.
type input struct {
	io.Closer
	reader *bufio.Reader
	name   string // shown in messages
	path   string // of a file; "" for standard input and pipes
	source string // the name under which the position is stored; "": it is not stored
	size   int64  // of a file when it was opened; -1 for a pipe
	grows  bool   // at its end, wait for more (--follow)

	taken feedback.Position
	began int64       // where this run began to read, in bytes
	next  int64       // the number of the next line
	hash  hash.Cloner // of everything up to the position, if that is stored
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
		err = usagef("--follow needs a regular file, and %s is not one: leave --follow out", path)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	in.Closer, in.name, in.grows = file, path, follow
	in.reader = bufio.NewReaderSize(file, readBuffer)
	if follow {
		in.reader = bufio.NewReaderSize(&follower{ctx: ctx, path: path, file: file}, readBuffer)
	}
	if info.Mode().IsRegular() { // the content of a pipe is different the next time
		in.path, in.size = path, info.Size()
	}
	return in, nil
}

// open opens a file for reading. For a named pipe it waits until another process
// opens the pipe to write.
func open(ctx context.Context, path string) (*os.File, error) {
	return await(ctx, func() (*os.File, error) { return os.Open(path) })
}

// remember reads the stored position and moves the input there. It returns an
// error if the content before the position has changed.
func (in *input) remember(ctx context.Context, loop *feedback.Loop) (err error) {
	if in.source == "" {
		if in.path == "" {
			return nil
		}
		if in.source, err = sourceOf(loop.Path(), in.path); err != nil {
			return err
		}
	}
	before, err := loop.Position(ctx, in.source)
	if err != nil || before.Bytes == 0 {
		return err
	}
	var last lastByte
	if in.path == "" || in.size >= before.Bytes { // else the file was truncated, and a follower would wait for the rest
		_, err = await(ctx, func() (int64, error) { return io.CopyN(io.MultiWriter(in.hash, &last), in.reader, before.Bytes) })
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
	}
	if !bytes.Equal(in.hash.Sum(nil), before.Digest) {
		return store.Fail(feedback.ErrConflict, "%s: the part that was ingested before (%s) has changed: "+
			"put new events into a file of their own, or give the input a new name with --source", in.name, count(before.Lines, "line"))
	}
	in.taken, in.next, in.began = before, before.Lines+1, before.Bytes
	if last != '\n' {
		in.next = before.Lines // the input continues within the last line
	}
	return nil
}

// lastByte is a writer that keeps only the last byte.
type lastByte byte

func (l *lastByte) Write(p []byte) (int, error) {
	if len(p) > 0 {
		*l = lastByte(p[len(p)-1])
	}
	return len(p), nil
}

// sourceOf returns the name under which the position in a file is stored.
func sourceOf(database, path string) (string, error) {
	if engine.IsAddress(database) { // many machines use it
		return history.HostPath(path)
	}
	return relative(database, path)
}

// relative returns a file's path relative to the database's folder, so that both
// can be moved together. Symbolic links are resolved first.
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

// after returns the position after some more lines.
func (in *input) after(lines []line) feedback.Position {
	if len(lines) == 0 {
		return in.taken
	}
	sum, err := in.hash.Clone()
	if err != nil {
		panic(fmt.Sprintf("SHA-256 cannot be cloned: %v", err)) // never happens: it implements hash.Cloner
	}
	for _, l := range lines {
		_, _ = sum.Write(l.raw)
	}
	last := lines[len(lines)-1]
	return feedback.Position{Bytes: last.end, Lines: last.number, Digest: sum.Sum(nil)}
}

// take moves the position behind some lines.
func (in *input) take(lines []line) {
	for _, l := range lines {
		if in.source != "" {
			_, _ = in.hash.Write(l.raw)
		}
		in.taken.Bytes, in.taken.Lines = l.end, l.number
	}
}
