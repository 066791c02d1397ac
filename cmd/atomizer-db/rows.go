package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"unicode/utf8"

	"atomizer-db/feedback/history"
	"atomizer-db/feedback/words"
	"atomizer-db/store"
)

// printedRows prints the rows of a query. end is called after the last row.
type printedRows interface {
	store.Rows
	end() error
}

// How much a table shows.
const (
	mostRows = 10_000
	mostText = 16 << 20 // bytes, with the spaces that align the columns
)

// tableRows prints a table for a person.
type tableRows struct {
	app     *app
	columns []column
	widths  []int // of the columns, in bytes
	rows    [][]any
	more    bool
}

func (r *tableRows) Columns(names []string) error {
	for _, name := range names {
		r.widths = append(r.widths, len(name))
		r.columns = append(r.columns, column{name: name, number: true})
	}
	return nil
}

func (r *tableRows) Row(values []any) error {
	row, width := make([]any, len(values)), 0
	for i, value := range values {
		cell := words.Visible(cellText(value, "null"))
		row[i] = cell
		r.widths[i] = max(r.widths[i], len(cell))
		width += r.widths[i]
	}
	if rows := len(r.rows); rows == mostRows || rows > 0 && (rows+1)*width > mostText {
		r.more = true
		return errEnough
	}
	for i, value := range values {
		switch value.(type) {
		case int64, float64, nil:
		default:
			r.columns[i].number = false
		}
	}
	r.rows = append(r.rows, row)
	return nil
}

// errEnough ends a query of which no more rows are wanted.
var errEnough = errors.New("enough rows")

func (r *tableRows) end() error {
	if len(r.columns) == 0 {
		return nil
	}
	if widest := r.widest(); widest >= 0 {
		r.columns[widest].text = true
	}
	r.app.printTable(r.columns, r.rows)
	switch {
	case len(r.rows) == 0:
		r.app.say("no rows")
	case r.more:
		r.app.sayf("only the first %s shown: use --csv, --json or --jsonl for all of them",
			either(len(r.rows) == 1, "row is", fmt.Sprintf("%d rows are", len(r.rows))))
	}
	return nil
}

// widest returns the widest column of text, which is cut to fit a terminal, or -1 if
// there is none.
func (r *tableRows) widest() int {
	widest, most := -1, 0
	for i, c := range r.columns {
		length := 0
		for _, row := range r.rows {
			length = max(length, utf8.RuneCountInString(row[i].(string)))
		}
		if !c.number && length > most {
			widest, most = i, length
		}
	}
	return widest
}

// jsonRows prints an array of objects, or with lines set JSON Lines.
type jsonRows struct {
	out   io.Writer
	lines bool
	names [][]byte
	count int
}

func (r *jsonRows) Columns(names []string) error {
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return fmt.Errorf("two columns are called %q: rename one with `as`, or use --csv", name)
		}
		r.names = append(r.names, jsonValue(name))
	}
	return nil
}

func (r *jsonRows) Row(values []any) error {
	var b bytes.Buffer
	if !r.lines {
		b.WriteString(either(r.count == 0, "[\n  ", ",\n  "))
	}
	for i, value := range values {
		b.WriteString(either(i == 0, "{", ", "))
		b.Write(r.names[i])
		b.WriteString(": ")
		b.Write(jsonValue(value))
	}
	b.WriteByte('}')
	if r.lines {
		b.WriteByte('\n')
	}
	r.count++
	_, err := r.out.Write(b.Bytes())
	return err
}

func (r *jsonRows) end() error {
	end := ""
	if !r.lines {
		end = either(r.count == 0, "[]\n", "\n]\n")
	}
	_, err := io.WriteString(r.out, end)
	return err
}

func either(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

// jsonValue encodes one value as JSON. A blob becomes hexadecimal digits. An infinite
// number becomes 9e999, which JSON readers read as infinite.
func jsonValue(value any) []byte {
	switch v := value.(type) {
	case []byte:
		value = hex.EncodeToString(v)
	case float64:
		if math.IsInf(v, 0) {
			value = json.RawMessage(either(v > 0, "9e999", "-9e999"))
		}
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(fmt.Sprintf("%T cannot be written as JSON: %v", value, err)) // never happens: SQLite has no other types
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// csvSafeHelp is the help of --csv-safe.
const csvSafeHelp = "in CSV, put ' before cells that a spreadsheet takes for a formula: those that begin with =, +, -, @, a tab or a " +
	"carriage return and are not numbers (default: unchanged data)"

// csvRows prints comma-separated values with a header. Null is an empty field.
type csvRows struct{ out *history.CSVWriter }

func (r csvRows) Columns(names []string) error { return r.out.Write(names) }

func (r csvRows) Row(values []any) error {
	record := make([]string, len(values))
	for i, value := range values {
		record[i] = cellText(value, "")
	}
	return r.out.Write(record)
}

func (r csvRows) end() error { return r.out.Flush() }

// cellText returns a value as text, without quotes.
func cellText(value any, null string) string {
	switch v := value.(type) {
	case nil:
		return null
	case string:
		return v
	case []byte:
		return hex.EncodeToString(v)
	}
	return string(jsonValue(value))
}
