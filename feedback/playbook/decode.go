package playbook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/jsonerr"
)

const (
	largestCount   = 1<<53 - 1             // the largest number that all JSON programs agree on
	largestVersion = math.MaxInt64 - 1<<32 // leaves room for changes, each of which adds one
	deepest        = 500                   // levels of nesting of a value that is kept as it is; SQLite reads twice as many
)

// Decode reads a playbook.json. It needs the items, and of each its category
// and content; the rest has the defaults of the legacy class, also where it is
// null. Errors name the place: line, column and field.
func Decode(data []byte) (file File, err error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if len(bytes.TrimSpace(data)) == 0 {
		return file, errors.New("the file is empty: a JSON object with \"items\" is expected")
	}
	d := &decoder{data: data, in: jsontext.NewDecoder(bytes.NewBuffer(data))}
	if file, err = d.file(); err != nil {
		return File{}, d.explain(err)
	}
	return file, nil
}

// CheckObject tells what is wrong with the text of a JSON object that is kept
// as it is.
func CheckObject(text []byte) error {
	d := &decoder{data: text, in: jsontext.NewDecoder(bytes.NewBuffer(bytes.Clone(text)))}
	if kind := d.in.PeekKind(); kind != '{' && kind > 0 {
		return fmt.Errorf("must be a JSON object, not %s", jsonerr.KindName(kind))
	}
	_, err := d.value("")
	if err == nil {
		err = d.end()
	}
	if place, ok := errors.AsType[*placeError](err); ok {
		return errors.New(strings.TrimPrefix(place.path+": "+place.problem, ": "))
	}
	if _, problem := jsonerr.Syntax(text, err); problem != nil {
		return problem
	}
	return err
}

type decoder struct {
	data []byte
	in   *jsontext.Decoder
}

// placeError is a problem with the value at an offset.
type placeError struct {
	offset  int64
	path    string
	problem string
}

func (e *placeError) Error() string { return e.problem }

// wrong is a problem with the value that comes next.
func (d *decoder) wrong(path, format string, args ...any) error {
	return &placeError{d.next(), path, fmt.Sprintf(format, args...)}
}

// next is the offset of the token that comes next.
func (d *decoder) next() int64 {
	offset := d.in.InputOffset()
	rest := d.data[min(offset, int64(len(d.data))):]
	return offset + int64(len(rest)-len(bytes.TrimLeft(rest, " \t\r\n:,")))
}

// explain puts an error into words for the person who owns the file.
func (d *decoder) explain(err error) error {
	if place, ok := errors.AsType[*placeError](err); ok {
		if place.path == "" {
			return fmt.Errorf("%s: %s", d.position(place.offset), place.problem)
		}
		return fmt.Errorf("%s: %s: %s", d.position(place.offset), place.path, place.problem)
	}
	offset, problem := jsonerr.Syntax(d.data, err)
	if problem == nil {
		return err
	}
	if errors.Is(problem, jsonerr.ErrCutOff) {
		return fmt.Errorf("%s: the file ends in the middle of its JSON: it was cut off", d.position(offset))
	}
	path := ""
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		path = pathOf(syntax.JSONPointer)
	}
	return fmt.Errorf("%s: %s", d.position(offset), strings.TrimPrefix(path+": ", ": ")+problem.Error())
}

// position counts lines and columns, in characters, from one.
func (d *decoder) position(offset int64) string {
	before := d.data[:offset]
	line := bytes.Count(before, []byte("\n")) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return fmt.Sprintf("line %d, column %d", line, column)
}

func (d *decoder) file() (file File, err error) {
	file.Version = 1
	found := false
	if kind := d.in.PeekKind(); kind > 0 && kind != '{' {
		return file, d.wrong("", "a playbook is a JSON object with \"items\", not %s", jsonerr.KindName(kind))
	}
	err = d.object(func(name string) (err error) {
		switch name {
		case "version":
			file.Version, err = d.integer(name, 1, math.MinInt64, largestVersion)
		case "last_updated":
			file.LastUpdated, err = d.text(name, false)
		case "items":
			found = true
			file.Items, err = d.items()
		default:
			file.Extra, err = d.extra(file.Extra, name, memberPath("", name))
		}
		return err
	})
	if err != nil {
		return file, err
	}
	if !found {
		return file, &placeError{0, "", "\"items\" is missing: is this a playbook.json?"}
	}
	return file, d.end()
}

