package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
	"pgregory.net/rapid"
)

// TestAGatheredWALIsTheFileThatSQLiteWrites plays random calls of SQLite's through
// the methods of a WAL, beside a plain slice of bytes: each call must find the file
// as if all before it had been written at once.
func TestAGatheredWALIsTheFileThatSQLiteWrites(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	s := opened(t, path)
	if s.writer.direct.wal == nil {
		t.Fatal("the WAL is as SQLite has it")
	}
	file := s.writer.direct.wal.file
	s.writer.direct.wal.commits = true
	methods := (*lib.Tsqlite3_io_methods)(pointer((*lib.Tsqlite3_file)(pointer(file)).FpMethods))
	tls := libc.NewTLS()
	defer tls.Close()
	const room = 1 << 17
	memory := libc.Xmalloc(tls, room)
	defer libc.Xfree(tls, memory)
	at := unsafe.Slice((*byte)(pointer(memory)), room)

	content, err := os.ReadFile(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	// What is changed lies behind what SQLite may read.
	begin := len(content) + 1000
	rapid.Check(t, func(t *rapid.T) {
		end := int64(len(content))
		done := func(code int32) {
			t.Helper()
			if code != lib.SQLITE_OK {
				t.Fatalf("code %d", code)
			}
		}
		onDisk := func() {
			t.Helper()
			if have, err := os.ReadFile(path + "-wal"); err != nil || !bytes.Equal(have, content) {
				t.Fatalf("of %d bytes, %d are on the disk, or others: %v", len(content), len(have), err)
			}
		}
		write := func(t *rapid.T, to int64) {
			n := rapid.SampledFrom([]int{24, 32, 4096, 1 << 16, 1<<16 + 1}).Draw(t, "bytes")
			fill := bytes.Repeat([]byte{rapid.Byte().Draw(t, "byte")}, n)
			copy(at, fill)
			done(function[transfer](methods.FxWrite)(tls, file, memory, int32(n), to))
			if more := int(to) + n - len(content); more > 0 {
				content = append(content, make([]byte, more)...)
			}
			copy(content[to:], fill)
			end = to + int64(n)
		}
		t.Repeat(map[string]func(*rapid.T){
			"append": func(t *rapid.T) { write(t, max(end, int64(begin))) },
			"write":  func(t *rapid.T) { write(t, int64(rapid.IntRange(begin, begin+500_000).Draw(t, "at"))) },
			"read": func(t *rapid.T) {
				if len(content) == 0 {
					t.Skip("there is nothing to read")
				}
				from := rapid.IntRange(0, len(content)-1).Draw(t, "from")
				n := min(4096, len(content)-from)
				done(function[transfer](methods.FxRead)(tls, file, memory, int32(n), int64(from)))
				if !bytes.Equal(at[:n], content[from:from+n]) {
					t.Fatalf("other bytes at %d", from)
				}
			},
			"size": func(t *rapid.T) {
				done(function[fileSize](methods.FxFileSize)(tls, file, memory))
				if size := *(*int64)(pointer(memory)); size != int64(len(content)) {
					t.Fatalf("%d bytes, not %d", size, len(content))
				}
			},
			"truncate": func(t *rapid.T) {
				if len(content) <= begin {
					t.Skip("there is nothing to cut")
				}
				content = content[:rapid.IntRange(begin, len(content)).Draw(t, "to")]
				done(function[truncate](methods.FxTruncate)(tls, file, int64(len(content))))
				onDisk()
			},
			"sync": func(*rapid.T) {
				done(function[fileSync](methods.FxSync)(tls, file, lib.SQLITE_SYNC_NORMAL))
				onDisk()
			},
		})
	})
}

// TestAnUpdateThatWasGivenUpDoesNotSpoilWhatOthersWrote: what SQLite has written of
// a large update before its commit is nobody's when that is given up, and the place
// is another's.
func TestAnUpdateThatWasGivenUpDoesNotSpoilWhatOthersWrote(t *testing.T) {
	// More than SQLite keeps in memory, less than what it puts into the database.
	for _, studies := range []int{200, 240, 280, 300, 320, 350} {
		t.Run(fmt.Sprint(studies), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.db")
			gives, goes := opened(t, path), opened(t, path)
			given := errors.New("given up")
			err := gives.Update(t.Context(), func(tx *Tx) error { return errors.Join(beginStudies(tx, "a", studies), given) })
			if !errors.Is(err, given) {
				t.Fatal(err)
			}
			for i, s := range []*Store{goes, gives, goes} {
				if err := s.Update(t.Context(), func(tx *Tx) error {
					return beginStudies(tx, fmt.Sprint("b", i, "-"), []int{studies, 1, 1}[i])
				}); err != nil {
					t.Fatal(err)
				}
			}
			// As the machine would find it if it stopped now.
			found, err := CopyFiles(t.TempDir(), path)
			if err != nil {
				t.Fatal(err)
			}
			s := opened(t, found)
			var there []Study
			if err := s.View(t.Context(), func(rx *Rx) (err error) {
				there, err = rx.Studies()
				return err
			}); err != nil || len(there) != studies+2 {
				t.Errorf("%d studies are there: %v", len(there), err)
			}
			if problems, err := s.Check(t.Context()); err != nil || len(problems) > 0 {
				t.Errorf("%+v, %v", problems, err)
			}
		})
	}
}

// beginStudies begins studies with long names.
func beginStudies(tx *Tx, prefix string, n int) error {
	for i := range n {
		if _, _, err := tx.EnsureStudy(fmt.Sprint(prefix, i, strings.Repeat(" long", 1000))); err != nil {
			return err
		}
	}
	return nil
}
