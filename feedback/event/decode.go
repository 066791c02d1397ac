package event

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/jsonerr"
)

// Decode reads one line of an event file: a JSON object with a "type" and
// the parameter names of the legacy calls. What is wrong with a field is a
// [*FieldError]. An optional field may be null, which is the same as left out.
func Decode(line []byte) (Event, error) {
	if trial, ok := decodePlainTrial(line); ok {
		return trial, nil
	}
	return DecodeAs("", line)
}

// DecodeAs reads an event as [Decode] does. It must be of the type
// given, and need not say so; "" is any type.
func DecodeAs(wanted string, line []byte) (Event, error) {
	var kind struct {
		Type *string `json:"type"`
	}
	if err := decodeObject(line, &kind, false); err != nil {
		return nil, err
	}
	switch {
	case kind.Type == nil && wanted == "":
		return nil, wrong("type", "is missing: one of trial, error, finalize, reset, void")
	case kind.Type == nil:
		kind.Type = &wanted
	case wanted != "" && *kind.Type != wanted:
		return nil, wrong("type", "must be %q here, not %q", wanted, *kind.Type)
	}
	switch *kind.Type {
	case "trial":
		return decodeForm(line, trialLine{})
	case "error":
		return decodeForm(line, errorLine{})
	case "finalize":
		return decodeForm(line, finalizeLine{})
	case "reset":
		return decodeForm(line, resetLine{})
	case "void":
		return decodeForm(line, voidLine{})
	}
	return nil, wrong("type", "%q is not one of trial, error, finalize, reset, void", *kind.Type)
}

func decodeForm[L eventLine](line []byte, form L) (Event, error) {
	if err := decodeObject(line, &form, true); err != nil {
		return nil, err
	}
	event, err := form.event()
	if err != nil {
		return nil, err
	}
	return event, event.Validate()
}

// decodeObject reads one JSON object and says in words what is wrong with it.
func decodeObject(line []byte, into any, strict bool) error {
	err := json.Unmarshal(line, into, json.RejectUnknownMembers(strict))
	if kind := jsontext.Value(line).Kind(); err == nil && kind != '{' {
		return fmt.Errorf("must be a JSON object, not %s", jsonerr.KindName(kind))
	}
	if err == nil {
		return nil
	}
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		return explainMeaning(semantic)
	}
	offset, problem := jsonerr.Syntax(line, err)
	switch {
	case problem == nil:
		return err
	case errors.Is(problem, jsonerr.ErrCutOff):
		return errors.New("the line ends in the middle of its JSON object")
	}
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok && syntax.JSONPointer != "" {
		return wrong(fieldPath(syntax.JSONPointer), "%v (column %d)", problem, offset+1)
	}
	return fmt.Errorf("%w (column %d)", problem, offset+1)
}

func explainMeaning(err *json.SemanticError) error {
	field := fieldPath(err.JSONPointer)
	if errors.Is(err.Err, json.ErrUnknownName) {
		return wrong(field, "is not a field of this type of event")
	}
	if field == "" {
		return fmt.Errorf("must be a JSON object, not %s", jsonerr.KindName(err.JSONKind))
	}
	if err.JSONKind == '0' && len(err.JSONValue) > 0 {
		number, parseErr := strconv.ParseFloat(string(err.JSONValue), 64)
		switch {
		case parseErr != nil || math.IsInf(number, 0):
			return wrong(field, "%s is not a finite number", err.JSONValue)
		case err.GoType.Kind() == reflect.Int64:
			return wrong(field, "must be an integer of 64 bits, not %s", err.JSONValue)
		}
	}
	return wrong(field, "must be %s, not %s", typeName(err.GoType), jsonerr.KindName(err.JSONKind))
}

// fieldPath writes a JSON pointer as people do: errors[1]. Of a deep one it
// writes the beginning.
func fieldPath(pointer jsontext.Pointer) string {
	var b strings.Builder
	steps := 0
	for token := range pointer.Tokens() {
		if steps++; steps > jsonerr.LongestPath {
			b.WriteString("…")
			break
		}
		switch _, err := strconv.Atoi(token); {
		case b.Len() == 0:
			b.WriteString(token)
		case err == nil:
			fmt.Fprintf(&b, "[%s]", token)
		default:
			fmt.Fprintf(&b, "[%q]", token)
		}
	}
	return b.String()
}

func typeName(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Int64:
		return "an integer"
	case reflect.Float64:
		return "a number"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "a list of texts"
	case reflect.Map:
		return "an object"
	}
	return "text"
}
