package optuna

import (
	stdjson "encoding/json"
	"fmt"
	"math"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// distribution says how to decode the number that Optuna stores for a parameter.
type distribution struct {
	kind    kind
	choices []any
}

type kind int

const (
	float kind = iota
	integer
	categorical
)

// kinds are the kinds of distributions, by their current and former names and by the
// names of the short form.
var kinds = map[string]kind{
	"FloatDistribution": float, "UniformDistribution": float, "LogUniformDistribution": float, "DiscreteUniformDistribution": float,
	"IntDistribution": integer, "IntUniformDistribution": integer, "IntLogUniformDistribution": integer,
	"CategoricalDistribution": categorical,
	"float":                   float, "int": integer, "categorical": categorical,
}

// distributions caches parsed distributions by their JSON, since a study has few
// different ones.
type distributions map[string]distribution

// decode returns a parameter's value.
func (d distributions) decode(text []byte, internal float64) (any, error) {
	known, ok := d[string(text)]
	if !ok {
		var err error
		if known, err = parseDistribution(string(text)); err != nil {
			return nil, err
		}
		d[string(text)] = known
	}
	return known.decode(internal)
}

func parseDistribution(text string) (d distribution, err error) {
	value, err := strict([]byte(text))
	if err != nil {
		return d, fmt.Errorf("the distribution %s is not valid JSON", text)
	}
	var form struct {
		Name       string           `json:"name"`
		Type       string           `json:"type"` // of the short form
		Choices    []jsontext.Value `json:"choices"`
		Attributes struct {
			Choices []jsontext.Value `json:"choices"`
		} `json:"attributes"`
	}
	if err := json.Unmarshal(value, &form); err != nil {
		return d, fmt.Errorf("the distribution %s is not one of Optuna's", text)
	}
	var known bool
	if d.kind, known = kinds[form.Name+form.Type]; !known {
		return d, fmt.Errorf("the distribution %q is not known", form.Name+form.Type)
	}
	for _, choice := range append(form.Attributes.Choices, form.Choices...) {
		value, err := scalar(choice)
		if err != nil {
			return d, err
		}
		d.choices = append(d.choices, value)
	}
	return d, nil
}

// scalar returns the value of a choice, or its JSON text if it is a list or an object.
func scalar(choice jsontext.Value) (any, error) {
	switch choice.Kind() {
	case '[', '{':
		return string(choice), nil
	case '0':
		return stdjson.Number(choice), nil
	}
	var value any
	err := json.Unmarshal(choice, &value)
	return value, err
}

func (d distribution) decode(internal float64) (any, error) {
	name := Name(internal)
	switch {
	case d.kind == categorical:
		if at := int(internal); name == "" && at >= 0 && at < len(d.choices) && float64(at) == internal {
			return d.choices[at], nil
		}
		return nil, fmt.Errorf("choice %v does not exist: the distribution has %d choices", internal, len(d.choices))
	case name != "":
		return name, nil
	case d.kind == integer:
		return stdjson.Number(strconv.FormatFloat(math.Trunc(internal), 'f', -1, 64)), nil
	}
	return stdjson.Number(strconv.FormatFloat(internal, 'g', -1, 64)), nil
}