// end expects nothing more.
func (d *decoder) end() error {
	if _, err := d.in.ReadToken(); err == nil {
		return &placeError{d.in.InputOffset() - 1, "", "the JSON ends before this, and nothing may follow"}
	} else if !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// object reads an object, handing each member's name over to read its value.
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
		if problem := textProblem(name); problem != "" {
			return &placeError{start, "", fmt.Sprintf("the name %q %s", name, problem)}
		}
		if err := member(name); err != nil {
			return err
		}
	}
	_, err := d.in.ReadToken()
	return err
}

func (d *decoder) items() (items []Item, err error) {
	if kind := d.in.PeekKind(); kind > 0 && kind != '{' {
		return nil, d.wrong("items", "must be an object with an item by each id, not %s", jsonerr.KindName(kind))
	}
	err = d.object(func(id string) error {
		item, err := d.item(id)
		items = append(items, item)
		return err
	})
	return items, err
}

func (d *decoder) item(id string) (item Item, err error) {
	path := memberPath("items", id)
	start := d.next()
	item.ID = id
	if _, _, _, err := Number(id); err != nil {
		return item, &placeError{start, path, err.Error()}
	}
	if kind := d.in.PeekKind(); kind > 0 && kind != '{' {
		return item, d.wrong(path, "must be an object, not %s", jsonerr.KindName(kind))
	}
	seen := map[string]bool{}
	err = d.object(func(name string) (err error) {
		field := memberPath(path, name)
		seen[name] = true
		switch name {
		case "id":
			return d.sameID(field, id)
		case "category":
			item.Category, err = d.category(field)
		case "content":
			item.Content, err = d.text(field, true)
		case "helpful_count":
			item.Helpful, err = d.integer(field, 0, -largestCount, largestCount)
		case "harmful_count":
			item.Harmful, err = d.integer(field, 0, -largestCount, largestCount)
		case "created_at":
			item.CreatedAt, err = d.text(field, false)
		case "last_used":
			item.LastUsed, err = d.optionalText(field)
		case "source_trials":
			item.SourceTrials, err = d.numbers(field)
		case "tags":
			item.Tags, err = d.texts(field)
		default:
			item.Extra, err = d.extra(item.Extra, name, field)
		}
		return err
	})
	for _, name := range []string{"category", "content"} {
		if err == nil && !seen[name] {
			err = &placeError{start, path, name + " is missing"}
		}
	}
	return item, err
}

func (d *decoder) sameID(path, key string) error {
	start := d.next()
	id, err := d.optionalText(path)
	if err == nil && id != nil && *id != key {
		err = &placeError{start, path, fmt.Sprintf("is %q, but the item stands under %q: they must be the same", *id, key)}
	}
	return err
}

func (d *decoder) category(path string) (Category, error) {
	start := d.next()
	text, err := d.text(path, true)
	if err == nil && !Category(text).Valid() {
		err = &placeError{start, path, fmt.Sprintf("%q is not a category: there are %s", text, categoryNames())}
	}
	return Category(text), err
}

func categoryNames() string {
	names := make([]string, len(Categories))
	for i, c := range Categories {
		names[i] = string(c)
	}
	return strings.Join(names, ", ")
}

// null reads a null, where one comes next.
func (d *decoder) null() (bool, error) {
	if d.in.PeekKind() != 'n' {
		return false, nil
	}
	_, err := d.in.ReadToken()
	return err == nil, err
}

// text reads a string; null is an empty one, unless it is required.
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
	if problem := textProblem(text); problem != "" {
		return nil, &placeError{start, path, problem}
	}
	return &text, nil
}

func textProblem(text string) string {
	if strings.ContainsRune(text, 0) {
		return "must not hold the character U+0000"
	}
	return ""
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

// list reads an array, handing over the path of each element.
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

// extra keeps a field that we do not know.
func (d *decoder) extra(members []Member, name, path string) ([]Member, error) {
	value, err := d.value(path)
	return append(members, Member{name, value}), err
}

// value reads any value, strings and numbers checked.
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
			problem = textProblem(token.String())
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
