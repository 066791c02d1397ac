package store

import (
	"sync"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// walWriter stands between SQLite and the WAL of the connection that writes.
// Within a commit SQLite appends each page in two writes, and syncs after the last;
// here what is appended gathers to one write, which is made before anything else
// is done with the file, the sync above all. So what others see of the WAL, and
// what is on the disk when a commit is answered, is as it was.
//
// Outside of a commit nothing gathers: of a transaction that is rolled back SQLite
// tells the file nothing, and what were left of it here would later go over what
// others have written in its place.
//
// It relies on synchronous=FULL: with less, SQLite would let others read a commit
// without having synced it.
type walWriter struct {
	file    uintptr                 // SQLite's sqlite3_file
	plain   lib.Tsqlite3_io_methods // how SQLite itself goes about it
	methods uintptr                 // ours, in SQLite's memory
	buffer  uintptr                 // the same
	start   int64                   // where in the file its content belongs,
	size    int                     // which has so many bytes
	commits bool                    // a commit runs
	given   []any                   // the functions that SQLite has of ours
}

// walRoom is how much gathers at most, in bytes: some fifteen pages.
const walRoom = 1 << 16

// walWriters are those that SQLite knows of, by file: nothing else in Go may.
var walWriters sync.Map

// gatherWAL lets a connection that has opened its WAL write each commit in few
// pieces. Where it has none, or there is no memory, all stays as it is.
func (d *direct) gatherWAL() {
	var mode string
	if _, err := d.look(`pragma journal_mode`, func(r row) { mode = r.text(0) }); err != nil || mode != "wal" {
		return
	}
	result := d.tls.Alloc(8)
	defer d.tls.Free(8)
	if lib.Xsqlite3_file_control(d.tls, d.db, 0, lib.SQLITE_FCNTL_JOURNAL_POINTER, result) != lib.SQLITE_OK {
		return
	}
	w := &walWriter{file: *(*uintptr)(pointer(result))}
	file := (*lib.Tsqlite3_file)(pointer(w.file))
	if file == nil || file.FpMethods == 0 {
		return
	}
	w.plain = *(*lib.Tsqlite3_io_methods)(pointer(file.FpMethods))
	w.methods = libc.Xmalloc(d.tls, libc.Tsize_t(unsafe.Sizeof(w.plain)))
	w.buffer = libc.Xmalloc(d.tls, walRoom)
	if w.methods == 0 || w.buffer == 0 {
		w.free(d.tls)
		return
	}
	*(*lib.Tsqlite3_io_methods)(pointer(w.methods)) = w.gathering()
	walWriters.Store(w.file, w)
	file.FpMethods = w.methods
	d.wal = w
}

// commit commits the transaction that runs. Where it fails, SQLite has rolled it
// back, and what had gathered of it is given up.
func (d *direct) commit() error {
	if d.wal != nil {
		d.wal.commits = true
		defer func() { d.wal.commits, d.wal.size = false, 0 }()
	}
	return d.run(`commit`)
}

// The signatures of sqlite3_io_methods.
type (
	transfer = func(tls *libc.TLS, file, bytes uintptr, size int32, at int64) int32
	truncate = func(tls *libc.TLS, file uintptr, size int64) int32
	fileSync = func(tls *libc.TLS, file uintptr, flags int32) int32
	fileSize = func(tls *libc.TLS, file, size uintptr) int32
	fileEnd  = func(tls *libc.TLS, file uintptr) int32
)

// gathering are the methods that gather what is written.
func (w *walWriter) gathering() lib.Tsqlite3_io_methods {
	m := w.plain
	m.FxWrite = w.give(w.write)
	m.FxRead = w.give(func(tls *libc.TLS, file, to uintptr, size int32, at int64) int32 {
		return w.flushed(tls, func() int32 { return function[transfer](w.plain.FxRead)(tls, file, to, size, at) })
	})
	m.FxTruncate = w.give(func(tls *libc.TLS, file uintptr, size int64) int32 {
		return w.flushed(tls, func() int32 { return function[truncate](w.plain.FxTruncate)(tls, file, size) })
	})
	m.FxSync = w.give(func(tls *libc.TLS, file uintptr, flags int32) int32 {
		return w.flushed(tls, func() int32 { return function[fileSync](w.plain.FxSync)(tls, file, flags) })
	})
	m.FxFileSize = w.give(func(tls *libc.TLS, file, size uintptr) int32 {
		return w.flushed(tls, func() int32 { return function[fileSize](w.plain.FxFileSize)(tls, file, size) })
	})
	m.FxClose = w.give(func(tls *libc.TLS, file uintptr) int32 {
		code := function[fileEnd](w.plain.FxClose)(tls, file)
		walWriters.Delete(w.file)
		w.free(tls)
		return code
	})
	return m
}

func (w *walWriter) write(tls *libc.TLS, file, from uintptr, size int32, at int64) int32 {
	n := int(size)
	if !w.commits || n > walRoom {
		return w.flushed(tls, func() int32 { return function[transfer](w.plain.FxWrite)(tls, file, from, size, at) })
	}
	if w.size == 0 || at != w.start+int64(w.size) || w.size+n > walRoom {
		if code := w.flush(tls); code != lib.SQLITE_OK {
			return code
		}
		w.start = at
	}
	copy(unsafe.Slice((*byte)(pointer(w.buffer+uintptr(w.size))), n), unsafe.Slice((*byte)(pointer(from)), n))
	w.size += n
	return lib.SQLITE_OK
}

// flush writes what has gathered. Where that fails, so does the commit.
func (w *walWriter) flush(tls *libc.TLS) int32 {
	if w.size == 0 {
		return lib.SQLITE_OK
	}
	start, size := w.start, int32(w.size)
	w.size = 0
	return function[transfer](w.plain.FxWrite)(tls, w.file, w.buffer, size, start)
}

// flushed does something else with the file.
func (w *walWriter) flushed(tls *libc.TLS, do func() int32) int32 {
	if code := w.flush(tls); code != lib.SQLITE_OK {
		return code
	}
	return do()
}

func (w *walWriter) free(tls *libc.TLS) {
	libc.Xfree(tls, w.buffer)
	libc.Xfree(tls, w.methods)
}

// give makes of a function what SQLite can call.
func (w *walWriter) give(f any) uintptr {
	w.given = append(w.given, f)
	return (*[2]uintptr)(unsafe.Pointer(&f))[1]
}

// function makes of what SQLite calls a function.
func function[F any](address uintptr) F {
	return *(*F)(unsafe.Pointer(&struct{ uintptr }{address}))
}
