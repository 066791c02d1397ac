package optuna

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// strict rewrites JSON from Python as valid JSON: NaN, infinities and numbers too large
// for a float become texts.
func strict(text []byte) (jsontext.Value, error) {
	if value := jsontext.Value(text); !mayNeedText(text) && value.IsValid() {
		return value.Clone(), nil
	}
	var b bytes.Buffer
	for i := 0; i < len(text); {
		end := i + 1
		switch c := text[i]; {
		case c == '"':
			for end < len(text) && text[end] != '"' {
				if text[end] == '\\' {
					end++
				}
				end++
			}
			end = min(end+1, len(text))
			b.Write(text[i:end])
		case c == '-' || c == 'N' || c == 'I' || c >= '0' && c <= '9':
			for end < len(text) && inNumber(text[end]) {
				end++
			}
			writeNumber(&b, text[i:end])
		default:
			b.WriteByte(c)
		}
		i = end
	}
	value := jsontext.Value(b.Bytes())
	return value, whole(value)
}

// mayNeedText reports whether a text may have numbers that have to become texts: it has
// letters of Python's names, an exponent or very many digits.
func mayNeedText(text []byte) bool { return len(text) > 300 || bytes.ContainsAny(text, "NIeE") }

// inNumber reports whether c can be part of a number or of one of Python's names such
// as NaN.
func inNumber(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '.' || c == '+' || c == '-'
}

func writeNumber(b *bytes.Buffer, text []byte) {
	number, err := strconv.ParseFloat(string(text), 64)
	if math.IsNaN(number) || math.IsInf(number, 0) && (err == nil || errors.Is(err, strconv.ErrRange)) {
		fmt.Fprintf(b, "%q", Name(number))
		return
	}
	b.Write(text)
}

// whole returns what is wrong with a JSON value, nil if it is valid.
func whole(value jsontext.Value) error {
	if value.IsValid() {
		return nil
	}
	decoder := jsontext.NewDecoder(bytes.NewBuffer(bytes.Clone(value)))
	_, err := decoder.ReadValue()
	syntax, broken := errors.AsType[*jsontext.SyntacticError](err)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("is not valid JSON: it ends too early")
	case broken:
		return fmt.Errorf("is not valid JSON: %s", strings.TrimPrefix(syntax.Err.Error(), "jsontext: "))
	case err != nil:
		return err
	}
	if _, err := decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return errors.New("is not valid JSON: more text follows its end")
	}
	return nil
}

// Name returns Python's name of a number that JSON cannot represent, "" for all other
// numbers.
func Name(number float64) string {
	switch {
	case math.IsNaN(number):
		return "NaN"
	case math.IsInf(number, 1):
		return "Infinity"
	case math.IsInf(number, -1):
		return "-Infinity"
	}
	return ""
}

// number is a float that may be written as one of Python's names.
type number float64

// UnmarshalJSON reads a number from the output of strict.
func (n *number) UnmarshalJSON(text []byte) error {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return err
	}
	switch v := value.(type) {
	case float64:
		*n = number(v)
	case bool: // a Python int as well
		*n = 0
		if v {
			*n = 1
		}
	case string:
		parsed, err := strconv.ParseFloat(v, 64)
		if err != nil || Name(parsed) != v {
			return fmt.Errorf("must be a number, not %q", v)
		}
		*n = number(parsed)
	default:
		return fmt.Errorf("must be a number, not %s", text)
	}
	return nil
}

// attributes reads the attributes of an object, in order.
func attributes(object jsontext.Value) (list []Attribute, err error) {
	decoder := jsontext.NewDecoder(bytes.NewBuffer(bytes.Clone(object)))
	if _, err := decoder.ReadToken(); err != nil {
		return nil, err
	}
	for decoder.PeekKind() == '"' {
		name, err := decoder.ReadToken()
		if err != nil {
			return nil, err
		}
		key := name.String()
		value, err := decoder.ReadValue()
		if err != nil {
			return nil, err
		}
		list = set(list, Attribute{key, value.Clone()})
	}
	return list, nil
}
