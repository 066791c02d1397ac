package event_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/feedback/event"
)

func TestDecodeNamesTheWrongField(t *testing.T) {
	trial := func(fields string) string {
		return `{"type": "trial", "trial_number": 1, "success": true` + fields + `}`
	}
	for _, test := range []struct{ line, want string }{
		{`{}`, "type: is missing: one of trial, error, finalize, reset, void, commit_insights, reject_insights, edit_insight, edit_item, tag_item, retire_item, merge_items, restore_item, study, playbook"},
		{`{"type": null}`, "type: is missing: one of trial, error, finalize, reset, void, commit_insights, reject_insights, edit_insight, edit_item, tag_item, retire_item, merge_items, restore_item, study, playbook"},
		{`{"type": "trail"}`, `type: "trail" is not one of trial, error, finalize, reset, void, commit_insights, reject_insights, edit_insight, edit_item, tag_item, retire_item, merge_items, restore_item, study, playbook`},
		{`{"type": 1}`, "type: must be text, not a number"},
		{`[1]`, "must be a JSON object, not a list"},
		{`null`, "must be a JSON object, not null"},
		{`"x"`, "must be a JSON object, not text"},
		{`{"type": "trial"`, "the line ends in the middle of its JSON object"},
		{`{"type": "reset"} {}`, "is not valid JSON: invalid character '{' after top-level value (column 19)"},
		{`hello`, "is not valid JSON: invalid character 'h' at start of value (column 1)"},
		{`{"type": "trial", "success": true}`, "trial_number: is missing: an integer is required"},
		{`{"type": "trial", "trial_number": 1}`, "success: is missing: true or false is required"},
		{`{"type": "trial", "trial_number": 1, "success": null}`, "success: is missing: true or false is required"},
		{`{"type": "trial", "trial_number": 1, "success": 1}`, "success: must be true or false, not a number"},
		{`{"type": "trial", "trial_number": 1.5, "success": true}`, "trial_number: must be an integer of 64 bits, not 1.5"},
		{`{"type": "trial", "trial_number": 1.00000000000000000001, "success": true}`, "trial_number: must be an integer of 64 bits, not 1.00000000000000000001"},
		{`{"type": "trial", "trial_number": 1e-999999999, "success": true}`, "trial_number: must be an integer of 64 bits, not 1e-999999999"},
		{`{"type": "trial", "trial_number": 1e19, "success": true}`, "trial_number: must be an integer of 64 bits, not 1e19"},
		{`{"type": "trial", "trial_number": 9223372036854775808.0, "success": true}`, "trial_number: must be an integer of 64 bits, not 9223372036854775808.0"},
		{`{"type": "trial", "trial_number": 1e999, "success": true}`, "trial_number: 1e999 is not a finite number"},
		{`{"type": "trial", "trial_number": 9223372036854775808, "success": true}`, "trial_number: must be an integer of 64 bits, not 9223372036854775808"},
		{`{"type": "trial", "trial_number": "1", "success": true}`, "trial_number: must be an integer, not text"},
		{trial(`, "objective": 1`), "objective: is not a field of this type of event"},
		{trial(`, "Success": true`), "Success: is not a field of this type of event"},
		{trial(`, "name": "x"`), "name: is not a field of this type of event"},
		{trial(`, "success": false`), "success: occurs twice (column 55)"},
		{trial(`, "objective_value": NaN`), "objective_value: NaN is not a finite number (column 74)"},
		{trial(`, "objective_value": -Infinity`), "objective_value: -Infinity is not a finite number (column 74)"},
		{trial(`, "objective_value": 1e999`), "objective_value: 1e999 is not a finite number"},
		{trial(`, "objective_value": "1"`), "objective_value: must be a number, not text"},
		{trial(`, "duration_seconds": []`), "duration_seconds: must be a number, not a list"},
		{trial(`, "design_variables": [1]`), "design_variables: must be an object, not a list"},
		{trial(`, "design_variables": {"a": {"b": 1}}`), `design_variables["a"]: must be a number, a string, true, false or null, not an object`},
		{trial(`, "design_variables": {"a": 1e999}`), `design_variables["a"]: 1e999 is not a finite number`},
		{trial(`, "design_variables": {"a": "\u0000"}`), `design_variables["a"]: must not contain the character U+0000`},
		{trial(`, "context_items_used": "str-00001"`), "context_items_used: must be a list of texts, not text"},
		{trial(`, "context_items_used": ["a", 1]`), "context_items_used[1]: must be text, not a number"},
		{trial(`, "context_items_used": ["a", null]`), "context_items_used[1]: must be text, not null"},
		{trial(`, "errors": ["a\u0000"]`), "errors[0]: must not contain the character U+0000"},
		{trial(`, "errors": ["\ud800"]`), "errors[0]: is not valid JSON: a text contains half a character (a lone surrogate) (column 67)"},
		{trial(`, "details": []`), "details: must be a JSON object, not a list"},
		{trial(`, "details": {"a": 1e999}`), "details: a: 1e999 is not a finite number"},
		{trial(`, "details": {"a": ` + strings.Repeat("[", 500) + strings.Repeat("]", 500) + `}`), "details: a[0][0][0][0][0][0][0][0][0]…: is nested deeper than 500 levels"},
		{trial(`, "key": ""`), "key: must not be empty: leave it out for an event without a key"},
		{trial(`, "key": 7`), "key: must be text, not a number"},
		{trial(`, "time": "yesterday"`), `time: "yesterday" is not a time such as 2026-01-31T12:00:00Z (RFC 3339)`},
		{trial(`, "time": "2026-01-31T1:00:00Z"`), `time: "2026-01-31T1:00:00Z" is not a time such as 2026-01-31T12:00:00Z (RFC 3339)`},
		{trial(`, "time": "2026-01-31T12:00:00,5Z"`), `time: "2026-01-31T12:00:00,5Z" is not a time such as 2026-01-31T12:00:00Z (RFC 3339)`},
		{trial(`, "time": "0001-01-01T00:00:00Z"`), `time: "0001-01-01T00:00:00Z" is not a time such as 2026-01-31T12:00:00Z (RFC 3339)`},
		{trial(`, "study": 1`), "study: must be text, not a number"},
		{`{"type": "error", "trial_number": 1, "error_type": "t"}`, "error_message: is missing: text is required"},
		{`{"type": "error", "trial_number": 1, "error_message": "t"}`, "error_type: is missing: text is required"},
		{`{"type": "error", "error_type": "t", "error_message": "t"}`, "trial_number: is missing: an integer is required"},
		{`{"type": "finalize", "total_trials": 1.5}`, "total_trials: must be an integer of 64 bits, not 1.5"},
		{`{"type": "finalize", "save_playbook": "no"}`, "save_playbook: must be true or false, not text"},
		{`{"type": "finalize", "best_value": 1e400}`, "best_value: 1e400 is not a finite number"},
		{`{"type": "reset", "all": true}`, "all: is not a field of this type of event"},
		{`{"type": "reset", "direction": "up"}`, `direction: "up" is not one of minimize, maximize`},
		{trial(`, "holdout": true, "context_items_used": ["str-00001"]`), "holdout: a trial that was held out has an empty context: leave out its items, or holdout"},
		{`{"type": "finalize", "prune_by": "luck"}`, `prune_by: "luck" is not one of net-score, attribution, none`},
		{`{"type": "finalize", "prune_by": "none", "prune_below": -3}`, `prune_below: is for prune_by "net-score", not "none"`},
		{`{"type": "finalize", "pruned_items": []}`, `pruned_items: is for prune_by "attribution", not "net-score"`},
		{`{"type": "commit_insights", "insights": []}`, "insights: is empty: leave it out to commit all"},
		{`{"type": "commit_insights", "insights": "all"}`, "insights: must be a list of objects, not text"},
		{`{"type": "commit_insights", "insights": ["a"]}`, "insights[0]: must be an object, not text"},
		{`{"type": "commit_insights", "insights": [{"category": "mis"}]}`, "insights[0].content: is missing"},
		{`{"type": "commit_insights", "insights": [{"category": "mis", "content": "a", "id": 1}]}`, "insights[0].id: is not a field of an insight"},
		{`{"type": "reject_insights", "insights": [{"category": "x", "content": "a"}]}`, `insights[0].category: "x" is not one of str, cal, mis, tool, dom, wf`},
		{`{"type": "reject_insights"}`, "insights: is missing: a list of objects is required"},
		{`{"type": "edit_insight", "category": "mis", "content": "a", "new_content": " "}`, "new_content: is blank: give it some words"},
		{`{"type": "edit_item", "item": "a", "content": ""}`, "content: is blank: give it some words"},
		{`{"type": "merge_items", "item": "a", "into": "a"}`, "into: is the item itself: name another one"},
		{`{"type": "study", "study": "a", "key": "b"}`, "key: is not a field of this type of event"},
		{`{"type": "study", "direction": "up"}`, `direction: "up" is not one of minimize, maximize`},
		{`{"type": "playbook"}`, "version: is missing: an integer is required"},
		{`{"type": "playbook", "version": 1, "items": {}}`, "items: must be a list of objects, not an object"},
		{`{"type": "playbook", "version": 1, "items": [{"id": 1}]}`, "items[0].id: cannot be a number"},
		{`{"type": "playbook", "version": 1, "items": [{"id": "a", "text": "b"}]}`, `items[0].text: is not known here`},
		{`{"type": "playbook", "version": 1, "items": [{"id": "a", "category": "x"}]}`, `items[0].category: "x" is not one of str, cal, mis, tool, dom, wf`},
		{`{"type": "playbook", "version": 1, "items": [{"id": "a", "last_used": 3}]}`, `items[0].last_used: must be text or null, not 3`},
		{`{"type": "playbook", "version": 1, "items": [{"id": "a", "fields": []}]}`, `items[0].fields: must be a JSON object, not a list`},
		{`{"type": "playbook", "version": 1, "items": [{"id": "a\u0000"}]}`, `items[0].id: must not contain the character U+0000`},
		{`{"type": "playbook", "version": 1, "last_numbers": {"str": "a"}}`, "last_numbers.str: cannot be text"},
		{`{"type": "playbook", "version": 1, "items": [{"id": "a", "fields": {"x": 1, "helpful_count": 4}}]}`, `items[0].fields.helpful_count: is a field of its own in playbook.json: leave it out here`},
		{`{"type": "playbook", "version": 1, "items": [{"id": "a", "harmful_count": 18014398509481983}]}`, `items[0].harmful_count: 18014398509481983 is too large for a count`},
		{`{"type": "playbook", "version": 1, "fields": {"items": {}}}`, `fields.items: is a field of its own in playbook.json: leave it out here`},
		{`{"type": "playbook", "version": 1, "last_numbers": {"str": -7}}`, "last_numbers.str: must be 0 or more, not -7"},
		{`{"type": "playbook", "version": 9223372036854775807}`, `version: 9223372036854775807 is too large`},
		{`{"type": "playbook", "version": 1, "digest": "xy"}`, `digest: "xy" is not in hexadecimal digits`},
		{`{"type": "playbook", "version": 1, "start": true, "follows": "ab"}`, `follows: is given, and start is true: nothing comes before a start`},
		{`{"type": "tag_item", "item": "a"}`, "add: is empty, and so is remove: name at least one tag"},
	} {
		_, err := event.Decode([]byte(test.line))
		if err == nil {
			t.Errorf("%s was accepted", test.line)
		} else if err.Error() != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.line, err, test.want)
		}
	}
}

