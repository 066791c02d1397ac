package event

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/jsonerr"
)

// typeField is the field with the type of an event.
const typeField = "type"

// Decode reads one line of an event file: a JSON object with a "type" and the
// parameter names of the legacy calls. An error about a field is a [*FieldError]. An
// optional field that is null is treated as missing.
func Decode(line []byte) (Event, error) { return DecodeAs("", line) }

// DecodeAs reads an event of the wanted type, as [Decode] does. The line need not have
// a "type". If wanted is "", the event may have any type.
func DecodeAs(wanted string, line []byte) (Event, error) {
	d := decoders.Get().(*decoder)
	defer decoders.Put(d)
	event, err := d.event(wanted, line)
	if err != nil {
		return nil, Explain(line, err)
	}
	if err := event.Validate(); err != nil {
		return nil, err
	}
	return event, nil
}

// decoder reads the values of fields.
type decoder struct{ jsontext.Decoder }

var decoders = sync.Pool{New: func() any { return new(decoder) }}

func (d *decoder) event(wanted string, line []byte) (Event, error) {
	said, err := d.begin(line)
	if err != nil {
		return nil, err
	}
	kind := wanted
	switch {
	case said == nil && wanted == "":
		return nil, wrong(typeField, "is missing: one of %s", typeNames)
	case said != nil && wanted != "" && *said != wanted:
		return nil, wrong(typeField, "must be %q here, not %q", wanted, *said)
	case said != nil:
		kind = *said
	}
	form, known := forms[kind]
	if !known {
		return nil, wrong(typeField, "%q is not one of %s", kind, typeNames)
	}
	event, err := form.read(d)
	if err != nil {
		return nil, err
	}
	return event, d.end(line)
}

