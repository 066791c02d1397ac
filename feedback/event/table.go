package event

import (
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// table contains the fields of a type of event. It reads, checks and writes them.
type table[E Event] struct {
	name     string
	defaults E // the event without any fields
	head     func(*E) *Header
	fields   func() *fieldList[E] // made when they are needed: most commands read one type of event, or none
}

// fieldList are the fields of a type of event.
type fieldList[E Event] struct {
	list  []field[E]
	index map[string]int // by name
}

// field is one field of a type of event.
type field[E Event] struct {
	name     string
	what     string // what its value must be, in words
	required bool
	part     part

	read  func(*decoder, *E) error // a value that is not null
	check func(*E) error
	write func(*encoder, *E)
	omit  func(*E) bool // reports whether write leaves the field out; nil: never
}

// part is the part of an event that a field belongs to.
type part uint8

const (
	content  part = 1 << iota
	address       // study, its direction, and key
	when          // time
	decision      // what recording the event decided

	everything = content | address | when | decision
)

// form is the table of any type of event.
type form interface {
	read(*decoder) (Event, error)
	write(w *encoder, event Event, parts part)
	value(w *encoder, event Event, name string)
	with(event Event, change func(*Header)) Event
	list() []Field
}

// Field is one field of a type of event.
type Field struct {
	Name     string
	What     string // what its value must be, in words
	Required bool
}

// Fields lists the fields of a type of event in the order in which they are written,
// without the field "type". It returns nil for an unknown type.
func Fields(kind string) []Field {
	f, known := forms[kind]
	if !known {
		return nil
	}
	return f.list()
}

// newTable returns the table of a type of event with these fields and those that every
// event has, except for the time, whose place is among the fields.
func newTable[E Event](name string, defaults E, head func(*E) *Header, fields func() []field[E]) *table[E] {
	return bareTable(name, defaults, head, func() []field[E] {
		return append(append([]field[E]{study(head)}, fields()...), key(head), direction(head))
	})
}

// bareTable returns the table of a type of event with only these fields.
func bareTable[E Event](name string, defaults E, head func(*E) *Header, fields func() []field[E]) *table[E] {
	return &table[E]{name: name, defaults: defaults, head: head, fields: sync.OnceValue(func() *fieldList[E] {
		list := fields()
		index := make(map[string]int, len(list))
		for i, f := range list {
			index[f.name] = i
		}
		return &fieldList[E]{list, index}
	})}
}

// at returns the field with the given name. place returns where an event stores its
// value.
func at[E Event, V any](name string, k kind[V], place func(*E) *V) field[E] {
	return field[E]{
		name: name, what: k.what, part: content,
		read: func(d *decoder, e *E) (err error) {
			*place(e), err = k.read(d, name)
			return err
		},
		check: func(e *E) error {
			if k.check == nil {
				return nil
			}
			return k.check(name, *place(e))
		},
		write: func(w *encoder, e *E) { k.write(w, *place(e)) },
	}
}

func required[E Event](f field[E]) field[E] {
	f.required = true
	return f
}

func decided[E Event](f field[E]) field[E] {
	f.part = decision
	return f
}

func (f field[E]) leftOut(omit func(*E) bool) field[E] {
	f.omit = omit
	return f
}

// With returns an event with another header.
func With(event Event, change func(*Header)) Event { return forms[event.Type()].with(event, change) }

func (t *table[E]) with(event Event, change func(*Header)) Event {
	e := event.(E)
	change(t.head(&e))
	return e
}

// read reads the members and the end of an object whose start has been read.
func (t *table[E]) read(d *decoder) (Event, error) {
	fields := t.fields()
	e, seen := t.defaults, uint64(0)
	for d.PeekKind() == '"' {
		name, err := d.name()
		if err != nil {
			return nil, err
		}
		i, known := fields.index[string(name)]
		if !known {
			if string(name) != typeField {
				return nil, wrong(string(name), "is not a field of this type of event")
			}
			if err := d.SkipValue(); err != nil {
				return nil, err
			}
			continue
		}
		null, err := d.null()
		if err == nil && !null {
			seen |= 1 << i
			err = fields.list[i].read(d, &e)
		}
		if err != nil {
			return nil, err
		}
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	for i, f := range fields.list {
		if f.required && seen&(1<<i) == 0 {
			return nil, wrong(f.name, "is missing: %s is required", f.what)
		}
	}
	return e, nil
}

func (t *table[E]) check(e *E) error {
	fields := t.fields()
	for i := range fields.list {
		if err := fields.list[i].check(e); err != nil {
			return err
		}
	}
	return nil
}

// write writes the fields of some parts.
func (t *table[E]) write(w *encoder, event Event, parts part) {
	e := event.(E)
	fields := t.fields()
	for i := range fields.list {
		if f := &fields.list[i]; !f.left(&e) && f.part&parts != 0 {
			w.token(jsontext.String(f.name))
			f.write(w, &e)
		}
	}
}

// value writes the value of one field, unless it is left out.
func (t *table[E]) value(w *encoder, event Event, name string) {
	e := event.(E)
	fields := t.fields()
	if i, known := fields.index[name]; known && !fields.list[i].left(&e) {
		fields.list[i].write(w, &e)
	}
}

func (f *field[E]) left(e *E) bool { return f.omit != nil && f.omit(e) }

func (t *table[E]) list() []Field {
	list := make([]Field, len(t.fields().list))
	for i, f := range t.fields().list {
		list[i] = Field{Name: f.name, What: f.what, Required: f.required}
	}
	return list
}
