package event

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/playbook"
	"atomizer-db/feedback/words"
)

// kind says how to read, check and write the values of a kind of fields.
type kind[V any] struct {
	what  string // what a value must be, in words
	read  func(d *decoder, field string) (V, error)
	check func(field string, value V) error // nil: every value is valid
	write func(w *encoder, value V)
}

// What values must be, in words.
const (
	anInteger   = "an integer"
	aNumber     = "a number"
	trueOrFalse = "true or false"
	someText    = "text"
	listOfTexts = "a list of texts"

	listOfObjects = "a list of objects"
	anObject      = "an object"
)

var (
	integer = kind[int64]{
		what:  anInteger,
		read:  (*decoder).integer,
		write: func(w *encoder, n int64) { w.token(jsontext.Int(n)) },
	}
	number = kind[float64]{
		what:  aNumber,
		read:  (*decoder).number,
		check: checkNumber,
		write: func(w *encoder, n float64) { w.token(jsontext.Float(n)) },
	}
	optionalNumber = optional(number)
	boolean        = kind[bool]{
		what:  trueOrFalse,
		read:  (*decoder).boolean,
		write: func(w *encoder, b bool) { w.token(jsontext.Bool(b)) },
	}
	negated = kind[bool]{ // true if the field is false
		what: boolean.what,
		read: func(d *decoder, field string) (bool, error) {
			b, err := d.boolean(field)
			return !b, err
		},
		write: func(w *encoder, b bool) { w.token(jsontext.Bool(!b)) },
	}
	text         = textThat(CheckText)
	optionalText = optional(text)
	keyText      = kind[string]{
		what: text.what,
		read: func(d *decoder, field string) (string, error) {
			key, err := d.text(field)
			if err == nil && key == "" {
				err = wrong(field, "must not be empty: leave it out for an event without a key")
			}
			return key, err
		},
		check: text.check,
		write: text.write,
	}
	texts = kind[[]string]{
		what:  listOfTexts,
		read:  (*decoder).texts,
		check: checkTexts,
		write: func(w *encoder, list []string) {
			w.token(jsontext.BeginArray)
			for _, s := range list {
				w.token(jsontext.String(s))
			}
			w.token(jsontext.EndArray)
		},
	}
	givenTexts = kind[[]string]{ // an empty list is not nil
		what: texts.what,
		read: func(d *decoder, field string) ([]string, error) {
			list, err := d.texts(field)
			return append([]string{}, list...), err
		},
		check: texts.check,
		write: texts.write,
	}
	category      = textThat(CheckCategory)
	someWords     = textThat(CheckWords) // text that is not blank
	directionText = textThat(CheckDirection)
	pruneRule     = textThat(checkPruneRule)
	variables     = kind[map[string]any]{
		what:  anObject,
		read:  (*decoder).variables,
		check: checkVariables,
		write: func(w *encoder, v map[string]any) { w.value(jsontext.Value(EncodeVariables(v))) },
	}
	object = kind[jsontext.Value]{
		what: anObject,
		read: func(d *decoder, _ string) (jsontext.Value, error) {
			value, err := d.ReadValue()
			return value.Clone(), err
		},
		check: func(field string, value jsontext.Value) error {
			if value == nil {
				return nil
			}
			if err := playbook.CheckObject(value); err != nil {
				return wrong(field, "%v", err)
			}
			return nil
		},
		write: func(w *encoder, value jsontext.Value) {
			if value == nil {
				value = jsontext.Value("null")
			}
			w.value(value)
		},
	}
	attempt = kind[int64]{
		what: integer.what,
		read: func(d *decoder, field string) (int64, error) {
			n, err := d.integer(field)
			if err == nil && n == 0 {
				err = tooFew(field, n)
			}
			return n, err
		},
		check: func(field string, n int64) error {
			if n < 0 { // 0 means that the field is missing
				return tooFew(field, n)
			}
			return nil
		},
		write: integer.write,
	}
	moment = kind[time.Time]{
		what: text.what,
		read: func(d *decoder, field string) (time.Time, error) {
			s, err := d.text(field)
			if err != nil {
				return time.Time{}, err
			}
			at, err := ParseTime(s)
			if err != nil {
				err = wrong(field, "%v", err)
			}
			return at, err
		},
		check: func(field string, at time.Time) error {
			if year := at.UTC().Year(); !at.IsZero() && (year < 1 || year > 9999) {
				return wrong(field, "the year must be 1 to 9999, not %d", year)
			}
			return nil
		},
		write: func(w *encoder, at time.Time) {
			w.token(jsontext.String(at.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano)))
		},
	}
)

