package event

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/words"
)

// Number is a JSON number with all its digits.
type Number string

// Float64 returns the float64 that is nearest to the number.
func (n Number) Float64() (float64, error) { return strconv.ParseFloat(string(n), 64) }

// MarshalJSON writes the number with all its digits.
func (n Number) MarshalJSON() ([]byte, error) { return []byte(n), nil }

// valid reports whether the text is a JSON number.
func (n Number) valid() bool {
	whole := strings.TrimPrefix(string(n), "-")
	whole, exponent, scaled := strings.Cut(strings.Replace(whole, "E", "e", 1), "e")
	whole, fraction, broken := strings.Cut(whole, ".")
	if len(exponent) > 1 && (exponent[0] == '+' || exponent[0] == '-') {
		exponent = exponent[1:]
	}
	return isDigits(whole) && (whole == "0" || whole[0] != '0') && (isDigits(fraction) || !broken) && (isDigits(exponent) || !scaled)
}

func isDigits(text string) bool {
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return text != ""
}

const scalarKinds = "a number, a string, true, false or null"

func checkVariables(field string, variables map[string]any) error {
	for name, value := range variables {
		if problem := words.Problem(name); problem != "" {
			return wrong(field, "the name %q %s", name, problem)
		}
		if problem := scalarProblem(value); problem != "" {
			return wrong(variable(field, name), "%s", problem)
		}
	}
	return nil
}

// scalarProblem returns why a value cannot be stored, "" if it can.
func scalarProblem(value any) string {
	switch v := value.(type) {
	case nil, bool, int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
		return ""
	case float32:
		return numberProblem(float64(v))
	case float64:
		return numberProblem(v)
	case Number:
		if !v.valid() {
			return fmt.Sprintf("%q is not a number", string(v))
		}
		if _, err := v.Float64(); err != nil {
			return fmt.Sprintf("%s is not a finite number", v)
		}
		return ""
	case string:
		return words.Problem(v)
	}
	return fmt.Sprintf("must be %s, not %T", scalarKinds, value)
}

// EncodeVariables returns design variables as a JSON object, sorted by name.
func EncodeVariables(variables map[string]any) string {
	text := append(make([]byte, 0, 128), '{')
	for i, name := range slices.Sorted(maps.Keys(variables)) {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(appendText(text, name), ':')
		text = appendScalar(text, variables[name])
	}
	return string(append(text, '}'))
}

func appendScalar(to []byte, value any) []byte {
	switch v := value.(type) {
	case nil:
		return append(to, "null"...)
	case string:
		return appendText(to, v)
	case Number:
		return append(to, v...)
	case float32:
		return strconv.AppendFloat(to, float64(v), 'g', -1, 32)
	case float64:
		return append(to, jsontext.Float(v).String()...)
	}
	return fmt.Append(to, value) // true, false and integers
}

func appendText(to []byte, text string) []byte {
	to, _ = jsontext.AppendQuote(to, text) // validated text can be quoted
	return to
}

// ParseVariables reverses [EncodeVariables]. It returns numbers as [Number].
func ParseVariables(text string) (map[string]any, error) {
	d := decoder{}
	d.Reset(bytes.NewBufferString(text))
	variables, err := d.variables("design variables")
	if err != nil {
		return nil, fmt.Errorf("design variables: %w", err)
	}
	if variables == nil {
		variables = map[string]any{}
	}
	return variables, nil
}

// ParseScalar reads a JSON value that is neither an object nor a list; ok is
// false for any other text.
func ParseScalar(text string) (value any, ok bool) {
	v := jsontext.Value(text)
	if !v.IsValid() {
		return nil, false
	}
	return scalar(bytes.TrimSpace(v))
}

// scalar reads a valid JSON value that is neither an object nor a list.
func scalar(value jsontext.Value) (any, bool) {
	switch value.Kind() {
	case 'n':
		return nil, true
	case 't', 'f':
		return value.Kind() == 't', true
	case '0':
		return Number(value), true
	case '"':
		text, err := unquote(value)
		return text, err == nil
	}
	return nil, false
}
