package playbook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/jsonerr"
	"atomizer-db/feedback/words"
)

// object reads an object. It calls member with the name of each member to read its
// value.
func (d *decoder) object(member func(name string) error) error {
	if _, err := d.in.ReadToken(); err != nil {
		return err
	}
	for d.in.PeekKind() != '}' {
		start := d.next()
		token, err := d.in.ReadToken()
		if err != nil {
			return err
		}
		name := token.String()
		if problem := words.Problem(name); problem != "" {
			return &placeError{start, "", fmt.Sprintf("the name %q %s", name, problem)}
		}
		if err := member(name); err != nil {
			return err
		}
	}
	_, err := d.in.ReadToken()
	return err
}

// null reads a null, if one comes next.
func (d *decoder) null() (bool, error) {
	if d.in.PeekKind() != 'n' {
		return false, nil
	}
	_, err := d.in.ReadToken()
	return err == nil, err
}

// text reads a string. Null is an empty string, or an error if the text is required.
func (d *decoder) text(path string, required bool) (string, error) {
	if required && d.in.PeekKind() == 'n' {
		return "", d.wrong(path, "must be text, not null")
	}
	text, err := d.optionalText(path)
	if text == nil {
		return "", err
	}
	return *text, err
}

func (d *decoder) optionalText(path string) (*string, error) {
	if null, err := d.null(); null || err != nil {
		return nil, err
	}
	if kind := d.in.PeekKind(); kind > 0 && kind != '"' {
		return nil, d.wrong(path, "must be text, not %s", jsonerr.KindName(kind))
	}
	start := d.next()
	token, err := d.in.ReadToken()
	if err != nil {
		return nil, err
	}
	text := token.String()
	if problem := words.Problem(text); problem != "" {
		return nil, &placeError{start, path, problem}
	}
	return &text, nil
}

func (d *decoder) integer(path string, missing, least, most int64) (int64, error) {
	if null, err := d.null(); null || err != nil {
		return missing, err
	}
	if kind := d.in.PeekKind(); kind > 0 && kind != '0' {
		return 0, d.wrong(path, "must be an integer, not %s", jsonerr.KindName(kind))
	}
	start := d.next()
	token, err := d.in.ReadToken()
	if err != nil {
		return 0, err
	}
	number, err := strconv.ParseInt(token.String(), 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange), err == nil && (number < least || number > most):
		return 0, &placeError{start, path, fmt.Sprintf("%s is too large", token)}
	case err != nil:
		return 0, &placeError{start, path, fmt.Sprintf("must be an integer, not %s", token)}
	}
	return number, nil
}

// list reads an array. It calls element with the path of each element to read it.
func (d *decoder) list(path string, element func(path string) error) error {
	if null, err := d.null(); null || err != nil {
		return err
	}
	if kind := d.in.PeekKind(); kind > 0 && kind != '[' {
		return d.wrong(path, "must be a list, not %s", jsonerr.KindName(kind))
	}
	if _, err := d.in.ReadToken(); err != nil {
		return err
	}
	for n := 0; d.in.PeekKind() != ']'; n++ {
		if err := element(fmt.Sprintf("%s[%d]", path, n)); err != nil {
			return err
		}
	}
	_, err := d.in.ReadToken()
	return err
}

func (d *decoder) numbers(path string) (numbers []int64, err error) {
	seen := map[int64]bool{}
	err = d.list(path, func(path string) error {
		if d.in.PeekKind() == 'n' {
			return d.wrong(path, "must be an integer, not null")
		}
		number, err := d.integer(path, 0, math.MinInt64, math.MaxInt64)
		if !seen[number] {
			seen[number] = true
			numbers = append(numbers, number)
		}
		return err
	})
	return numbers, err
}

func (d *decoder) texts(path string) (texts []string, err error) {
	err = d.list(path, func(path string) error {
		text, err := d.text(path, true)
		texts = append(texts, text)
		return err
	})
	return texts, err
}

// extra appends an unknown field to members.
func (d *decoder) extra(members []Member, name, path string) ([]Member, error) {
	value, err := d.value(path)
	return append(members, Member{name, value}), err
}

// value reads any value. It checks its strings, numbers and levels of nesting.
func (d *decoder) value(path string) (jsontext.Value, error) {
	start := d.next()
	raw, err := d.in.ReadValue()
	if err != nil {
		return nil, err
	}
	value := raw.Clone()
	inner := jsontext.NewDecoder(bytes.NewBuffer(slices.Clone(value)))
	for {
		token, err := inner.ReadToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		problem := ""
		switch token.Kind() {
		case '{', '[':
			if inner.StackDepth() > deepest {
				problem = fmt.Sprintf("is nested deeper than %d levels", deepest)
			}
		case '"':
			problem = words.Problem(token.String())
		case '0':
			if number, err := strconv.ParseFloat(token.String(), 64); err != nil || math.IsInf(number, 0) {
				problem = token.String() + " is not a finite number"
			}
		}
		if problem != "" {
			return nil, &placeError{start, extendPath(path, inner.StackPointer()), problem}
		}
	}
	return value, value.Format(jsontext.SpaceAfterColon(false), jsontext.SpaceAfterComma(false))
}
