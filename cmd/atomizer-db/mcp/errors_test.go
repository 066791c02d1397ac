package mcp_test

import (
	"strings"
	"testing"

	"atomizer-db/cmd/atomizer-db/mcp"
)

// TestMistakesAreResultsThatSayWhatToDo makes mistakes of each kind.
func TestMistakesAreResultsThatSayWhatToDo(t *testing.T) {
	a := newAgent(t, mcp.Options{})
	a.ask(t, "record_trial", `{"trial_number": 1, "success": true, "key": "1"}`)
	for _, test := range []struct{ tool, arguments, message string }{
		{"get_context", `{"max_item": 3}`, "max_item: is not an argument of get_context, which has study, max_items, max_tokens, about, explore, holdout, seed"},
		{"get_context", `{"max_items": 0}`, "max_items: must be 1 or more, not 0"},
		{"get_context", `{"max_items": 1.5}`, "max_items: must be an integer, not 1.5"},
		{"get_context", `{"max_items": "5"}`, "max_items: must be an integer, not text"},
		{"get_context", `{"seed": 1e999}`, "seed: 1e999 is too large"},
		{"get_context", `{"holdout": 1}`, "holdout: must be 0 or more and less than 1, not 1"},
		{"get_context", `{"explore": true, "about": "mesh"}`, "about: cannot be combined with explore: give one of them"},
		{"get_context", `{"study": "arch"}`, `has no study "arch"; it has "truss": name one of them, or none`},
		{"find_items", `{"rank": "best"}`, `rank: must be one of net-score, lower-bound, lift, not "best"`},
		{"find_items", `{"category": "strategy"}`, `category: must be one of str, cal, mis, tool, dom, wf, not "strategy"`},
		{"find_items", `{"limit": 101}`, "limit: must be 100 or less, not 101"},
		{"find_items", `{"cursor": "x"}`, `cursor: must be the next_cursor of an earlier answer, not "x"`},
		{"find_items", `{"search": "?"}`, `search: "?" has no letter or digit: give a word`},
		{"find_items", `{"id": "str-1"}`, `the playbook has no item "str-1", live or retired: find_items lists the items`},
		{"find_items", `{"id": "str-1", "limit": 3}`, "id: shows one item: leave out search, category, rank, limit and cursor, or id"},
		{"study_status", `{"cursor": "studies:-1"}`, `cursor: must be a next_cursor of an earlier answer, not "studies:-1"`},
		{"query", `{}`, "sql: is missing: query needs it"},
		{"query", `{"sql": "select weight from trials"}`, "line 1, column 8: no such column: weight: read atomizer://schema for the views and their columns"},
		{"query", `{"sql": "delete from trials"}`, "DELETE is refused: a query only reads"},
		{"query", `{"sql": "select 1; select 2"}`, "one statement"},
		{"query", `{"sql": "select :n"}`, `give "n" in parameters`},
		{"query", `{"sql": "select 1", "parameters": {"n": [1]}}`, `parameters["n"]: must be a number, text, true, false or null`},
		{"record_trial", `{"success": true}`, "trial_number: is missing: record_trial needs it"},
		{"record_trial", `{"trial_number": 1, "success": "yes"}`, "success: must be true or false, not text"},
		{"record_trial", `{"trial_number": 1, "success": true, "errors": ["x", 1]}`, "errors[1]: must be text, not a number"},
		{"record_trial", `{"trial_number": 1, "success": true, "design_variables": {"x": []}}`, `design_variables["x"]: must be`},
		{"record_trial", `{"trial_number": 2, "success": true, "key": "1"}`, `"1"`},
		{"add_item", `{"category": "str", "content": ""}`, "content: is missing: add_item needs it"},
		{"add_item", `{"category": "str", "content": "x", "study": "arch"}`, `has no study "arch"`},
		{"get_context", `{"max_items": 1001}`, "max_items: must be 1000 or less, not 1001"},
		{"record_error", `{"trial_number": 1, "error_type": "license"}`, "error_message: is missing: record_error needs it"},
		{"add_item", `{"category": "str", "content": " "}`, "content: "},
		{"finalize_study", `{"study": "arch"}`, `has no study "arch"`},
		{"finalize_study", `{"dry_run": "no"}`, "dry_run: must be true or false, not text"},
		{"get_context", `[1]`, "the arguments must be an object, not a list"},
	} {
		result := a.ask(t, test.tool, test.arguments)
		if message := textOf(t, result); !result.IsError || !strings.Contains(message, test.message) || strings.Contains(message, "\n") {
			t.Errorf("%s %s: error %t:\n%s\nwant\n%s", test.tool, test.arguments, result.IsError, message, test.message)
		}
	}
}
