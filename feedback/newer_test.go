package feedback_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/history"
)

// changesOf lists the changes of an import.
func changesOf(i history.Import) (list []string) {
	for _, c := range i.Changes {
		list = append(list, strings.TrimSpace(strings.Join([]string{string(c.Action), c.ID, c.Detail}, " ")))
	}
	return list
}

// TestImportTakesOverANewerVersionOfAFile imports one text after the other from one path.
// A dry run says the same, and each text again changes nothing.
func TestImportTakesOverANewerVersionOfAFile(t *testing.T) {
	const item = `"category": "str", "content": "A", "created_at": "c"`
	one := func(fields string) string { return `{"items": {"str-00001": {` + item + fields + `}}}` }
	skill := func(fields string) string {
		return `{"skills": {"a-1": {"section": "s", "content": "A"` + fields + `}}}`
	}
	type step struct {
		text string
		want []string // changes
	}
	for name, steps := range map[string][]step{
		"archived": {
			{one(""), []string{"added str-00001"}},
			{one(`, "archived": true`), []string{"retired str-00001 archived in the file"}},
			{one(""), []string{"restored str-00001 no longer archived in the file"}},
		},
		"status": {
			{one(`, "status": "active"`), []string{"added str-00001"}},
			{one(`, "status": "new"`), []string{"edited str-00001 status"}},
			{one(`, "status": "archived"`), []string{"retired str-00001 archived in the file", "edited str-00001 status"}},
		},
		"tags": {
			{one(`, "tags": ["a", "b"]`), []string{"added str-00001"}},
			{one(`, "tags": ["b", "c"]`), []string{"edited str-00001 tags"}},
			{one(""), []string{"edited str-00001 tags"}},
		},
		"fields": {
			{one(`, "owner": "bob", "old": 1`), []string{"added str-00001"}},
			{one(`, "owner": "alice", "new": [2], "source_trials": [4]`), []string{"edited str-00001 owner, new, old, source_trials"}},
			{one(`, "owner": "alice", "new": [2], "source_trials": [4], "more": {}`), []string{"edited str-00001 more"}},
		},
		"counts": {
			{one(`, "helpful_count": 1`), []string{"added str-00001"}},
			{one(`, "helpful_count": 5, "last_used": "l"`), []string{"kept str-00001 not taken over: counts (helpful 5, harmful 0), last_used"}},
		},
		"fields of the playbook": {
			{`{"items": {}, "team": "wing", "x": 1}`, nil},
			{`{"items": {}, "team": "tail"}`, nil},
		},
		"an item that is gone": {
			{one(""), []string{"added str-00001"}},
			{`{"items": {}}`, []string{"kept str-00001 no longer in the file"}},
		},
		"content": {
			{"[x-1] One\n[x-2] Two\n", []string{"added x-1", "added x-2"}},
			{"[x-1] One\n[x-2] Two, and more\n", []string{"edited x-2 content"}},
			{"[x-2] One\n[x-1] Three\n", []string{"renamed x-1 its id belongs to another item here", "kept x-2 no longer in the file"}},
		},
		"an id twice": {
			{"[x-1] One\n[x-1] Two\n", []string{"added x-1", "renamed x-1 its id belongs to another item here"}},
			{"[x-1] One\n[x-1] Two, and more\n", []string{"edited x-1 content"}},
		},
		"a skill": {
			{skill(`, "status": "active"`), []string{"added a-1"}},
			{skill(`, "status": "active", "justification": "j", "embedding": [0.5]`), []string{"edited a-1 justification, embedding"}},
			{skill(`, "status": "invalid"`), []string{"retired a-1 archived in the file", "edited a-1 justification, embedding"}},
			{skill(`, "status": "active"`), []string{"restored a-1 no longer archived in the file"}},
		},
		"a section of ACE": {
			{"## A\n[a-1] helpful=1 harmful=0 :: A\n", []string{"added a-1"}},
			{"## B\n## PITFALLS\n[a-1] helpful=1 harmful=0 :: A\n", []string{"edited a-1 category, section"}},
			{"## B\ntext\n## PITFALLS\n[a-1] helpful=1 harmful=0 :: A\n", nil},
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			loop, path := open(t, filepath.Join(folder, "p.db")), filepath.Join(folder, "file")
			for n, s := range steps {
				if err := os.WriteFile(path, []byte(s.text), 0o600); err != nil {
					t.Fatal(err)
				}
				preview, err := loop.Import(t.Context(), path, history.ImportOptions{DryRun: true})
				if err != nil {
					t.Fatal(err)
				}
				result := importFile(t, loop, path, "")
				if diff := cmp.Diff(s.want, changesOf(result)); diff != "" {
					t.Errorf("step %d: %s", n, diff)
				}
				if kept := strings.HasPrefix(strings.Join(s.want, ""), "kept"); result.Changed == kept {
					t.Errorf("step %d: changed is %t", n, result.Changed)
				}
				preview.DryRun = false
				if diff := cmp.Diff(preview, result); diff != "" {
					t.Errorf("step %d: the dry run says otherwise: %s", n, diff)
				}
				if again := importFile(t, loop, path, ""); again.Changed || len(again.Changes) > 0 {
					t.Errorf("step %d again: %+v", n, again)
				}
			}
		})
	}
}

