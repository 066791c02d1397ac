package legacy_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/feedback/history/legacy"
	"atomizer-db/feedback/playbook"
)

func TestDecodeReadsVariants(t *testing.T) {
	text := func(value string) *string { return &value }
	want := playbook.File{Version: 4, LastUpdated: "then", Items: []playbook.Item{
		{ID: "str-00001", Category: "str", Content: "a", Helpful: 3, Harmful: 1, CreatedAt: "c", LastUsed: text("l"), SourceTrials: []int64{2, 1}, Tags: []string{"x"}},
		{ID: "mis-00002", Category: "mis", Content: "b", Archived: true},
	}}
	const first = `"category": "str", "content": "a", "created_at": "c", "last_used": "l", "source_trials": [2, 1, 2], "tags": ["x"]`
	for name, items := range map[string]string{
		"a list":            `"items": [{"id": "str-00001", "helpful_count": 3, "harmful_count": 1, ` + first + `}, {"id": "mis-00002", "category": "mis", "content": "b", "archived": true}]`,
		"other counts":      `"items": {"str-00001": {"helpful": 3, "harmful": 1, ` + first + `}, "mis-00002": {"category": "mis", "content": "b", "status": "archived"}}`,
		"an archive":        `"items": {"str-00001": {"helpful": 3, "harmful": 1, ` + first + `}}, "archived": [{"id": "mis-00002", "category": "mis", "content": "b"}]`,
		"archived items":    `"items": {"str-00001": {"helpful": 3, "harmful": 1, ` + first + `}}, "archived_items": {"mis-00002": {"category": "mis", "content": "b"}}`,
		"is_archived, null": `"items": {"str-00001": {"helpful": 3, "harmful": 1, "helpful_count": null, ` + first + `}, "mis-00002": {"category": "mis", "content": "b", "is_archived": true}}`,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := legacy.Decode([]byte(`{"version": 4, "last_updated": "then", ` + items + `}`))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmp.Transformer("list", func(list []playbook.Member) int { return len(list) })); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeKeepsUnknownFields(t *testing.T) {
	got, err := legacy.Decode([]byte(`{"team": "wing", "items": [{"id": "a-1", "category": "wf", "content": "c", "helpful": 1, "neutral_count": 2, "status": "active"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for want, extra := range map[string][]playbook.Member{`{"team":"wing"}`: got.Extra, `{"neutral_count":2,"status":"active"}`: got.Items[0].Extra} {
		if text, err := playbook.MarshalMembers(extra); err != nil || text != want {
			t.Errorf("%s, %v: not %s", text, err, want)
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	for text, want := range map[string]string{
		`{"items": [{"category": "str", "content": "c"}]}`: `items[0]: id is missing`,
		`{"items": [1]}`: `items[0]: must be an object, not a number`,
		`{"items": [{"id": "a", "content": "c", "category": "zen"}]}`:                    `items[0].category: "zen" is not a category`,
		`{"items": [{"id": "a", "content": "c", "category": "str", "tags": "x"}]}`:       `items[0].tags: must be a list`,
		`{"items": {"a": {"content": "c", "category": "str", "helpful": 1.5}}}`:          `items["a"].helpful: must be an integer, not 1.5`,
		`{"version": "x", "items": []}`:                                                  `version: must be an integer`,
		`{"items": {"a": {"content": "c", "category": "zen", "helpful_count": 1}}}`:      `line 1, column 46: items["a"].category`,
		`{"items": [], "archived": [{"id": "a", "content": 1, "category": "str"}]}`:      `archived[0].content: must be text, not a number`,
		`{"items": [{"id": "a-99999999999999999999", "content": "", "category": "wf"}]}`: `does not fit 64 bits`,
	} {
		if _, err := legacy.Decode([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
