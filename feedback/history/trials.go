package history

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/event"
)

// designVariables is the field whose members have a column each.
const designVariables = "design_variables"

// trialColumns returns the fields of a trial that have a column. It leaves out those
// that only matter for recording the trial again.
func trialColumns() (columns []string) {
	for _, f := range event.Fields(event.TypeTrial) {
		if !slices.Contains([]string{designVariables, "learn", "key", "direction"}, f.Name) {
			columns = append(columns, f.Name)
		}
	}
	return columns
}

// WriteCSV writes the trials that count as a table. Lists and details are JSON;
// each design variable has a column of its own. The format is [CSV] or [SafeCSV].
func (l Ledger) WriteCSV(ctx context.Context, out io.Writer, format Format) error {
	found := map[string]bool{}
	if err := l.Trials(ctx, func(t event.Trial) error {
		for name := range t.DesignVariables {
			found[name] = true
		}
		return nil
	}); err != nil {
		return err
	}
	columns, variables := trialColumns(), slices.Sorted(maps.Keys(found))
	header := slices.Clone(columns)
	for _, name := range variables {
		header = append(header, designVariables+"."+name)
	}
	w := NewCSVWriter(out, format == SafeCSV)
	if err := w.Write(header); err != nil {
		return err
	}
	err := l.Trials(ctx, func(t event.Trial) error {
		row := make([]string, 0, len(header))
		for _, name := range columns {
			row = append(row, cell(event.Value(t, name)))
		}
		for _, name := range variables {
			row = append(row, variableCell(t.DesignVariables[name]))
		}
		return w.Write(row)
	})
	return errors.Join(err, w.Flush())
}

// cell returns the text of a field's cell: text without quotes, other values as JSON,
// and "" for null, for an empty list and for a missing field.
func cell(value jsontext.Value) string {
	switch {
	case value.Kind() == '"':
		text, _ := jsontext.AppendUnquote(nil, []byte(value)) // valid, because Value has quoted it
		return string(text)
	case value.Kind() == 'n' || string(value) == "[]":
		return ""
	}
	return string(value)
}

// variableCell returns the text of a design variable's cell.
func variableCell(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}

// marshal returns a validated value as JSON.
func marshal(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("history: a validated value cannot be encoded: %v", err))
	}
	return string(text)
}
