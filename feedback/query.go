package feedback

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/store"
)

// Questions returns a connection for SQL that a person typed. It must be closed before
// the loop. The parameter :study defaults to the loop's study.
func (l *Loop) Questions(ctx context.Context) (store.Questions, error) {
	return l.store.Questions(ctx, map[string]any{"study": l.StudyName()})
}

// Parameters returns the parameters of a query that are given as JSON: numbers, text, true
// (1), false (0) and null. It returns an [*event.FieldError] for other values.
func Parameters(members map[string]jsontext.Value) (map[string]any, error) {
	parameters := make(map[string]any, len(members))
	for name, value := range members {
		parameter, err := parameter(value)
		if err != nil {
			return nil, wrong(fmt.Sprintf("parameters[%q]", name), "%v", err)
		}
		parameters[name] = parameter
	}
	return parameters, nil
}

func parameter(value jsontext.Value) (any, error) {
	switch value.Kind() {
	case 't':
		return int64(1), nil
	case 'f':
		return int64(0), nil
	case '"':
		text, err := jsontext.AppendUnquote(nil, value)
		return string(text), err
	case '0':
		return ParameterNumber(string(value))
	case '{', '[':
		return nil, errors.New("must be a number, text, true, false or null")
	}
	return nil, nil
}

// ParameterNumber returns the number in a text as SQLite has it: an int64 where it is one that fits,
// otherwise a float64.
func ParameterNumber(text string) (any, error) {
	if integer, err := strconv.ParseInt(text, 10, 64); err == nil {
		return integer, nil
	}
	float, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(float, 0) {
		return nil, errors.New("the number is too large: give it as text, in single quotes")
	}
	return float, nil
}
