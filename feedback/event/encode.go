package event

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
)

// Encode writes an event that was validated as a line of an event file, without
// the newline.
func Encode(event Event) []byte { return encode(event, true) }

// Digest identifies the content of an event: two events have the same digest if
// all their fields but study and key have the same values after defaults.
func Digest(event Event) []byte {
	text := jsontext.Value(encode(event, false))
	// 1, 1.0 and 1e0 are one number; integers keep all their digits.
	if err := text.Canonicalize(jsontext.CanonicalizeRawInts(false)); err != nil {
		panic(impossible(err))
	}
	sum := sha256.Sum256(text)
	return sum[:16]
}

// encode writes an event, with its study and key where address is true.
func encode(event Event, address bool) []byte {
	return written(func(w *encoder) {
		w.token(jsontext.BeginObject)
		w.token(jsontext.String(typeField))
		w.token(jsontext.String(event.Type()))
		forms[event.Type()].write(w, event, address)
		w.token(jsontext.EndObject)
	})
}

// Value returns the value of one field of an event as [Encode] writes it, nil for
// a field that is left out.
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
	return fmt.Sprintf("event: one that was validated cannot be encoded: %v", err)
}

// encoder keeps the first error, so that writing reads like the line.
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
