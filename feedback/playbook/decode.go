package playbook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/jsonerr"
)

// The limits of what is read from a file.
const (
	LargestCount   = 1<<53 - 1             // the largest integer that all JSON programs read exactly
	LargestVersion = math.MaxInt64 - 1<<32 // leaves room for changes, each of which adds one
	deepest        = 500                   // the most levels of nesting of a stored value; SQLite reads 1,000
)

// The names of the fields that a playbook.json and each of its items define.
var (
	FileFields = []string{"version", "created_at", "last_updated", "items"}
	ItemFields = []string{"id", "category", "content", "helpful_count", "harmful_count", "created_at", "last_used", "source_trials", "tags"}
)

// Decode reads a playbook.json. The items are required, and the category and content of
// each item. Other fields that are missing or null have the defaults of the legacy
// class. Errors contain the line, the column and the field.
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

// CheckObject checks the text of a JSON object that is to be stored unchanged.
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

func (d *decoder) file() (file File, err error) {
	file.Version = 1
	found := false
	if kind := d.in.PeekKind(); kind > 0 && kind != '{' {
		return file, d.wrong("", "a playbook is a JSON object with \"items\", not %s", jsonerr.KindName(kind))
	}
	err = d.object(func(name string) (err error) {
		switch name {
		case "version":
			file.Version, err = d.integer(name, 1, math.MinInt64, LargestVersion)
		case "created_at":
			file.CreatedAt, err = d.text(name, false)
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

// end returns an error if more text follows.
func (d *decoder) end() error {
	if _, err := d.in.ReadToken(); err == nil {
		return &placeError{d.in.InputOffset() - 1, "", "unexpected text after the end of the JSON"}
	} else if !errors.Is(err, io.EOF) {
		return err
	}
	return nil
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
			item.Helpful, err = d.integer(field, 0, -LargestCount, LargestCount)
		case "harmful_count":
			item.Harmful, err = d.integer(field, 0, -LargestCount, LargestCount)
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
		err = &placeError{start, path, fmt.Sprintf("is %q, but the item's key is %q: they must be the same", *id, key)}
	}
	return err
}

func (d *decoder) category(path string) (Category, error) {
	start := d.next()
	text, err := d.text(path, true)
	if err == nil && !Category(text).Valid() {
		err = &placeError{start, path, fmt.Sprintf("%q is not a category: choose one of %s", text, strings.Join(CategoryNames(), ", "))}
	}
	return Category(text), err
}
