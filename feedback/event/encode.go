package event

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
)

// Encode returns a validated event as a line of an event file, without the newline.
func Encode(event Event) []byte { return encode(event, true) }

// Digest identifies the content of a validated event. Two events have the same digest if
// all fields except study and key have the same values after defaults.
func Digest(event Event) []byte {
	text := jsontext.Value(encode(event, false))
	// 1, 1.0 and 1e0 are the same number; integers keep all digits.
	if err := text.Canonicalize(jsontext.CanonicalizeRawInts(false)); err != nil {
		panic(impossible(err))
	}
	sum := sha256.Sum256(text)
	return sum[:16]
}

// encode returns an event as JSON, with its study and key if address is true.
func encode(event Event, address bool) []byte {
	return written(func(w *encoder) {
		w.token(jsontext.BeginObject)
		w.token(jsontext.String(typeField))
		w.token(jsontext.String(event.Type()))
		forms[event.Type()].write(w, event, address)
		w.token(jsontext.EndObject)
	})
}

// Value returns the value of a field of an event as [Encode] writes it, nil for a field
// that it leaves out.
func Value(event Event, field string) jsontext.Value {
	return written(func(w *encoder) { forms[event.Type()].value(w, event, field) })
}

func written(write func(*encoder)) []byte {
	var b bytes.Buffer
	w := &encoder{out: jsontext.NewEncoder(&b, jsontext.PreserveRawStrings(true))} // details stay as they came
	if write(w); w.err != nil {
		panic(impossible(w.err))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func impossible(err error) string {
	return fmt.Sprintf("event: a validated event cannot be encoded: %v", err)
}

// encoder keeps the first error, so that its callers need not check for errors.
type encoder struct {
	out *jsontext.Encoder
	err error
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
