package history

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/event"
	"atomizer-db/store/optuna"
)

// details writes the details of a trial. It keeps the first error, so that its callers need
// not check for errors. A name that stands twice is found when the trial is validated.
type details struct {
	out  *jsontext.Encoder
	b    bytes.Buffer
	part string // the member that is being written
	err  error
}

func newDetails() *details {
	w := &details{}
	w.out = jsontext.NewEncoder(&w.b, jsontext.AllowDuplicateNames(true))
	w.token(jsontext.BeginObject)
	return w
}

// end returns the object.
func (w *details) end() (jsontext.Value, error) {
	w.token(jsontext.EndObject)
	if w.err != nil {
		return nil, &event.FieldError{Field: w.part, Problem: w.err.Error()}
	}
	return bytes.TrimSuffix(w.b.Bytes(), []byte("\n")), nil
}

func (w *details) token(t jsontext.Token) {
	if w.err == nil {
		w.err = w.out.WriteToken(t)
	}
}

func (w *details) value(v jsontext.Value) {
	if w.err == nil {
		w.err = w.out.WriteValue(v)
	}
}

func (w *details) name(name string) { w.token(jsontext.String(name)) }

func (w *details) text(name, text string) {
	w.name(name)
	w.token(jsontext.String(text))
}

// number writes a number; one that JSON does not have is text.
func (w *details) number(number float64) {
	if name := optuna.Name(number); name != "" {
		w.token(jsontext.String(name))
	} else {
		w.token(jsontext.Float(number))
	}
}

// object writes a member that is an object.
func (w *details) object(name string, members func()) {
	if w.err == nil {
		w.part = name
	}
	w.name(name)
	w.token(jsontext.BeginObject)
	members()
	w.token(jsontext.EndObject)
}

// attributes writes a member with attributes, unless there are none.
func (w *details) attributes(name string, attributes []optuna.Attribute) {
	if len(attributes) == 0 {
		return
	}
	w.object(name, func() {
		for _, a := range attributes {
			w.name(a.Name)
			w.value(a.Value)
		}
	})
}
