package skillbook_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"atomizer-db/feedback/history/skillbook"
	"atomizer-db/feedback/playbook"
)

const (
	bullets = `{"bullets": {
		"root-00001": {"id": "root-00001", "section": "Root Cause Analysis", "content": "größer", "helpful": 2, "harmful": 1, "neutral": 0,
			"created_at": "2025-11-18T14:50:37.387805+00:00", "updated_at": "2025-11-18T14:50:37.387814+00:00"}},
		"sections": {"Root Cause Analysis": ["root-00001", "root-00001", "root-00009"], "Empty": []}, "next_id": 7}`
	skills = `{"skills": {
		"s-00001": {"id": "s-00001", "section": "error_handling", "content": "a", "justification": null, "evidence": "e", "embedding": [0.5, 1e-3],
			"created_at": "2026-01-01", "updated_at": "2026-01-02", "status": "active", "sources": [{"trace": 1.50}]},
		"s-00002": {"section": "s", "content": "b", "status": "invalid", "helpful": 3}},
		"sections": {"error_handling": ["s-00001"], "s": ["s-00002"]}, "next_id": 2, "similarity_decisions": {"a,b": {"decision": "KEEP"}}}`
)

func sectionOf(item playbook.Item) string { return item.Category.Heading() }

func encode(t *testing.T, file playbook.File, added ...playbook.Item) string {
	t.Helper()
	out, err := skillbook.Encode([]playbook.File{file}, added, sectionOf)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// indented returns a JSON text as a skillbook is written.
func indented(t *testing.T, text string) string {
	t.Helper()
	value := jsontext.Value(text)
	if err := value.Indent(jsontext.WithIndent("  ")); err != nil {
		t.Fatal(err)
	}
	return string(value)
}

// plain decodes a JSON text for comparison.
func plain(t *testing.T, text string) (value map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestEncodeReversesDecodeOfEachVersion(t *testing.T) {
	for name, text := range map[string]string{
		"bullets": bullets, "skills": skills,
		"a list of skills":        `{"version": 2, "skills": [{"id": "a", "content": "c", "section": "s"}], "sections": ["s"]}`,
		"sections without lists":  `{"skills": {"a-1": {"content": "c"}}, "sections": {"s": "a-1", "t": {"ids": ["a-1"]}, "u": ["a-1"]}, "next_id": 1}`,
		"entries":                 `{"entries": [{"id": "e-1", "kind": "warning", "text": "c", "tags": ["x"], "helpfulCount": 2, "createdAt": "2026-01-01"}], "version": 1}`,
		"a bare list":             `[{"id": "e-1", "content": "c", "section": "s", "helpful_count": 2}]`,
		"a bare list without ids": `[{"content": "c", "section": "Strategies"}, {"content": "c", "section": "Pitfalls", "harmful": 1}]`,
	} {
		t.Run(name, func(t *testing.T) {
			file, err := skillbook.Decode([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(indented(t, text), encode(t, file)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeReadsTheFieldsOfPlaybooks(t *testing.T) {
	file, err := skillbook.Decode([]byte(`[{"id": "cal-00004", "category": "cal", "content": "c", "helpful_count": 2, "harmful_count": 1, "last_used": "l",
		"created_at": "t", "source_trials": [4], "tags": ["x"], "archived": true}, {"category": "zen", "text": "d", "tags": "none"}]`))
	if err != nil {
		t.Fatal(err)
	}
	for i := range file.Items {
		file.Items[i].Origin = nil
	}
	used := "l"
	if diff := cmp.Diff([]playbook.Item{
		{
			ID: "cal-00004", Category: "cal", Content: "c", Helpful: 2, Harmful: 1, CreatedAt: "t", LastUsed: &used, SourceTrials: []int64{4},
			Tags: []string{"x"}, Archived: true,
		},
		{Nameless: true, Category: "str", Content: "d"},
	}, file.Items); diff != "" {
		t.Error(diff)
	}
}

func TestEncodeWritesChanges(t *testing.T) {
	file, err := skillbook.Decode([]byte(skills))
	if err != nil {
		t.Fatal(err)
	}
	if file.Items[0].Category != playbook.Mistake || file.Items[0].Archived || !file.Items[1].Archived {
		t.Errorf("%+v", file.Items)
	}
	file.Items[0].Helpful, file.Items[0].Archived, file.Items[1].Archived = 4, true, false
	got := plain(t, encode(t, file, playbook.Item{ID: "str-00012", Category: playbook.Strategy, Content: "ours", CreatedAt: "now"}))
	list := got["skills"].(map[string]any)
	for _, c := range []struct {
		id, field string
		want      any
	}{
		{"s-00001", "helpful", 4.0},
		{"s-00001", "status", "invalid"},
		{"s-00002", "status", "active"},
		{"str-00012", "section", "STRATEGIES & INSIGHTS"},
		{"str-00012", "content", "ours"},
	} {
		if have := list[c.id].(map[string]any)[c.field]; have != c.want {
			t.Errorf("%s of %s is %v, not %v", c.field, c.id, have, c.want)
		}
	}
	if got["next_id"] != 12.0 {
		t.Error(got["next_id"])
	}
}

func TestDecodeErrors(t *testing.T) {
	for text, want := range map[string]string{
		`[{"id": "a"}]`:                       `[0]: content is missing`,
		`{"sections": {}}`:                    `"skills" is missing`,
		`{"skills": 1}`:                       `skills: must be an object or a list of objects, not a number`,
		`{"skills": {"a": {"section": "s"}}}`: `skills["a"]: content is missing`,
		`{"skills": {"a": {"content": "c", "helpful": "1"}}}`:   `skills["a"].helpful: must be an integer, not text`,
		`{"skills": {"a": {"id": "b", "content": "c"}}}`:        `skills["a"]: id is "b", but its key is "a": they must be the same`,
		`{"skills": {"a": {"content": "c"}`:                     `the file ends in the middle of its JSON`,
		`{"skills": {"a": {"content": "c", "embedding": NaN}}}`: `NaN is not a finite number`,
	} {
		if _, err := skillbook.Decode([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
