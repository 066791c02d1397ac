package feedback_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/golden"
	"atomizer-db/feedback/history"
	"atomizer-db/feedback/playbook"
)

func open(t *testing.T, path string, options ...feedback.Option) *feedback.Loop {
	t.Helper()
	loop, err := feedback.Open(t.Context(), path, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := loop.Close(); err != nil {
			t.Error(err)
		}
	})
	return loop
}

// fields are an item of a playbook.json.
type fields = map[string]any

// writePlaybook writes a playbook.json with items in the order given: an id,
// then its fields.
func writePlaybook(t *testing.T, path string, version int, items ...any) {
	t.Helper()
	var b strings.Builder
	for i := 0; i < len(items); i += 2 {
		entry, err := json.Marshal(items[i+1])
		if err != nil {
			t.Fatal(err)
		}
		id, err := json.Marshal(items[i])
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString(string(id) + ":" + string(entry))
	}
	version64, err := json.Marshal(version)
	if err != nil {
		t.Fatal(err)
	}
	text := `{"version": ` + string(version64) + `, "last_updated": "2025-01-01", "items": {` + b.String() + `}, "team": "wing"}`
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func advice(category, content string, helpful, harmful int) fields {
	return fields{"category": category, "content": content, "helpful_count": helpful, "harmful_count": harmful, "created_at": "2025-01-01"}
}

func importFile(t *testing.T, loop *feedback.Loop, path string, counts history.Counts) history.Import {
	t.Helper()
	result, err := loop.Import(t.Context(), path, history.ImportOptions{Counts: counts})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func exported(t *testing.T, loop *feedback.Loop) (playbook.File, string) {
	t.Helper()
	book, err := loop.Playbook(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text, err := book.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return book, string(text)
}

// summaries returns the id, category, content and counts of each item.
func summaries(book playbook.File) []string {
	var all []string
	for _, i := range book.Items {
		all = append(all, strings.Join([]string{i.ID, string(i.Category), i.Content}, "|")+
			"|"+jsonText(i.Helpful)+"/"+jsonText(i.Harmful))
	}
	return all
}

func jsonText(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func TestANewDatabaseStartsFromItsPlaybook(t *testing.T) {
	onEachEngine(t, aNewDatabaseStartsFromItsPlaybook)
}

func aNewDatabaseStartsFromItsPlaybook(t *testing.T, on backend) {
	t.Helper()
	p := on.place(t)
	book := playbook.File{
		Version: 41, CreatedAt: "some other day", LastUpdated: "some day",
		Items: []playbook.Item{
			{
				ID: "mis-00009", Category: playbook.Mistake, Content: "nine\n\"é\"", Helpful: 2, Harmful: 7, CreatedAt: "then", SourceTrials: []int64{5, -1}, Tags: []string{"a"},
				Extra: []playbook.Member{{Name: "x", Value: []byte(`{"y":[1.50,null]}`)}},
			},
			{ID: "mis-00002", Category: playbook.Domain, Content: "two", CreatedAt: "2025-01-01T00:00:00.000000+00:00"},
			{ID: "", Category: playbook.Tool, Content: ""},
		},
		Extra: []playbook.Member{{Name: "team", Value: []byte(`"wing"`)}},
	}
	book.Items[2].CreatedAt = "x"
	want, err := book.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.playbook, want, 0o666); err != nil {
		t.Fatal(err)
	}
	_, got := exported(t, p.open(t))
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("export after import has other content (-file +export):\n%s", diff)
	}
}

func TestABrokenPlaybookCreatesNoDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "playbook.db")
	if err := os.WriteFile(feedback.JSONPath(path), []byte(`{"items": {"a": 1}}`), 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := feedback.Open(t.Context(), path)
	if err == nil || !strings.Contains(err.Error(), `playbook.json: line 1, column 17: items["a"]: must be an object, not a number`) {
		t.Errorf("the error is %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error("a database was created")
	}
}

func TestImportOfAnotherPlaybook(t *testing.T) { onEachEngine(t, importOfAnotherPlaybook) }

func importOfAnotherPlaybook(t *testing.T, on backend) {
	t.Helper()
	for counts, want := range map[history.Counts][]string{
		history.OurCounts:   {"str-00001|str|same|4/1", "str-00002|str|ours|0/0", "dom-00007|dom|new|3/2", "str-00003|str|theirs|5/0"},
		history.TheirCounts: {"str-00001|str|same|10/2", "str-00002|str|ours|0/0", "dom-00007|dom|new|3/2", "str-00003|str|theirs|5/0"},
		history.AddCounts:   {"str-00001|str|same|14/3", "str-00002|str|ours|0/0", "dom-00007|dom|new|3/2", "str-00003|str|theirs|5/0"},
	} {
		t.Run(string(counts), func(t *testing.T) {
			folder, p := t.TempDir(), on.place(t)
			writePlaybook(t, p.playbook, 3, "str-00001", advice("str", "same", 4, 1), "str-00002", advice("str", "ours", 0, 0))
			loop := p.open(t)
			other := filepath.Join(folder, "other.json")
			writePlaybook(t, other, 9, "dom-00007", advice("dom", "new", 3, 2), "str-00002", advice("str", "theirs", 5, 0), "str-00001", advice("str", "same", 10, 2))

			result := importFile(t, loop, other, counts)
			book, once := exported(t, loop)
			if diff := cmp.Diff(want, summaries(book)); diff != "" {
				t.Errorf("the playbook (-want +got):\n%s", diff)
			}
			if book.Version != 10 || result.Version != 10 || !result.Changed {
				t.Errorf("version %d, in the result %d, changed %t; want 10, 10 and true", book.Version, result.Version, result.Changed)
			}
			again := importFile(t, loop, other, counts)
			if _, twice := exported(t, loop); twice != once || again.Changed || len(again.Changes) > 0 {
				t.Errorf("the same file again changes something: %+v", again)
			}
		})
	}
}

func TestAddCountsAddsTheCountsOfAFileOnce(t *testing.T) {
	onEachEngine(t, addCountsAddsTheCountsOfAFileOnce)
}

func addCountsAddsTheCountsOfAFileOnce(t *testing.T, on backend) {
	t.Helper()
	folder, p := t.TempDir(), on.place(t)
	writePlaybook(t, p.playbook, 1, "str-00001", advice("str", "same", 1, 0))
	loop := p.open(t)
	other := filepath.Join(folder, "other.json")
	writePlaybook(t, other, 1, "str-00001", advice("str", "same", 10, 0), "str-00002", advice("str", "new", 7, 0))
	for _, counts := range []history.Counts{history.OurCounts, history.AddCounts, history.AddCounts} {
		importFile(t, loop, other, counts)
	}
	book, _ := exported(t, loop)
	if diff := cmp.Diff([]string{"str-00001|str|same|11/0", "str-00002|str|new|7/0"}, summaries(book)); diff != "" {
		t.Error(diff)
	}
}

func TestImportGivesNewIDsThatTheFileDoesNotHave(t *testing.T) {
	onEachEngine(t, importGivesNewIDsThatTheFileDoesNotHave)
}

func importGivesNewIDsThatTheFileDoesNotHave(t *testing.T, on backend) {
	t.Helper()
	folder, p := t.TempDir(), on.place(t)
	writePlaybook(t, p.playbook, 1, "str-00001", advice("str", "ours", 0, 0))
	loop := p.open(t)
	other := filepath.Join(folder, "other.json")
	writePlaybook(t, other, 1, "str-00001", advice("str", "theirs", 0, 0), "str-00002", advice("str", "second", 0, 0))
	importFile(t, loop, other, history.OurCounts)
	book, _ := exported(t, loop)
	if diff := cmp.Diff([]string{"str-00001|str|ours|0/0", "str-00003|str|theirs|0/0", "str-00002|str|second|0/0"}, summaries(book)); diff != "" {
		t.Error(diff)
	}
}

func TestImportOfTheOwnFileAppliesTheDifference(t *testing.T) {
	onEachEngine(t, importOfTheOwnFileAppliesTheDifference)
}

func importOfTheOwnFileAppliesTheDifference(t *testing.T, on backend) {
	t.Helper()
	p := on.place(t)
	json := p.playbook
	writePlaybook(t, json, 3,
		"str-00001", advice("str", "counted", 1, 1), "str-00002", advice("str", "edited", 0, 0), "str-00003", advice("str", "vanishes", 9, 0))
	loop := p.open(t)
	if _, err := loop.RecordTrial(t.Context(), event.Trial{Number: 1, Success: true, ContextItems: []string{"str-00001", "str-00002"}}); err != nil {
		t.Fatal(err)
	}
	writePlaybook(t, json, 5,
		"wf-00001", advice("wf", "added", 2, 0), "str-00002", advice("dom", "edited by hand", 0, 0), "str-00001", advice("str", "counted", 3, 0))

	preview, err := loop.Import(t.Context(), json, history.ImportOptions{DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	before, _ := exported(t, loop)
	if before.Version != 3 || len(before.Items) != 3 {
		t.Error("a dry run changed something")
	}
	result := importFile(t, loop, json, "")
	if diff := cmp.Diff(preview.Changes, result.Changes); diff != "" {
		t.Errorf("the dry run had another result (-dry +real):\n%s", diff)
	}
	book, once := exported(t, loop)
	want := []string{"str-00001|str|counted|4/0", "str-00002|dom|edited by hand|1/0", "wf-00001|wf|added|2/0"}
	if diff := cmp.Diff(want, summaries(book)); diff != "" {
		t.Errorf("the playbook (-want +got):\n%s", diff)
	}
	if book.Version != 6 {
		t.Errorf("version %d, want 6", book.Version)
	}
	again := importFile(t, loop, json, "")
	if _, twice := exported(t, loop); again.Changed || twice != once {
		t.Errorf("the same file again changes something: %+v", again)
	}
	if _, err := loop.Finalize(t.Context(), event.Summary{}); err != nil {
		t.Errorf("finalize after the import: %v", err)
	}
	item, err := loop.RestoreItem(t.Context(), event.RestoreItem{Item: "str-00003"})
	if err != nil || item.NetScore != 9 || item.HelpfulCount != 9 { // only a prune takes the net score
		t.Errorf("restoring the missing item: %+v, %v", item, err)
	}
}

func TestFinalizeRefusesAPlaybookThatSomeoneElseChanged(t *testing.T) {
	onEachEngine(t, finalizeRefusesAPlaybookThatSomeoneElseChanged)
}

func finalizeRefusesAPlaybookThatSomeoneElseChanged(t *testing.T, on backend) {
	t.Helper()
	p := on.place(t)
	loop := p.open(t)
	if _, err := loop.RecordTrial(t.Context(), event.Trial{Number: 1, Errors: []string{"mesh"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := loop.Finalize(t.Context(), event.Summary{}); err != nil {
		t.Fatal(err)
	}
	writePlaybook(t, p.playbook, 99, "str-00001", advice("str", "by hand", 0, 0))
	if _, err := loop.RecordTrial(t.Context(), event.Trial{Number: 2, Errors: []string{"license"}}); err != nil {
		t.Fatal(err)
	}
	_, before := exported(t, loop)
	foreign := golden.Read(t, p.playbook)
	for name, err := range map[string]error{
		"finalize": func() error { _, err := loop.Finalize(t.Context(), event.Summary{}); return err }(),
		"preview":  func() error { _, err := loop.PreviewFinalize(t.Context(), event.Summary{}); return err }(),
		"export":   loop.Export(t.Context(), false),
	} {
		if !errors.Is(err, feedback.ErrConflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, after := exported(t, loop); after != before {
		t.Error("the playbook was changed")
	}
	if string(golden.Read(t, p.playbook)) != string(foreign) {
		t.Error("playbook.json was overwritten")
	}
	statistics, err := loop.Statistics(t.Context())
	if err != nil || statistics.PendingInsights != 1 {
		t.Errorf("pending insights: %d, %v", statistics.PendingInsights, err)
	}
	if _, err := loop.Finalize(t.Context(), event.Summary{NoSave: true}); err != nil {
		t.Errorf("finalizing without saving: %v", err)
	}
	if _, err := loop.Finalize(t.Context(), event.Summary{Overwrite: true}); err != nil {
		t.Errorf("overwriting: %v", err)
	}
	if _, want := exported(t, loop); string(golden.Read(t, p.playbook)) != want {
		t.Error("playbook.json is not what the playbook holds")
	}
}

// TestImportEditsARenamedItem imports an item whose id belongs to another item, so that it
// gets a new id. Until the next export, the file still has it under its old id.
func TestImportEditsARenamedItem(t *testing.T) { onEachEngine(t, importEditsARenamedItem) }

func importEditsARenamedItem(t *testing.T, on backend) {
	t.Helper()
	p := on.place(t)
	file := p.playbook
	loop := p.open(t)
	if err := loop.Export(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if _, _, err := loop.AddItem(t.Context(), "str", "ours"); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		items []any
		want  []string
	}{
		{[]any{"str-00001", advice("str", "theirs", 1, 0)}, []string{"str-00001|str|ours|0/0", "str-00002|str|theirs|1/0"}},
		{[]any{"str-00001", advice("str", "theirs, better", 5, 0)}, []string{"str-00001|str|ours|0/0", "str-00002|str|theirs, better|5/0"}},
		{[]any{"str-00001", advice("str", "theirs, better", 5, 2)}, []string{"str-00001|str|ours|0/0", "str-00002|str|theirs, better|5/2"}},
		{nil, []string{"str-00001|str|ours|0/0"}},
	} {
		writePlaybook(t, file, 1, step.items...)
		importFile(t, loop, file, "")
		book, _ := exported(t, loop)
		if diff := cmp.Diff(step.want, summaries(book)); diff != "" {
			t.Errorf("after %v:\n%s", step.items, diff)
		}
	}
}

func TestAverageOfScoresWhoseSumOverflows(t *testing.T) {
	onEachEngine(t, averageOfScoresWhoseSumOverflows)
}

func averageOfScoresWhoseSumOverflows(t *testing.T, on backend) {
	t.Helper()
	p := on.place(t)
	var items []any
	for n := range 1100 {
		items = append(items, fmt.Sprintf("str-%05d", n), advice("str", "c", 1<<53-1, 0))
	}
	writePlaybook(t, p.playbook, 1, items...)
	stats, err := p.open(t).PlaybookStats(t.Context())
	if err != nil || math.Abs(stats.AvgScore-1<<53) > 1000 {
		t.Errorf("%+v, %v", stats, err)
	}
}
