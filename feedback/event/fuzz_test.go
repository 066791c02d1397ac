package event_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"atomizer-db/feedback/event"
)

// FuzzDecode checks that every line is either refused with a place and a reason, or is
// an event that is the same after encoding and decoding.
func FuzzDecode(f *testing.F) {
	for _, line := range []string{
		`{"type": "trial", "trial_number": 1, "success": true}`,
		`{"type": "trial", "trial_number": -9223372036854775808, "success": false, "objective_value": 1e-320, "design_variables":
			{"a": 1.50, "b": "\u00e9\ud83d\ude00", "c": null, "d": true, "e": 12345678901234567890}, "context_items_used": ["", "str-00001", "str-00001"],
			"errors": ["a\nb"], "constraint_violations": [" "], "extractor_used": "x", "duration_seconds": -0.0,
			"details": {"x": [1.0, {"y": 1e5}], "z": "\u2028"}, "study": "", "key": "k", "time": "2026-01-31T12:00:00.1234567+01:30"}`,
		`{"type": "error", "trial_number": 2, "error_type": "", "error_message": "<&>", "context_items_used": null}`,
		`{"type": "finalize", "name": "n", "total_trials": 3, "best_value": 1E+2, "convergence_rate": 0.5, "method": "m", "save_playbook": false}`,
		`{"type": "reset", "time": "0001-01-01T00:00:00Z"}`,
		`{"type": "void", "trial_number": 1, "attempt": 2, "undo": true}`,
		`{"type": "study", "study": "", "direction": "maximize", "time": "2026-01-31T12:00:00Z"}`,
		`{"type": "playbook", "start": true, "version": -1, "last_updated": "then", "undated": true, "fields": {"a": [1.50]}, "digest": "0aF",
			"file": "/a", "last_numbers": {"str": 3, "": 0}, "items": [{"id": "", "category": "str", "content": "\u00e9", "created_at": "", "last_used": null,
			"helpful_count": -1, "harmful_count": 2, "tags": [], "source_trials": [1], "removed_source_trials": [2], "fields": {}, "retired": false}, {"id": "a"}]}`,
		`{"type": "trial", "trial_number": 1e0, "success": 1}`,
		`{"type": "trial", "trial_number": 1, "success": true, "details": {"a": 1, "a": 2}}`,
		`{"type": "trial", "errors": ["\ud800"]}`, `{"type": "reset", "x": NaN}`, `[]`, `{"type"`, ``,
	} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		e, err := event.Decode(line)
		if err != nil {
			if field, ok := errors.AsType[*event.FieldError](err); ok {
				if field.Field == "" && !bytes.Contains(line, []byte(`""`)) || field.Problem == "" {
					t.Errorf("no field or no problem: %q", err)
				}
			} else if s := err.Error(); !strings.Contains(s, "(column ") && !strings.Contains(s, "JSON object") {
				t.Errorf("no field and no place: %q", s)
			}
			return
		}
		comesBack(t, e)
	})
}
