package event

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/jsonerr"
)

// FieldError says which field of an event or a question is invalid, by its name in JSON.
type FieldError struct {
	Field   string
	Problem string
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Problem }

func wrong(field, format string, args ...any) error {
	return &FieldError{Field: field, Problem: fmt.Sprintf(format, args...)}
}

// element returns the path of an element of a list.
func element(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }

// expected returns an error about a value of the wrong kind.
func expected(field, what string, got jsontext.Kind) error {
	return wrong(field, "must be %s, not %s", what, jsonerr.KindName(got))
}

// variable returns the path of a member of an object.
func variable(field, name string) string { return fmt.Sprintf("%s[%q]", field, name) }

// Explain returns an error of reading the JSON of a line in the words of the person who wrote
// it: a [*FieldError] where it is about a field.
func Explain(line []byte, err error) error {
	if _, ok := errors.AsType[*FieldError](err); ok {
		return err
	}
	offset, problem := jsonerr.Syntax(line, err)
	switch {
	case problem == nil:
		return err
	case errors.Is(problem, jsonerr.ErrCutOff):
		return errors.New("the line ends in the middle of its JSON object")
	}
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok && syntax.JSONPointer != "" {
		return wrong(FieldPath(syntax.JSONPointer), "%v (column %d)", problem, offset+1)
	}
	return fmt.Errorf("%w (column %d)", problem, offset+1)
}

// FieldPath returns a JSON pointer as a path such as errors[1]. It cuts long paths.
func FieldPath(pointer jsontext.Pointer) string {
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
