package event

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// EncodeVariables writes design variables as one JSON object, names sorted.
func EncodeVariables(variables map[string]any) string {
	text := append(make([]byte, 0, 128), '{')
	for i, name := range slices.Sorted(maps.Keys(variables)) {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(appendText(text, name), ':')
		switch v := variables[name].(type) {
		case string:
			text = appendText(text, v)
		case json.Number:
			text = append(text, v...)
		default:
			text = append(text, encode(v)...)
		}
	}
	return string(append(text, '}'))
}

// appendText adds a JSON string.
func appendText(to []byte, text string) []byte {
	for _, c := range []byte(text) {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return append(to, encode(text)...)
		}
	}
	return append(append(append(to, '"'), text...), '"')
}

// Digest tells events of other content apart: the same after decoding and
// defaults gives the same digest. Study and key are where an event goes and not
// what it says.
func Digest(event Event) []byte {
	text := jsontext.Value(encode(content(event)))
	// 1, 1.0 and 1e0 are one number; integers keep all their digits.
	if err := text.Canonicalize(jsontext.CanonicalizeRawInts(false)); err != nil {
		panic(fmt.Sprintf("event: one that was validated is not JSON: %v", err))
	}
	sum := sha256.Sum256(text)
	return sum[:16]
}

// content is what an event says, by the names that event files use.
func content(event Event) map[string]any {
	fields := map[string]any{}
	switch e := event.(type) {
	case Trial:
		fields = map[string]any{
			"type": "trial", "trial_number": e.Number, "success": e.Success, "objective_value": e.Objective,
			"design_variables": orEmpty(e.DesignVariables), "context_items_used": append([]string{}, e.ContextItems...),
			"errors": append([]string{}, e.Errors...), "constraint_violations": append([]string{}, e.ConstraintViolations...),
			"extractor_used": e.Extractor, "duration_seconds": e.DurationSeconds, "details": e.Details,
		}
		if e.NoLearn {
			fields["learn"] = false
		}
		if len(e.ShownItems) > 0 { // older events have digests without it
			fields["context_items_shown"] = e.ShownItems
		}
	case ErrorReport:
		fields = map[string]any{
			"type": "error", "trial_number": e.TrialNumber, "error_type": e.ErrorType, "error_message": e.Message,
			"context_items_used": append([]string{}, e.ContextItems...),
		}
	case Summary:
		fields = map[string]any{
			"type": "finalize", "name": e.Name, "total_trials": e.TotalTrials, "best_value": e.BestValue,
			"convergence_rate": e.ConvergenceRate, "method": e.Method, "save_playbook": !e.NoSave,
		}
	case Reset:
		fields["type"] = "reset"
	case Void:
		fields = map[string]any{"type": "void", "trial_number": e.TrialNumber, "attempt": e.Attempt, "undo": e.Undo}
	}
	if at := event.Head().Time; !at.IsZero() {
		fields["time"] = at.UTC().Truncate(time.Microsecond)
	}
	return fields
}

func orEmpty(variables map[string]any) map[string]any {
	if variables == nil {
		return map[string]any{}
	}
	return variables
}

// encode writes a value that was validated as compact JSON, text as it is.
func encode(value any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(fmt.Sprintf("event: one that was validated cannot be encoded: %v", err))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Encode writes an event as a line of an event file, without the newline.
func Encode(event Event) []byte {
	fields := content(event)
	h := event.Head()
	if h.Study != nil {
		fields["study"] = *h.Study
	}
	if h.Key != "" {
		fields["key"] = h.Key
	}
	if fields["attempt"] == int64(0) { // the latest, which a line says by leaving it out
		delete(fields, "attempt")
	}
	return encode(fields)
}

// ParseVariables reads design variables, numbers with all their digits.
func ParseVariables(text string) (variables map[string]any, err error) {
	decoder := json.NewDecoder(bytes.NewBufferString(text))
	decoder.UseNumber()
	if err := decoder.Decode(&variables); err != nil {
		return nil, fmt.Errorf("design variables: %w", err)
	}
	return variables, nil
}