func tooFew(field string, n int64) error { return wrong(field, "must be 1 or more, not %d", n) }

// textThat returns the kind of texts that pass a check.
func textThat(check func(field, text string) error) kind[string] {
	return kind[string]{
		what:  someText,
		read:  (*decoder).text,
		check: check,
		write: func(w *encoder, s string) { w.token(jsontext.String(s)) },
	}
}

// optional returns a kind whose values may be nil, which is null in JSON.
func optional[V any](k kind[V]) kind[*V] {
	return kind[*V]{
		what: k.what,
		read: func(d *decoder, field string) (*V, error) {
			value, err := k.read(d, field)
			return &value, err
		},
		check: func(field string, value *V) error {
			if value == nil || k.check == nil {
				return nil
			}
			return k.check(field, *value)
		},
		write: func(w *encoder, value *V) {
			if value == nil {
				w.token(jsontext.Null)
				return
			}
			k.write(w, *value)
		},
	}
}

// ParseTime reads the time of an event, in RFC 3339.
func ParseTime(text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, text)
	// Parse also accepts hours of one digit and a decimal comma. The zero time means
	// that there is none.
	if err != nil || text[len("2026-01-31T12")] != ':' || strings.Contains(text, ",") || at.Truncate(time.Microsecond).IsZero() {
		return at, fmt.Errorf("%q is not a time such as 2026-01-31T12:00:00Z (RFC 3339)", text)
	}
	return at, nil
}

// CheckText returns a [*FieldError] if the text cannot be stored.
func CheckText(field, text string) error {
	if problem := words.Problem(text); problem != "" {
		return wrong(field, "%s", problem)
	}
	return nil
}

// CheckDirection returns a [*FieldError] unless the direction is one, or "".
func CheckDirection(field, direction string) error {
	switch direction {
	case "", Minimize, Maximize:
		return nil
	}
	return wrong(field, "%q is not one of %s, %s", direction, Minimize, Maximize)
}

// CheckCategory returns a [*FieldError] unless the category is one.
func CheckCategory(field, category string) error {
	if !playbook.Category(category).Valid() {
		return wrong(field, "%q is not one of %s", category, strings.Join(playbook.CategoryNames(), ", "))
	}
	return nil
}

// CheckWords returns a [*FieldError] if the text is blank or cannot be stored.
func CheckWords(field, text string) error {
	if words.IsBlank(text) {
		return wrong(field, "is blank: give it some words")
	}
	return CheckText(field, text)
}

func checkPruneRule(field, rule string) error {
	switch rule {
	case "", PruneByNetScore, PruneByAttribution, PruneNothing:
		return nil
	}
	return wrong(field, "%q is not one of %s, %s, %s", rule, PruneByNetScore, PruneByAttribution, PruneNothing)
}

func checkTexts(field string, texts []string) error {
	for i, text := range texts {
		if problem := words.Problem(text); problem != "" {
			return wrong(element(field, i), "%s", problem)
		}
	}
	return nil
}

func checkNumber(field string, number float64) error {
	if problem := numberProblem(number); problem != "" {
		return wrong(field, "%s", problem)
	}
	return nil
}

func numberProblem(number float64) string {
	if math.IsNaN(number) || math.IsInf(number, 0) {
		return fmt.Sprintf("%v is not a finite number", number)
	}
	return ""
}
