package mcp_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"atomizer-db/cmd/atomizer-db/mcp"
	"atomizer-db/store/postgres/pgtest"
)

func TestToolsAreThoseOfTheGoldenFileAndShort(t *testing.T) {
	a := newAgent(t, mcp.Options{Version: "v10.10.10-0.20261125123456-0123456789ab+dirty"})
	list, err := a.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) >= 6000 {
		t.Errorf("tools/list has %d bytes, and clients load it into every prompt", len(text))
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, text, "", "  "); err != nil {
		t.Fatal(err)
	}
	golden(t, "tools.json", indented.String()+"\n")
	for _, tool := range list.Tools {
		hints := tool.Annotations
		if hints == nil || hints.DestructiveHint == nil || hints.OpenWorldHint == nil || tool.Title == "" || tool.OutputSchema != nil {
			t.Errorf("%s: a hint or the title is missing, or there is an output schema", tool.Name)
		}
		for name, property := range tool.InputSchema.(map[string]any)["properties"].(map[string]any) {
			if property.(map[string]any)["description"] == nil {
				t.Errorf("%s: %s has no description", tool.Name, name)
			}
		}
	}
}

// TestEachToolAnswersAsTheGoldenFileSays lets an agent work on a small study.
func TestEachToolAnswersAsTheGoldenFileSays(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { answerAsTheGoldenFileSays(t, newAgent(t, mcp.Options{})) })
	t.Run("postgres", func(t *testing.T) { answerAsTheGoldenFileSays(t, agentOn(t, pgtest.Address(t), mcp.Options{})) })
}

func answerAsTheGoldenFileSays(t *testing.T, a agent) {
	t.Helper()
	var transcript strings.Builder
	for _, call := range [][2]string{
		{"get_context", `{}`},
		{"study_status", `{}`},
		{"add_item", `{"category": "str", "content": "Thicken the web before the flange"}`},
		{"add_item", `{"category": "str", "content": "Thicken the web before the flange"}`},
		{"add_item", `{"category": "mis", "content": "Do not mesh finer than 2 mm\nunless stresses are sought"}`},
		{"get_context", `{"max_items": 5, "about": "mesh"}`},
		{"record_trial", `{"trial_number": 1, "success": true, "objective_value": 12.5, "design_variables": {"thickness": 1.5}, "context_items_used": ["str-00001", "str-00009"], "context_items_shown": ["mis-00001"], "key": "1"}`},
		{"record_trial", `{"trial_number": 1, "success": true, "objective_value": 12.5, "design_variables": {"thickness": 1.5}, "context_items_used": ["str-00001", "str-00009"], "context_items_shown": ["mis-00001"], "key": "1"}`},
		{"record_trial", `{"trial_number": 2, "success": false, "errors": ["did not converge"], "constraint_violations": ["stress 300 exceeds 250"], "context_items_used": ["mis-00001"], "key": null}`},
		{"record_trial", `{"trial_number": 1, "success": true, "direction": "maximize", "objective_value": 3, "study": "arch"}`},
		{"record_error", `{"trial_number": 3, "error_type": "license", "error_message": "no license for NX", "context_items_used": ["mis-00001"]}`},
		{"get_context", `{"explore": true, "seed": 17.0, "about": ""}`},
		{"get_context", `{"holdout": 0.999, "seed": 4}`},
		{"find_items", `{}`},
		{"find_items", `{"rank": "lift", "category": "mis", "search": "meshes"}`},
		{"find_items", `{"limit": 1}`},
		{"find_items", `{"limit": 1, "cursor": "1"}`},
		{"find_items", `{"id": "mis-00001"}`},
		{"study_status", `{}`},
		{"study_status", `{"study": "arch"}`},
		{"study_status", `{"cursor": "pending_insights:1"}`},
		{"query", `{"sql": "select trial_number, objective, errors from trials where study = :study and trial_number < :n", "parameters": {"n": 10}}`},
		{"query", `{"sql": "with t(n) as (values (1), (2), (3), (4), (5)) select n from t", "limit": 2, "cursor": "2"}`},
		{"query", `{"sql": "select 1 as one where false"}`},
		{"finalize_study", `{"method": "TPE"}`},
		{"finalize_study", `{"method": "TPE", "dry_run": false, "prune_by": "attribution", "key": "end"}`},
		{"finalize_study", `{"method": "TPE", "dry_run": false, "prune_by": "attribution", "key": "end"}`},
		{"get_context", `{}`},
	} {
		result := a.ask(t, call[0], call[1])
		structured, err := json.MarshalIndent(result.StructuredContent, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&transcript, "### %s %s\n\n%s\n%s\n\n", call[0], call[1], textOf(t, result), structured)
	}
	golden(t, "answers.txt", transcript.String())
}

func TestResources(t *testing.T) {
	a := newAgent(t, mcp.Options{})
	a.ask(t, "add_item", `{"category": "str", "content": "Thicken the web"}`)
	for uri, part := range map[string]string{"atomizer://playbook": `"content":"Thicken the web"`, "atomizer://schema": "## trials\n"} {
		result, err := a.ReadResource(t.Context(), &sdk.ReadResourceParams{URI: uri})
		if err != nil {
			t.Fatal(err)
		}
		if text := result.Contents[0].Text; !strings.Contains(text, part) {
			t.Errorf("%s: %s", uri, text)
		}
	}
	if _, err := a.ReadResource(t.Context(), &sdk.ReadResourceParams{URI: "atomizer://other"}); err == nil {
		t.Error("there is a resource of any name")
	}
}

func TestAReadOnlyServerHasNoToolThatWrites(t *testing.T) {
	list, err := newAgent(t, mcp.Options{ReadOnly: true}).ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tool := range list.Tools {
		names = append(names, tool.Name)
	}
	if got := strings.Join(names, " "); got != "find_items get_context query study_status" {
		t.Error(got)
	}
	list, err = newAgent(t, mcp.Options{Tools: []string{"query"}}).ListTools(t.Context(), nil)
	if err != nil || len(list.Tools) != 1 || list.Tools[0].Name != "query" {
		t.Errorf("%v %v", list, err)
	}
}

func TestWhatIsNotThereIsNotAnnounced(t *testing.T) {
	capabilities := newAgent(t, mcp.Options{}).InitializeResult().Capabilities
	text, err := json.Marshal(capabilities)
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != `{"resources":{},"tools":{}}` {
		t.Errorf("%s", text)
	}
}
