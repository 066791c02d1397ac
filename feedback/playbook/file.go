// Package playbook reads and writes playbook.json, the file in which older tools share
// the playbook.
package playbook

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Category says what kind of advice an item is.
type Category string

// The categories.
const (
	Strategy    Category = "str"
	Calculation Category = "cal"
	Mistake     Category = "mis"
	Tool        Category = "tool"
	Domain      Category = "dom"
	Workflow    Category = "wf"
)

// Categories lists all categories.
var Categories = []Category{Strategy, Calculation, Mistake, Tool, Domain, Workflow}

// CategoryNames lists the text of all categories.
func CategoryNames() []string {
	names := make([]string, len(Categories))
	for i, c := range Categories {
		names[i] = string(c)
	}
	return names
}

// Valid reports whether c is one of [Categories].
func (c Category) Valid() bool { return slices.Contains(Categories, c) }

// File is the content of a playbook.json. Times are the text in the file.
type File struct {
	Version     int64
	CreatedAt   string   // "" if the file has none
	LastUpdated string   // "" if the file has none
	Items       []Item   // in the order of the file
	Extra       []Member // unknown fields, in order

	Frame    jsontext.Value // what a file of another tool holds besides its items
	Warnings []string       // about such a file
}

// Item is one item of a playbook.json.
type Item struct {
	ID           string
	Category     Category
	Content      string
	Helpful      int64
	Harmful      int64
	CreatedAt    string   // "" if the file has none
	LastUsed     *string  // nil: null or missing
	SourceTrials []int64  // each once, in order of first occurrence
	Tags         []string //
	Extra        []Member // unknown fields, in order
	Archived     bool     // not in the playbook; Encode must not get such items: see Live

	Nameless bool           // the file of another tool gives it no id
	Origin   jsontext.Value // what such a file has of it besides these fields
}

// Live returns the file without its archived items.
func (f File) Live() File {
	f.Items = slices.DeleteFunc(slices.Clone(f.Items), func(item Item) bool { return item.Archived })
	return f
}

// Member is a field of an object. The value is compact JSON, with numbers as they were
// written.
type Member struct {
	Name  string
	Value jsontext.Value
}

// Number splits an id at its last hyphen into a prefix and a number. ok is false if no
// number follows the hyphen. A number of more than 64 bits is an error.
func Number(id string) (prefix string, number int64, ok bool, err error) {
	digits := id
	if at := strings.LastIndexByte(id, '-'); at >= 0 {
		prefix, digits = id[:at], id[at+1:]
	}
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return prefix, 0, false, nil
	}
	number, err = strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return prefix, 0, false, fmt.Errorf("the number of the id %q does not fit 64 bits", id)
	}
	return prefix, number, true, nil
}

// FormatTime returns a time in the format of playbook.json: UTC, with microseconds.
func FormatTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000+00:00") }

// FormatMicros is [FormatTime] for a time in microseconds since 1970.
func FormatMicros(us int64) string { return FormatTime(time.UnixMicro(us)) }

// CreatedAt returns when a playbook was created: the time that its playbook.json had, or
// that of its first change in microseconds since 1970. If there is neither, it returns
// lastUpdated.
func CreatedAt(created *string, changed int64, lastUpdated string) string {
	switch {
	case created != nil:
		return *created
	case changed != 0:
		return FormatMicros(changed)
	}
	return lastUpdated
}

// LastUpdated returns the later one of two times in microseconds since 1970: of the
// latest change of the playbook and of the latest use of an item. If both are 0, it
// returns the time in the playbook.json that the playbook started from.
func LastUpdated(changed, used int64, started *string) string {
	latest := max(changed, used)
	if latest == 0 && started != nil {
		return *started
	}
	return FormatMicros(latest)
}
