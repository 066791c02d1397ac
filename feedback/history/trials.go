package history

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	streamed "github.com/go-json-experiment/json"

	"atomizer-db/feedback/event"
)

// trialColumns stand before a column for each design variable.
var trialColumns = []string{
	"study", "trial_number", "success", "objective_value", "time", "duration_seconds", "extractor_used",
	"context_items_used", "context_items_shown", "errors", "constraint_violations", "details",
}

// WriteCSV writes the trials that count as a table. Lists and details are JSON;
// each design variable has a column of its own.
func (l Ledger) WriteCSV(ctx context.Context, out io.Writer) error {
	variables := map[string]bool{}
	if err := l.Trials(ctx, func(t event.Trial) error {
		for name := range t.DesignVariables {
			variables[name] = true
		}
		return nil
	}); err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(variables))
	w := csv.NewWriter(out)
	header := slices.Clone(trialColumns)
	for _, name := range names {
		header = append(header, "design_variables."+name)
	}
	if err := w.Write(header); err != nil {
		return err
	}
	err := l.Trials(ctx, func(t event.Trial) error { return w.Write(trialRow(t, names)) })
	w.Flush()
	if err == nil {
		err = w.Error()
	}
	return err
}

func trialRow(t event.Trial, names []string) []string {
	objective := ""
	if t.Objective != nil {
		objective = marshal(*t.Objective)
	}
	row := []string{
		*t.Study, strconv.FormatInt(t.Number, 10), strconv.FormatBool(t.Success), objective, t.Time.Format(time.RFC3339Nano),
		marshal(t.DurationSeconds), t.Extractor,
		list(t.ContextItems), list(t.ShownItems), list(t.Errors), list(t.ConstraintViolations), string(t.Details),
	}
	for _, name := range names {
		row = append(row, cell(t.DesignVariables, name))
	}
	return row
}

// list writes a list as JSON, and an empty one as nothing.
func list(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return marshal(texts)
}

// marshal writes a value that was validated as JSON.
func marshal(value any) string {
	text, err := streamed.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("history: a value of a recorded trial cannot be encoded: %v", err))
	}
	return string(text)
}

// cell writes a design variable: text as it is, null and one that is left out
// as nothing.
func cell(variables map[string]any, name string) string {
	switch v := variables[name].(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	default:
		return fmt.Sprint(v)
	}
}
