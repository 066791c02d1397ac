// Package playbook reads and writes playbook.json, the file that the older
// tools share the playbook by.
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

// Valid reports whether there is such a category.
func (c Category) Valid() bool { return slices.Contains(Categories, c) }

// File is what a playbook.json holds, times as the text that stands there.
type File struct {
	Version     int64
	LastUpdated string   // "" where the file has none
	Items       []Item   // in the order of the file
	Extra       []Member // fields that we do not know, in order
}

// Item is one item of a playbook.json.
type Item struct {
	ID           string
	Category     Category
	Content      string
	Helpful      int64
	Harmful      int64
	CreatedAt    string   // "" where the file has none
	LastUsed     *string  // nil: null, or left out
	SourceTrials []int64  // each once, by first arrival
	Tags         []string //
	Extra        []Member // fields that we do not know, in order
	Archived     bool     // out of the playbook: it is kept, but in no playbook.json of ours
}

// Live returns the file without its archived items.
func (f File) Live() File {
	f.Items = slices.DeleteFunc(slices.Clone(f.Items), func(item Item) bool { return item.Archived })
	return f
}

// Member is a field of an object, its value compact and its numbers as they
// were written.
type Member struct {
	Name  string
	Value jsontext.Value
}

// Number takes an id apart at its last hyphen. ok is false where no number
// stands behind it; a number of more than 64 bits is an error.
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

// FormatTime writes a time as playbook.json has it: UTC, to the microsecond.
func FormatTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000+00:00") }

// FormatMicros writes a time in microseconds since 1970 as [FormatTime] does.
func FormatMicros(us int64) string { return FormatTime(time.UnixMicro(us)) }

// LastUpdated returns the time of the latest change of a playbook or use of one
// of its items, in microseconds since 1970; before the first of both it is what
// the playbook.json that the playbook started from says.
func LastUpdated(changed, used int64, started *string) string {
	latest := max(changed, used)
	if latest == 0 && started != nil {
		return *started
	}
	return FormatMicros(latest)
}
