package store

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"reflect"
	"time"
	"unsafe"

	"github.com/jmoiron/sqlx"
	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// direct runs the statements that recording runs for each event, and the questions
// that are asked all the time. It goes to SQLite itself, on a connection that the
// driver has opened: by way of database/sql a row costs several times what SQLite
// takes for it. It is for one goroutine at a time.
type direct struct {
	tls        *libc.TLS
	db         uintptr
	statements map[string]*prepared // once, by their SQL
	wal        *walWriter           // nil: SQLite's own
}

// newDirect goes beneath a connection. It must be closed before that is.
func newDirect(conn *sqlx.Conn) (d *direct, err error) {
	err = conn.Raw(func(c any) error {
		d = &direct{tls: libc.NewTLS(), db: handle(c), statements: map[string]*prepared{}}
		d.dropMutex()
		return nil
	})
	return d, err
}

// dropMutex makes the connection what SQLITE_OPEN_NOMUTEX makes of one, which
// the driver does not let one choose. It is used by one goroutine at a time
// anyway, and binding a value takes half as long.
func (d *direct) dropMutex() {
	db := (*lib.Tsqlite3)(pointer(d.db))
	lib.Xsqlite3_mutex_free(d.tls, db.Fmutex)
	db.Fmutex = 0
}

// handle is SQLite's own connection, which the driver keeps to itself.
func handle(conn any) uintptr {
	return uintptr(reflect.ValueOf(conn).Elem().FieldByName("db").Uint())
}

func (d *direct) close() {
	for _, s := range d.statements {
		lib.Xsqlite3_finalize(d.tls, s.handle)
		libc.Xfree(d.tls, s.text)
	}
	d.tls.Close()
}

// run runs a statement that gives no rows.
func (d *direct) run(query string, values ...value) error {
	return d.each(query, values, func(row) error { return nil })
}

// look reads the first row; found is false where there is none.
func (d *direct) look(query string, read func(row), values ...value) (found bool, err error) {
	err = d.each(query, values, func(r row) error {
		found = true
		read(r)
		return errEnough
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return found, err
}

var errEnough = errors.New("enough")

// each runs a statement and hands over its rows, each good until the next.
func (d *direct) each(query string, values []value, read func(row) error) error {
	s, err := d.prepare(query)
	if err != nil {
		return err
	}
	return s.each(values, read)
}

func (d *direct) prepare(query string) (*prepared, error) {
	if s, ok := d.statements[query]; ok {
		return s, nil
	}
	text, err := libc.CString(query)
	if err != nil {
		return nil, err
	}
	defer libc.Xfree(d.tls, text)
	result := d.tls.Alloc(8)
	defer d.tls.Free(8)
	if lib.Xsqlite3_prepare_v3(d.tls, d.db, text, -1, lib.SQLITE_PREPARE_PERSISTENT, result, 0) != lib.SQLITE_OK {
		return nil, d.failure()
	}
	s := &prepared{direct: d, handle: *(*uintptr)(pointer(result))}
	d.statements[query] = s
	return s, nil
}

// prepareUnchecked prepares a statement that does not look at CHECK constraints.
// SQLite's pragma for this would make all other statements be prepared again.
func (d *direct) prepareUnchecked(query string) (*prepared, error) {
	db := (*lib.Tsqlite3)(pointer(d.db))
	db.Fflags |= lib.SQLITE_IgnoreChecks
	defer func() { db.Fflags &^= lib.SQLITE_IgnoreChecks }()
	return d.prepare(query)
}

// setBusyTimeout says how long SQLite waits for a lock, without a look at any
// context.
func (d *direct) setBusyTimeout(wait time.Duration) {
	lib.Xsqlite3_busy_timeout(d.tls, d.db, int32(wait.Milliseconds()))
}

// readOnly tells whether the file could be opened for reading only.
func (d *direct) readOnly() bool { return lib.Xsqlite3_db_readonly(d.tls, d.db, 0) != 0 }

// pagesWritten is how many pages the connection has written so far.
func (d *direct) pagesWritten() int64 {
	result := d.tls.Alloc(8)
	defer d.tls.Free(8)
	lib.Xsqlite3_db_status(d.tls, d.db, lib.SQLITE_DBSTATUS_CACHE_WRITE, result, result+4, 0)
	return int64(*(*int32)(pointer(result)))
}

// failure is what went wrong last.
func (d *direct) failure() error {
	return &failure{
		code:    int(lib.Xsqlite3_extended_errcode(d.tls, d.db)),
		message: libc.GoString(lib.Xsqlite3_errmsg(d.tls, d.db)),
	}
}

// failure is an error of SQLite that came without the driver.
type failure struct {
	code    int // the extended one
	message string
}

func (f *failure) Error() string { return fmt.Sprintf("%s (%d)", f.message, f.code) }

// prepared is a statement that can be run again and again.
type prepared struct {
	*direct
	handle uintptr
	text   uintptr // of the values that are bound: Go may move its own memory
	room   int
}

// each runs the statement and hands over its rows, each good until the next.
func (s *prepared) each(values []value, read func(row) error) error {
	defer lib.Xsqlite3_reset(s.tls, s.handle)
	if err := s.bind(values); err != nil {
		return err
	}
	for {
		switch code := lib.Xsqlite3_step(s.tls, s.handle); code {
		case lib.SQLITE_DONE:
			return nil
		case lib.SQLITE_ROW:
			if err := read(row{s}); err != nil {
				return err
			}
		default:
			return s.failure()
		}
	}
}

// bind gives a statement its values, which are copied.
func (s *prepared) bind(values []value) error {
	size := 0
	for i := range values {
		size += len(values[i].text)
	}
	if size > s.room || s.text == 0 {
		libc.Xfree(s.tls, s.text)
		s.room = 2*size + 64
		if s.text = libc.Xmalloc(s.tls, libc.Tsize_t(s.room)); s.text == 0 {
			s.room = 0
			return &failure{lib.SQLITE_NOMEM, "out of memory"}
		}
	}
	at := s.text
	for i := range values {
		v, code := &values[i], int32(lib.SQLITE_OK)
		switch n := int32(i + 1); v.kind {
		case isNull:
			code = lib.Xsqlite3_bind_null(s.tls, s.handle, n)
		case isInteger:
			code = lib.Xsqlite3_bind_int64(s.tls, s.handle, n, int64(v.bits))
		case isReal:
			code = lib.Xsqlite3_bind_double(s.tls, s.handle, n, math.Float64frombits(v.bits))
		case isText, isBlob:
			copy(unsafe.Slice((*byte)(pointer(at)), len(v.text)), v.text)
			if v.kind == isText {
				code = lib.Xsqlite3_bind_text(s.tls, s.handle, n, at, int32(len(v.text)), lib.SQLITE_STATIC)
			} else {
				code = lib.Xsqlite3_bind_blob(s.tls, s.handle, n, at, int32(len(v.text)), lib.SQLITE_STATIC)
			}
			at += uintptr(len(v.text))
		}
		if code != lib.SQLITE_OK {
			return s.failure()
		}
	}
	return nil
}

// pointer makes one of an address outside of Go's memory.
func pointer(address uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&address)) }

