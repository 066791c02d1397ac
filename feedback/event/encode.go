package event

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// Encode returns a validated event as a line of an event file, without the newline. Values
// that were kept as they came, such as details, lose the white space between their values,
// which could have newlines.
func Encode(event Event) []byte { return encode(event, everything) }

// encode returns some parts of an event as JSON.
func encode(event Event, parts part) []byte {
	return written(func(w *encoder) {
		w.token(jsontext.BeginObject)
		w.token(jsontext.String(typeField))
		w.token(jsontext.String(event.Type()))
		forms[event.Type()].write(w, event, parts)
		w.token(jsontext.EndObject)
	})
}

// Value returns the value of a field of an event as [Encode] writes it, nil for a field
// that it leaves out.
func Value(event Event, field string) jsontext.Value {
	return written(func(w *encoder) { forms[event.Type()].value(w, event, field) })
}

func written(write func(*encoder)) []byte {
	w := encoders.Get().(*encoder)
	defer encoders.Put(w)
	w.text.Reset()
	// Numbers and texts in details stay as they came. The names of a validated event differ.
	w.out.Reset(&w.text, jsontext.PreserveRawStrings(true), jsontext.AllowDuplicateNames(true))
	if write(w); w.err != nil {
		panic(impossible(w.err))
	}
	return bytes.Clone(bytes.TrimSuffix(w.text.Bytes(), []byte("\n")))
}

var encoders = sync.Pool{New: func() any { return new(encoder) }}

func impossible(err error) string {
	return fmt.Sprintf("event: a validated event cannot be encoded: %v", err)
}

// encoder keeps the first error, so that its callers need not check for errors.
type encoder struct {
	text bytes.Buffer
	out  jsontext.Encoder
	err  error
}

func (w *encoder) token(t jsontext.Token) {
	if w.err == nil {
		w.err = w.out.WriteToken(t)
	}
}

func (w *encoder) value(v jsontext.Value) {
	if w.err == nil {
		w.err = w.out.WriteValue(v)
	}
}