func TestDecodeReadsIntegersWithAFractionOrAnExponent(t *testing.T) {
	for text, want := range map[string]int64{
		"1": 1, "1.0": 1, "1e0": 1, "-1.00": -1, "1.5E+1": 15, "1200e-2": 12, "0.0": 0, "-0e-999999999": 0,
		"9007199254740993.0": 9007199254740993, "-9223372036854775808.0": math.MinInt64, "9223372036854775807e0": math.MaxInt64,
	} {
		e, err := event.Decode([]byte(`{"type": "trial", "trial_number": ` + text + `, "success": true}`))
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := e.(event.Trial).Number; got != want {
			t.Errorf("%s is read as %d", text, got)
		}
	}
}

func TestDecodeTreatsNullAsMissing(t *testing.T) {
	bare, err := event.Decode([]byte(`{"type": "trial", "trial_number": 1, "success": false}`))
	if err != nil {
		t.Fatal(err)
	}
	nulls, err := event.Decode([]byte(`{"success": false, "objective_value": null, "design_variables": null, "context_items_used": null,
		"errors": null, "constraint_violations": null, "extractor_used": null, "duration_seconds": null, "details": null, "study": null,
		"key": null, "time": null, "trial_number": 1, "type": "trial"}`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(bare, nulls); diff != "" {
		t.Error(diff)
	}
}

func TestValidateChecksEventsMadeInGo(t *testing.T) {
	nan := math.NaN()
	for want, e := range map[string]event.Event{
		"objective_value: NaN is not a finite number":                                       event.Trial{Objective: &nan},
		`design_variables["a"]: must be a number, a string, true, false or null, not []int`: event.Trial{DesignVariables: map[string]any{"a": []int{1}}},
		"errors[0]: is not valid UTF-8":                                                     event.Trial{Errors: []string{"\xff"}},
		"details: is not valid JSON":                                                        event.Trial{Details: []byte("{")},
		"time: the year must be 1 to 9999, not 12000":                                       event.Trial{Header: event.Header{Time: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)}},
		"error_message: must not contain the character U+0000":                              event.ErrorReport{Message: "\x00"},
		"convergence_rate: +Inf is not a finite number":                                     event.Summary{ConvergenceRate: math.Inf(1)},
		"duration_seconds: -Inf is not a finite number":                                     event.Trial{DurationSeconds: math.Inf(-1)},
		"key: must not contain the character U+0000":                                        event.Reset{Header: event.Header{Key: "\x00"}},
		`design_variables: the name "\x00" must not contain the character U+0000`:           event.Trial{DesignVariables: map[string]any{"\x00": 1}},
	} {
		err := e.Validate()
		var field *event.FieldError
		if !errors.As(err, &field) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v\nwant %s", err, want)
		}
	}
}