// value is a value of SQLite.
type value struct {
	kind valueKind
	bits uint64 // of a number
	text string
}

type valueKind int8

const (
	isNull valueKind = iota
	isInteger
	isReal
	isText
	isBlob
)

func integer[I int | int64](v I) value { return value{kind: isInteger, bits: uint64(v)} }
func real64(v float64) value           { return value{kind: isReal, bits: math.Float64bits(v)} }
func text(v string) value              { return value{kind: isText, text: v} }
func blob(v []byte) value              { return value{kind: isBlob, text: string(v)} }

func boolean(v bool) value {
	if v {
		return integer(1)
	}
	return integer(0)
}

// orNull is null for nil.
func orNull[T any](of func(T) value, v *T) value {
	if v == nil {
		return value{}
	}
	return of(*v)
}

// row is what a statement has just given. Columns count from 0.
type row struct{ s *prepared }

func (r row) integer(column int) int64 {
	return lib.Xsqlite3_column_int64(r.s.tls, r.s.handle, int32(column))
}

func (r row) text(column int) string {
	return string(r.bytes(lib.Xsqlite3_column_text(r.s.tls, r.s.handle, int32(column)), column))
}

// bytes is what a column's value at an address says, SQLite's own copy.
func (r row) bytes(at uintptr, column int) []byte {
	if at == 0 {
		return nil
	}
	size := lib.Xsqlite3_column_bytes(r.s.tls, r.s.handle, int32(column))
	return unsafe.Slice((*byte)(pointer(at)), size)
}

func (r row) isNull(column int) bool {
	return lib.Xsqlite3_column_type(r.s.tls, r.s.handle, int32(column)) == lib.SQLITE_NULL
}

func (r row) blob(column int) []byte {
	return bytes.Clone(r.bytes(lib.Xsqlite3_column_blob(r.s.tls, r.s.handle, int32(column)), column))
}
