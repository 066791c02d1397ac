package mcp

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	streamed "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/jsonschema-go/jsonschema"

	"atomizer-db/feedback/event"
	"atomizer-db/feedback/jsonerr"
)

// argument is an argument of a tool. Its schema is what the client is told and what its
// value is checked by.
type argument struct {
	name     string
	schema   *jsonschema.Schema
	required bool
}

func of(kind, name, about string) argument {
	return argument{name: name, schema: &jsonschema.Schema{Type: kind, Description: about}}
}

func text(name, about string) argument    { return of("string", name, about) }
func flag(name, about string) argument    { return of("boolean", name, about) }
func number(name, about string) argument  { return of("number", name, about) }
func integer(name, about string) argument { return of("integer", name, about) }
func object(name, about string) argument  { return of("object", name, about) }

func texts(name, about string) argument {
	a := of("array", name, about)
	a.schema.Items = &jsonschema.Schema{Type: "string"}
	return a
}

func (a argument) require() argument {
	a.required = true
	return a
}

func (a argument) least(minimum float64) argument {
	a.schema.Minimum = &minimum
	return a
}

func (a argument) between(minimum, maximum float64) argument {
	a.schema.Maximum = &maximum
	return a.least(minimum)
}

func (a argument) oneOf(values ...string) argument {
	for _, value := range values {
		a.schema.Enum = append(a.schema.Enum, value)
	}
	return a
}

// The arguments of several tools.

func study() argument { return text("study", "its name") }

func trialNumber() argument { return integer("trial_number", "in the study").require() }

func used() argument { return texts("context_items_used", "ids of advice used") }

func key() argument { return text("key", "makes a repeat safe") }

func cursor() argument { return text("cursor", "a next_cursor") }

// calls makes a function of typed arguments the call of a tool.
func calls[A any](call func(context.Context, *server, A) (answer, error)) func(context.Context, *server, []byte) (answer, error) {
	return func(ctx context.Context, s *server, text []byte) (answer, error) {
		var arguments A
		if err := json.Unmarshal(text, &arguments); err != nil {
			return answer{}, err
		}
		return call(ctx, s, arguments)
	}
}

// check returns the arguments without those that are null or an empty text, which agents send
// for what they leave out, or an [*event.FieldError] for one that is unknown, missing or
// wrong.
func (t tool) check(text []byte) (_ []byte, err error) {
	given := map[string]jsontext.Value{}
	if len(text) > 0 {
		if kind := jsontext.Value(text).Kind(); kind != '{' && kind != 'n' {
			return nil, fmt.Errorf("the arguments must be an object, not %s", jsonerr.KindName(kind))
		}
		if err := streamed.Unmarshal(text, &given); err != nil {
			return nil, event.Explain(text, err)
		}
	}
	for name, value := range given {
		i := slices.IndexFunc(t.arguments, func(a argument) bool { return a.name == name })
		if i < 0 {
			return nil, wrong(name, "is not an argument of %s, which has %s", t.name, strings.Join(t.argumentNames(), ", "))
		}
		if schema := t.arguments[i].schema; value.Kind() == 'n' || schema.Type == "string" && string(value) == `""` {
			delete(given, name)
		} else if given[name], err = checkValue(name, schema, value); err != nil {
			return nil, err
		}
	}
	for _, a := range t.arguments {
		if _, has := given[a.name]; a.required && !has {
			return nil, wrong(a.name, "is missing: %s needs it", t.name)
		}
	}
	return streamed.Marshal(given, streamed.Deterministic(true))
}

func (t tool) argumentNames() (names []string) {
	for _, a := range t.arguments {
		names = append(names, a.name)
	}
	return names
}

func wrong(argument, format string, values ...any) error {
	return &event.FieldError{Field: argument, Problem: fmt.Sprintf(format, values...)}
}

// checkValue returns a value, or an error if it does not match its schema.
func checkValue(name string, schema *jsonschema.Schema, value jsontext.Value) (jsontext.Value, error) {
	kind := value.Kind()
	if expected := kinds[schema.Type]; !strings.ContainsRune(expected.kinds, rune(kind)) {
		return nil, wrong(name, "must be %s, not %s", expected.name, jsonerr.KindName(kind))
	}
	switch schema.Type {
	case "integer", "number":
		return checkNumber(name, schema, value)
	case "array":
		var elements []jsontext.Value
		if err := streamed.Unmarshal(value, &elements); err != nil {
			return nil, err
		}
		for i, element := range elements {
			if _, err := checkValue(fmt.Sprintf("%s[%d]", name, i), schema.Items, element); err != nil {
				return nil, err
			}
		}
	case "string":
		content, err := jsontext.AppendUnquote(nil, value)
		if err != nil {
			return nil, err
		}
		if len(schema.Enum) > 0 && !slices.Contains(schema.Enum, any(string(content))) {
			return nil, wrong(name, "must be one of %s, not %q", listed(schema.Enum), content)
		}
	}
	return value, nil
}

// checkNumber is checkValue for numbers. It returns an integer without a fraction: to JSON
// Schema, 3.0 is an integer.
func checkNumber(name string, schema *jsonschema.Schema, value jsontext.Value) (jsontext.Value, error) {
	number, err := strconv.ParseFloat(string(value), 64)
	switch {
	case err != nil:
		return nil, wrong(name, "%s is too large", value)
	case schema.Minimum != nil && number < *schema.Minimum:
		return nil, wrong(name, "must be %v or more, not %s", *schema.Minimum, value)
	case schema.Maximum != nil && number > *schema.Maximum:
		return nil, wrong(name, "must be %v or less, not %s", *schema.Maximum, value)
	case schema.Type == "number":
		return value, nil
	}
	if _, err := strconv.ParseInt(string(value), 10, 64); err == nil {
		return value, nil
	}
	if math.Trunc(number) != number || math.Abs(number) > 1<<53 {
		return nil, wrong(name, "must be an integer, not %s", value)
	}
	return jsontext.Value(strconv.FormatInt(int64(number), 10)), nil
}

// kinds are the JSON values of the types of a schema.
var kinds = map[string]struct{ kinds, name string }{
	"string": {`"`, "text"}, "boolean": {"tf", "true or false"}, "number": {"0", "a number"}, "integer": {"0", "an integer"},
	"object": {"{", "an object"}, "array": {"[", "a list"},
}

func listed(values []any) string {
	names := make([]string, len(values))
	for i, value := range values {
		names[i] = fmt.Sprint(value)
	}
	return strings.Join(names, ", ")
}

// position returns the place in a list that a cursor stands for.
func position(cursor string) (int, error) {
	place, err := strconv.Atoi(cmp.Or(cursor, "0"))
	if err != nil || place < 0 {
		return 0, wrong("cursor", "must be the next_cursor of an earlier answer, not %q", cursor)
	}
	return place, nil
}