// begin starts reading the object of a line and returns its type, nil if it has none.
// The type usually comes first. If not, the object is then read again from its start.
func (d *decoder) begin(line []byte) (kind *string, err error) {
	if err := d.open(line); err != nil {
		return nil, err
	}
	for first := true; d.PeekKind() == '"'; first = false {
		name, err := d.name()
		if err != nil {
			return nil, err
		}
		if string(name) != typeField {
			if err := d.SkipValue(); err != nil {
				return nil, err
			}
			continue
		}
		null, err := d.null()
		if err == nil && !null {
			kind = new(string)
			*kind, err = d.text(typeField)
		}
		if err != nil || first {
			return kind, err
		}
		return kind, d.open(line)
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	return nil, d.open(line)
}

// open starts reading the object of a line.
func (d *decoder) open(line []byte) error {
	d.Reset(bytes.NewBuffer(line[:len(line):len(line)]))
	if kind := d.PeekKind(); beginsValue(kind) && kind != '{' {
		return fmt.Errorf("must be a JSON object, not %s", jsonerr.KindName(kind))
	}
	_, err := d.ReadToken()
	return err
}

// end returns an error if more text follows in the line.
func (d *decoder) end(line []byte) error {
	rest := bytes.TrimLeft(line[d.InputOffset():], " \t\r\n")
	if len(rest) == 0 {
		return nil
	}
	next, _ := utf8.DecodeRune(rest)
	return fmt.Errorf("is not valid JSON: invalid character %q after top-level value (column %d)", next, len(line)-len(rest)+1)
}

// beginsValue reports whether a value comes next. If not, reading it returns a syntax
// error.
func beginsValue(kind jsontext.Kind) bool { return strings.IndexByte(`ntf"0{[`, byte(kind)) >= 0 }

// raw reads a value of the given kind.
func (d *decoder) raw(field, what string, kind jsontext.Kind) (jsontext.Value, error) {
	if got := d.PeekKind(); got != kind && beginsValue(got) {
		return nil, expected(field, what, got)
	}
	return d.ReadValue()
}

// name reads the name of a member. The result is valid until the next read.
func (d *decoder) name() ([]byte, error) {
	value, err := d.ReadValue()
	if err != nil {
		return nil, err
	}
	if bytes.IndexByte(value, '\\') >= 0 {
		return jsontext.AppendUnquote(nil, []byte(value))
	}
	return value[1 : len(value)-1], nil
}

// null reads a null, if one comes next.
func (d *decoder) null() (bool, error) {
	if d.PeekKind() != 'n' {
		return false, nil
	}
	_, err := d.ReadToken()
	return err == nil, err
}

func (d *decoder) integer(field string) (int64, error) {
	value, err := d.raw(field, anInteger, '0')
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(string(value), 10, 64)
	if err == nil {
		return n, nil
	}
	near, err := strconv.ParseFloat(string(value), 64)
	if err != nil {
		return 0, notFinite(field, value)
	}
	if n, ok := whole(string(value), near); ok {
		return n, nil
	}
	return 0, wrong(field, "must be an integer of 64 bits, not %s", value)
}

// whole returns the integer that a number with a fraction or an exponent is, such as 1.0
// or 1e0; ok is false if it is none of 64 bits. near is the number as a float64.
func whole(number string, near float64) (n int64, ok bool) {
	const beyond = 1 << 63
	if near != math.Trunc(near) || math.Abs(near) > beyond {
		return 0, false
	}
	if near == 0 { // an exponent such as e-999999 takes long to compute exactly
		digits, _, _ := strings.Cut(strings.ToLower(number), "e")
		return 0, !strings.ContainsAny(digits, "123456789")
	}
	exact, ok := new(big.Rat).SetString(number)
	if !ok || !exact.IsInt() || !exact.Num().IsInt64() {
		return 0, false
	}
	return exact.Num().Int64(), true
}

func (d *decoder) number(field string) (float64, error) {
	value, err := d.raw(field, aNumber, '0')
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseFloat(string(value), 64)
	if err != nil {
		return 0, notFinite(field, value)
	}
	return n, nil
}

func notFinite(field string, value jsontext.Value) error {
	return wrong(field, "%s is not a finite number", value)
}

func (d *decoder) boolean(field string) (bool, error) {
	if kind := d.PeekKind(); kind != 't' && kind != 'f' && beginsValue(kind) {
		return false, expected(field, trueOrFalse, kind)
	}
	token, err := d.ReadToken()
	return err == nil && token.Kind() == 't', err
}

func (d *decoder) text(field string) (string, error) {
	value, err := d.raw(field, someText, '"')
	if err != nil {
		return "", err
	}
	return unquote(value)
}

// unquote returns the text of a JSON string.
func unquote(value jsontext.Value) (string, error) {
	if bytes.IndexByte(value, '\\') < 0 {
		return string(value[1 : len(value)-1]), nil
	}
	text, err := jsontext.AppendUnquote(nil, []byte(value))
	return string(text), err
}

func (d *decoder) texts(field string) (list []string, err error) {
	if kind := d.PeekKind(); kind != '[' && beginsValue(kind) {
		return nil, expected(field, listOfTexts, kind)
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	for d.PeekKind() != ']' {
		if kind := d.PeekKind(); kind != '"' && beginsValue(kind) {
			return nil, expected(element(field, len(list)), someText, kind)
		}
		text, err := d.text(field)
		if err != nil {
			return nil, err
		}
		list = append(list, text)
	}
	_, err = d.ReadToken()
	return list, err
}

// variables reads an object of scalars; an empty one is nil.
func (d *decoder) variables(field string) (values map[string]any, err error) {
	if kind := d.PeekKind(); kind != '{' && beginsValue(kind) {
		return nil, expected(field, anObject, kind)
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	for d.PeekKind() == '"' {
		raw, err := d.name()
		if err != nil {
			return nil, err
		}
		name := string(raw)
		value, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		if values == nil {
			values = map[string]any{}
		}
		var ok bool
		if values[name], ok = scalar(value); !ok {
			return nil, expected(variable(field, name), scalarKinds, value.Kind())
		}
	}
	_, err = d.ReadToken()
	return values, err
}
