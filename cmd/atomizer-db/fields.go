package main

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/spf13/pflag"

	"atomizer-db/feedback/event"
)

// A question that has fields is a type: a command sets them by flags, and a session by the
// members of a JSON object, so that both have the same rules.

// wrongField returns the error of a field of a question.
func wrongField(field, format string, args ...any) error {
	return &event.FieldError{Field: field, Problem: fmt.Sprintf(format, args...)}
}

// asFlag returns the error of a field as one of the command line. Other errors are unchanged.
func asFlag(err error) error {
	if wrong, ok := errors.AsType[*event.FieldError](err); ok {
		flag := strings.ReplaceAll(wrong.Field, "_", "-")
		if flag == "n" {
			flag = "number"
		}
		return usagef("--%s %s", flag, wrong.Problem)
	}
	return err
}

// given returns the value of a flag, nil if the command line does not have the flag.
func given[T any](flags *pflag.FlagSet, name string, value *T) *T {
	if !flags.Changed(name) {
		return nil
	}
	return value
}

// require returns an error for a field that is missing.
func require[T any](field string, value *T) error {
	if value == nil {
		return wrongField(field, "is missing: %s is required", kindOf(reflect.TypeFor[T]()))
	}
	return nil
}

// kindOf says in words what the value of a field must be.
func kindOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "an integer"
	case reflect.Uint64:
		return "an integer of 0 or more"
	case reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list"
	case reflect.Map:
		return "an object"
	}
	return "text"
}

// valueOf returns the value of a field, the zero value if it is not given.
func valueOf[T any](field *T) (value T) {
	if field != nil {
		value = *field
	}
	return value
}