// TestImportKeepsWhatItCannotTellToBeNewer imports a file about an item that was changed
// here.
func TestImportKeepsWhatItCannotTellToBeNewer(t *testing.T) {
	folder := t.TempDir()
	path, other := filepath.Join(folder, "p.db"), filepath.Join(folder, "other.json")
	writePlaybook(t, feedback.JSONPath(path), 1, "str-00001", fields{"category": "str", "content": "A", "owner": "bob", "created_at": "c", "tags": []string{"ours"}})
	loop := open(t, path)
	writePlaybook(t, other, 1, "str-00001", fields{
		"category": "mis", "content": "A", "owner": "alice", "note": 1, "created_at": "d", "helpful_count": 3, "tags": []string{"theirs"},
	})
	want := []string{"edited str-00001 tags, note", "kept str-00001 not taken over: category, created_at, owner, counts (helpful 3, harmful 0)"}
	if diff := cmp.Diff(want, changesOf(importFile(t, loop, other, ""))); diff != "" {
		t.Error(diff)
	}
	if again := importFile(t, loop, other, ""); again.Changed || len(again.Changes) > 0 {
		t.Errorf("again: %+v", again)
	}

	apply(t, loop, event.RetireItem{Item: "str-00001"})
	writePlaybook(t, other, 1, "str-00001", fields{"category": "mis", "content": "A", "archived": false, "tags": []string{"new"}})
	if diff := cmp.Diff([]string{"left out str-00001 it is retired here"}, changesOf(importFile(t, loop, other, ""))); diff != "" {
		t.Error(diff)
	}
	apply(t, loop, event.RestoreItem{Item: "str-00001"})
	writePlaybook(t, other, 1, "str-00001", fields{"category": "mis", "content": "A", "archived": true})
	importFile(t, loop, other, "")
	apply(t, loop, event.RestoreItem{Item: "str-00001"})
	if diff := cmp.Diff([]string{"kept str-00001 it is archived in the file, and was restored here"}, changesOf(importFile(t, loop, other, ""))); diff != "" {
		t.Error(diff)
	}
}

// TestImportKnowsAnItemThatWasEditedHere imports a file again after its items got other
// texts here.
func TestImportKnowsAnItemThatWasEditedHere(t *testing.T) {
	folder := t.TempDir()
	loop, path := open(t, filepath.Join(folder, "p.db")), filepath.Join(folder, "a.txt")
	if err := os.WriteFile(path, []byte("## A\n[a-1] A\n[a-1] B\n[mis-00001] C\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	importFile(t, loop, path, "")
	for _, id := range []string{"a-1", "str-00001"} {
		apply(t, loop, event.EditItem{Item: id, Content: "Ours of " + id})
	}
	if again := importFile(t, loop, path, ""); again.Changed || len(again.Changes) > 0 {
		t.Errorf("again: %+v", again)
	}
	out, err := loop.ImportedFile(t.Context(), path)
	if diff := cmp.Diff("## A\n[a-1] Ours of a-1\n[a-1] Ours of str-00001\n[mis-00001] C\n", string(out)); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// TestPlaybookJSONHasTheFieldsOfLegacyTools imports files of other tools. A loader that
// passes all fields of an item on as arguments must know them.
func TestPlaybookJSONHasTheFieldsOfLegacyTools(t *testing.T) {
	folder := t.TempDir()
	loop := open(t, filepath.Join(folder, "p.db"))
	for name, text := range map[string]string{
		"a.txt":    "---\nx: y\n---\n## A\n- [a-1] helpful=1 harmful=0 neutral=4 :: A\n",
		"b.json":   `{"skills": {"b-1": {"section": "s", "content": "B", "evidence": "e", "status": "active"}}, "note": 1}`,
		"c.md":     "## s\n\n### `c-1`\n\nC\n\n**Evidence:** e\n",
		"d.json":   `[{"content": "D", "section": "s", "confidence": 0.5}]`,
		"own.json": `{"items": {"e-1": {"category": "str", "content": "E", "owner": "bob"}}, "team": "wing"}`,
	} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		importFile(t, loop, path, "")
	}
	_, text := exported(t, loop)
	var book struct {
		Items map[string]map[string]any `json:"items"`
	}
	var root map[string]any
	for _, into := range []any{&book, &root} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	legacy := []string{"category", "content", "created_at", "harmful_count", "helpful_count", "id", "last_used", "source_trials", "tags"}
	names := func(object map[string]any) []string { return slices.Sorted(maps.Keys(object)) }
	for id, item := range book.Items {
		want := legacy
		if id == "e-1" {
			want = slices.Sorted(slices.Values(append(slices.Clone(legacy), "owner")))
		}
		if diff := cmp.Diff(want, names(item)); diff != "" {
			t.Errorf("%s: %s", id, diff)
		}
	}
	if diff := cmp.Diff([]string{"created_at", "items", "last_updated", "team", "version"}, names(root)); diff != "" || len(book.Items) != 5 {
		t.Errorf("%d items, %s", len(book.Items), diff)
	}
}

// TestImportKeepsContentThatWasChangedHere imports two newer versions of a file about an item
// that was edited here after the first.
func TestImportKeepsContentThatWasChangedHere(t *testing.T) {
	folder := t.TempDir()
	loop, path := open(t, filepath.Join(folder, "p.db")), filepath.Join(folder, "file")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("[x-1] One\n")
	importFile(t, loop, path, "")
	if _, err := loop.Apply(t.Context(), event.EditItem{Item: "x-1", Content: "Ours"}); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"[x-1] Two\n", "[x-1] Three\n"} {
		write(text)
		want := []string{"kept x-1 not taken over: content (it was changed here)"}
		if diff := cmp.Diff(want, changesOf(importFile(t, loop, path, ""))); diff != "" {
			t.Error(diff)
		}
		if again := importFile(t, loop, path, ""); again.Changed || len(again.Changes) > 0 {
			t.Errorf("again: %+v", again)
		}
	}
	items, err := loop.Items(t.Context(), false)
	if err != nil || len(items) != 1 || items[0].Content != "Ours" {
		t.Errorf("%+v, %v", items, err)
	}
}
