package history

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/store/optuna"
)

// limit is a constraint. It is violated if value is above zero.
type limit struct {
	name  string // in words
	key   string // in Optuna
	value float64
	raw   jsontext.Value
}

const constraintsAttr = "constraints"

// constraints separates a trial's constraints from its other system attributes. Optuna
// stores them as one list, or as one attribute per constraint.
func constraints(attributes []optuna.Attribute) (limits []limit, rest []optuna.Attribute, err error) {
	for _, a := range attributes {
		name, named := strings.CutPrefix(a.Name, constraintsAttr+":")
		switch {
		case a.Name == constraintsAttr:
			var values []jsontext.Value
			if err := json.Unmarshal(a.Value, &values); err != nil {
				return nil, nil, fmt.Errorf("its constraints must be a list of numbers, not %s", a.Value)
			}
			for n, value := range values {
				limits = append(limits, limit{name: ordinal(n) + " constraint", key: strconv.Itoa(n), raw: value})
			}
		case named:
			limits = append(limits, limit{name: "constraint " + name, key: name, raw: a.Value})
		default:
			rest = append(rest, a)
		}
	}
	for n := range limits {
		if limits[n].value, err = strconv.ParseFloat(strings.Trim(string(limits[n].raw), `"`), 64); err != nil {
			return nil, nil, fmt.Errorf("its constraint %q must be a number, not %s", limits[n].key, limits[n].raw)
		}
	}
	return limits, rest, nil
}

var ordinals = []string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"}

// ordinal returns the nth ordinal number in words. With digits, mistakes about
// different constraints would have the same fingerprint.
func ordinal(n int) string {
	if n < len(ordinals) {
		return ordinals[n]
	}
	return fmt.Sprintf("no. %d", n+1)
}

func violations(limits []limit) (messages []string) {
	for _, l := range limits {
		if l.value <= 0 {
			continue
		}
		value := optuna.Name(l.value)
		if value == "" {
			value = strconv.FormatFloat(l.value, 'f', -1, 64)
			if l.value == math.Trunc(l.value) {
				value += ".0" // so that the fingerprint is the same as with a fraction
			}
		}
		messages = append(messages, fmt.Sprintf("%s: %s is not 0 or less", l.name, value))
	}
	return messages
}
