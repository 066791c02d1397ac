package history

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/event"
)

// designVariables is the field that has a column for each of its members.
const designVariables = "design_variables"

// trialColumns are the fields of a trial that have a column: not what only
// matters for recording it again.
func trialColumns() (columns []string) {
	for _, f := range event.Fields(event.TypeTrial) {
		if !slices.Contains([]string{designVariables, "learn", "key"}, f.Name) {
			columns = append(columns, f.Name)
		}
	}
	return columns
}

// WriteCSV writes the trials that count as a table. Lists and details are JSON;
// each design variable has a column of its own.
func (l Ledger) WriteCSV(ctx context.Context, out io.Writer) error {
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
	w := csv.NewWriter(out)
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
	w.Flush()
	if err == nil {
		err = w.Error()
	}
	return err
}

// cell writes a field: text as it is, and nothing for null, for a list without
// elements and for a field that is left out.
func cell(value jsontext.Value) string {
	switch {
	case value.Kind() == '"':
		text, _ := jsontext.AppendUnquote(nil, []byte(value)) // which we have quoted
		return string(text)
	case value.Kind() == 'n' || string(value) == "[]":
		return ""
	}
	return string(value)
}

// variableCell writes a design variable, as cell writes a field.
func variableCell(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}

// marshal writes a value that was validated as JSON.
func marshal(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("history: a value that was validated cannot be encoded: %v", err))
	}
	return string(text)
}
