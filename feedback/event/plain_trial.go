package event

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// decodePlainTrial reads a line that is a trial and has nothing unusual: no null
// where a value is wanted, no escape in a name, no number in a form of its own. Of
// any other line it says not ok, and [DecodeAs] tells what it is, or what is
// wrong with it. Nearly all lines of a long study are plain, and read so in a
// third of the time.
func decodePlainTrial(line []byte) (t Trial, ok bool) {
	d := plainDecoders.Get().(*plainDecoder)
	defer plainDecoders.Put(d)
	d.Reset(bytes.NewBuffer(line))
	if token, err := d.ReadToken(); err != nil || token.Kind() != '{' {
		return t, false
	}
	var isTrial, hasNumber, hasSuccess bool
	for d.PeekKind() == '"' {
		name, err := d.ReadValue()
		if err != nil {
			return t, false
		}
		ok := false
		switch string(name) {
		case `"type"`:
			value, err := d.ReadValue()
			isTrial = string(value) == `"trial"`
			ok = err == nil && isTrial
		case `"trial_number"`:
			t.Number, ok = d.integer()
			hasNumber = true
		case `"success"`:
			t.Success, ok = d.boolean()
			hasSuccess = true
		case `"objective_value"`:
			var number float64
			number, ok = d.number()
			t.Objective = &number
		case `"design_variables"`:
			t.DesignVariables, ok = d.variables()
		case `"context_items_used"`:
			t.ContextItems, ok = d.texts()
		case `"context_items_shown"`:
			t.ShownItems, ok = d.texts()
		case `"errors"`:
			t.Errors, ok = d.texts()
		case `"constraint_violations"`:
			t.ConstraintViolations, ok = d.texts()
		case `"extractor_used"`:
			t.Extractor, ok = d.text()
		case `"duration_seconds"`:
			t.DurationSeconds, ok = d.number()
		case `"key"`:
			t.Key, ok = d.text()
			ok = ok && t.Key != ""
		case `"study"`:
			var study string
			study, ok = d.text()
			t.Study = &study
		case `"time"`:
			var text string
			if text, ok = d.text(); ok {
				t.Time, err = ParseTime(text)
				ok = err == nil
			}
		}
		if !ok {
			return t, false
		}
	}
	if token, err := d.ReadToken(); err != nil || token.Kind() != '}' {
		return t, false
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return t, false
	}
	return t, isTrial && hasNumber && hasSuccess && t.Validate() == nil
}

// plainDecoder reads values that are as they are wanted.
type plainDecoder struct{ jsontext.Decoder }

var plainDecoders = sync.Pool{New: func() any { return new(plainDecoder) }}

func (d *plainDecoder) integer() (int64, bool) {
	value, err := d.ReadValue()
	if err != nil || value.Kind() != '0' || string(value) == "-0" {
		return 0, false
	}
	number, err := strconv.ParseInt(string(value), 10, 64)
	return number, err == nil
}

func (d *plainDecoder) number() (float64, bool) {
	value, err := d.ReadValue()
	if err != nil || value.Kind() != '0' {
		return 0, false
	}
	number, err := strconv.ParseFloat(string(value), 64)
	return number, err == nil
}

func (d *plainDecoder) boolean() (value, ok bool) {
	token, err := d.ReadToken()
	if err != nil || (token.Kind() != 't' && token.Kind() != 'f') {
		return false, false
	}
	return token.Bool(), true
}

func (d *plainDecoder) text() (string, bool) {
	value, err := d.ReadValue()
	if err != nil || value.Kind() != '"' {
		return "", false
	}
	return unquote(value)
}

// unquote gives the text of a JSON string that is known to be one.
func unquote(value jsontext.Value) (string, bool) {
	if bytes.IndexByte(value, '\\') < 0 {
		return string(value[1 : len(value)-1]), true
	}
	text, err := jsontext.AppendUnquote(nil, []byte(value))
	return string(text), err == nil
}

// texts reads a list of texts.
func (d *plainDecoder) texts() (texts []string, ok bool) {
	if token, err := d.ReadToken(); err != nil || token.Kind() != '[' {
		return nil, false
	}
	for d.PeekKind() == '"' {
		text, ok := d.text()
		if !ok {
			return nil, false
		}
		texts = append(texts, text)
	}
	token, err := d.ReadToken()
	return texts, err == nil && token.Kind() == ']'
}

// variables reads the design variables.
func (d *plainDecoder) variables() (variables map[string]any, ok bool) {
	if token, err := d.ReadToken(); err != nil || token.Kind() != '{' {
		return nil, false
	}
	for d.PeekKind() == '"' {
		name, ok := d.text()
		if !ok {
			return nil, false
		}
		value, err := d.ReadValue()
		if err != nil {
			return nil, false
		}
		if variables == nil {
			variables = map[string]any{}
		}
		if variables[name], ok = scalar(value); !ok {
			return nil, false
		}
	}
	token, err := d.ReadToken()
	return variables, err == nil && token.Kind() == '}'
}
