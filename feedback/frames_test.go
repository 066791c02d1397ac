package feedback_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/history"
	"atomizer-db/feedback/playbook"
)

// TestImportedFilesComeOutAsTheyCameIn imports two files of any formats, which may have
// the same sections, ids and items.
func TestImportedFilesComeOutAsTheyCameIn(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		folder := t.TempDir()
		loop, err := feedback.Open(t.Context(), filepath.Join(folder, "p.db"), twice(r)...)
		if err != nil {
			r.Fatal(err)
		}
		defer loop.Close()
		files := map[string]string{"a.txt": foreignFile().Draw(r, "a"), "b.txt": foreignFile().Draw(r, "b")}
		if files["a.txt"] == files["b.txt"] {
			r.Skip() // one file
		}
		for _, name := range []string{"a.txt", "b.txt"} {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(files[name]), 0o600); err != nil {
				r.Fatal(err)
			}
			if _, err := loop.Import(t.Context(), filepath.Join(folder, name), history.ImportOptions{}); err != nil {
				r.Fatal(err)
			}
		}
		before := formats(r, loop)
		for name, want := range files {
			got, err := loop.ImportedFile(t.Context(), name)
			if err != nil {
				r.Fatal(err)
			}
			if diff := cmp.Diff(want, string(got)); diff != "" {
				r.Errorf("%s (-in +out):\n%s", name, diff)
			}
			again, err := loop.Import(t.Context(), filepath.Join(folder, name), history.ImportOptions{})
			if err != nil || again.Changed || len(again.Changes) > 0 {
				r.Errorf("%s again: %+v, %v", name, again, err)
			}
		}
		if diff := cmp.Diff(before, formats(r, loop)); diff != "" {
			r.Errorf("the second import changes the playbook:\n%s", diff)
		}
	})
}

// formats returns the playbook in each format that other tools read.
func formats(r *rapid.T, loop *feedback.Loop) map[history.Format]string {
	all := map[history.Format]string{}
	for _, format := range history.ExportFormats {
		text, err := loop.PlaybookAs(r.Context(), format)
		if err != nil {
			r.Fatal(err)
		}
		all[format] = string(text)
	}
	return all
}

// foreignItem is an item of a file. Its counts follow from what it says, so that two files
// never disagree on them.
type foreignItem struct {
	id       string
	content  string
	helpful  int
	archived bool
}

func foreignItems() *rapid.Generator[[]foreignItem] {
	contents := []string{"Thicken the web", "größer — \"so\"", "Do so:\n```\n## run\n[x-1] helpful=1 harmful=0 :: no item\n```\nafter it", "Two\nlines", "a: b"}
	return rapid.SliceOfNDistinct(rapid.Custom(func(r *rapid.T) foreignItem {
		n := rapid.IntRange(1, 6).Draw(r, "n")
		content := rapid.IntRange(0, 1).Draw(r, "content")
		return foreignItem{fmt.Sprintf("it-%05d", n), fmt.Sprintf("%d: %s", n, contents[(n+content)%len(contents)]), n + content, n == 6}
	}), 1, 5, func(i foreignItem) string { return i.id })
}

func foreignFile() *rapid.Generator[string] {
	return rapid.Custom(func(r *rapid.T) string {
		items := foreignItems().Draw(r, "items")
		sections := rapid.SliceOfN(rapid.SampledFrom([]string{"DO", "DON'T", "API", "OTHERS"}), len(items), len(items)).Draw(r, "sections")
		write := rapid.SampledFrom([]func(*rapid.T, []foreignItem, []string) string{aceFile, skillFile, listFile, headingFile, playbookFile}).Draw(r, "format")
		return inAnyForm(r, write(r, items, sections))
	})
}

// inAnyForm returns a file with the line ends and the indentation of another tool.
func inAnyForm(r *rapid.T, text string) string {
	if value := jsontext.Value(strings.TrimSpace(text)); value.IsValid() {
		end := text[len(strings.TrimRight(text, "\n")):]
		layout := rapid.SampledFrom([][]jsontext.Options{
			{jsontext.WithIndent("  ")},
			{jsontext.WithIndent("\t")},
			{jsontext.WithIndent("    ")},
			{},
			{jsontext.SpaceAfterColon(true), jsontext.SpaceAfterComma(true)},
		}).Draw(r, "layout")
		if err := value.Format(append(layout, jsontext.PreserveRawStrings(true))...); err != nil {
			r.Fatal(err)
		}
		text = string(value) + end
	}
	if rapid.Bool().Draw(r, "CRLF") {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return rapid.SampledFrom([]string{"", "\ufeff"}).Draw(r, "BOM") + text
}

func aceFile(r *rapid.T, items []foreignItem, sections []string) string {
	var b strings.Builder
	b.WriteString(rapid.SampledFrom([]string{"", "---\nrole: builder\n---\n\n", "# Title\n\nText.\n\n"}).Draw(r, "front"))
	for i, item := range items {
		if i == 0 || rapid.Bool().Draw(r, "heading") {
			b.WriteString("### " + sections[i] + "\n" + rapid.SampledFrom([]string{"", "\n", "What to do.\n\n"}).Draw(r, "text"))
		}
		mark := rapid.SampledFrom([]string{"", "- ", "  * "}).Draw(r, "mark")
		fmt.Fprintf(&b, "%s[%s] helpful=%d harmful=0 :: %s\n", mark, item.id, item.helpful, item.content)
		b.WriteString(rapid.SampledFrom([]string{"", "\n", "\n\n", "---\nnotes\n", "<!-- neutral=4 -->\n\n"}).Draw(r, "after"))
	}
	text := b.String() + rapid.SampledFrom([]string{"", "\n## EMPTY\n", "# End\n\ntext"}).Draw(r, "end")
	if rapid.Bool().Draw(r, "open") {
		text = strings.TrimSuffix(text, "\n")
	}
	return text
}

func skillFile(r *rapid.T, items []foreignItem, sections []string) string {
	var skills []string
	for i, item := range items {
		if item.archived {
			item.content += ", which other formats do not say"
		}
		skills = append(skills, fmt.Sprintf("    %q: {\n      \"section\": %q,\n      \"content\": %s,\n      \"helpful\": %d,\n      \"cost\": 1.50,\n      \"status\": %q\n    }",
			item.id, sections[i], jsonText(item.content), item.helpful, map[bool]string{true: "invalid", false: "active"}[item.archived]))
	}
	book := rapid.SampledFrom([]string{"{\n    \"DO\": \"it-00001\",\n    \"API\": [\n      \"it-00002\"\n    ]\n  }", "{}", "[\n    \"DO\"\n  ]"}).Draw(r, "sections")
	name := rapid.SampledFrom([]string{"skills", "bullets", "entries"}).Draw(r, "name")
	return "{\n  \"note\": \"n\",\n  \"" + name + "\": {\n" + strings.Join(skills, ",\n") + "\n  },\n  \"sections\": " + book + ",\n  \"next_id\": 3\n}"
}

func listFile(_ *rapid.T, items []foreignItem, sections []string) string {
	var skills []string
	for i, item := range items {
		skills = append(skills, fmt.Sprintf("  {\n    \"content\": %s,\n    \"section\": %q,\n    \"helpful_count\": %d\n  }", jsonText(item.content), sections[i], item.helpful))
	}
	return "[\n" + strings.Join(skills, ",\n") + "\n]\n"
}

func headingFile(r *rapid.T, items []foreignItem, sections []string) string {
	var b strings.Builder
	b.WriteString("# ACE Skillbook\n\n")
	for i, item := range items {
		if i == 0 || sections[i] != sections[i-1] {
			b.WriteString("## " + sections[i] + "\n\n")
		}
		fmt.Fprintf(&b, "### `%s`\n\nSkill %s, %d\n\n", item.id, item.id, item.helpful)
		if rapid.Bool().Draw(r, "reason") {
			b.WriteString("**Justification:** so\n\n**Evidence:** it\n\n")
		}
		fmt.Fprintf(&b, "*Tags: helpful=%d, harmful=0, neutral=1*\n\n", item.helpful)
	}
	return b.String()
}

func playbookFile(r *rapid.T, items []foreignItem, _ []string) string {
	book := playbook.File{Version: 7, CreatedAt: "then", LastUpdated: "later", Extra: []playbook.Member{{Name: "team", Value: jsontext.Value(`"wing"`)}}}
	for _, item := range items {
		book.Items = append(book.Items, playbook.Item{
			ID: item.id, Category: playbook.Strategy, Content: item.content, Helpful: int64(item.helpful), CreatedAt: "c", Tags: []string{"x"},
		})
	}
	text, err := book.Encode()
	if err != nil {
		r.Fatal(err)
	}
	return string(text)
}

// TestWrongFramesOfEventsAreRefused applies events that no export has written.
func TestWrongFramesOfEventsAreRefused(t *testing.T) {
	loop := open(t, filepath.Join(t.TempDir(), "playbook.db"))
	item := event.ItemChange{ID: "str-00001", Category: new("str"), Content: new("advice"), CreatedAt: new("now")}
	for want, frame := range map[string]event.FrameChange{
		`frames[0].format: "zip" is not a format of playbooks`: {Format: "zip"},
		`frames[0].items[0].content: is not an item`:           {Format: "ace", Items: []event.FramedItem{{ID: item.ID, Content: jsontext.Value(`{"id": 7}`)}}},
	} {
		frame.Nth, frame.Path, frame.Content = 1, "/p", jsontext.Value(`{}`)
		_, err := loop.Apply(t.Context(), event.Playbook{Start: true, Version: 2, Items: []event.ItemChange{item}, Frames: []event.FrameChange{frame}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestAnAmbiguousFrameNamesItsFiles imports two files of one name, and one of another.
func TestAnAmbiguousFrameNamesItsFiles(t *testing.T) {
	loop := open(t, filepath.Join(t.TempDir(), "playbook.db"))
	folder := t.TempDir()
	for _, name := range []string{"a/p.md", "b/p.md", "other.md"} {
		path := filepath.Join(folder, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("[a-1] "+name), 0o600)); err != nil {
			t.Fatal(err)
		}
		if _, err := loop.Import(t.Context(), path, history.ImportOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := loop.ImportedFile(t.Context(), "p.md")
	want := fmt.Sprintf("one of %s, %s", filepath.Join(folder, "a/p.md"), filepath.Join(folder, "b/p.md"))
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

// importText writes a file and imports it.
func importText(t *testing.T, loop *feedback.Loop, path, text string) history.Import {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
	result, err := loop.Import(t.Context(), path, history.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestFilesOfAFormatAreWrittenWithoutRepeatedIDs(t *testing.T) {
	folder := t.TempDir()
	for format, text := range map[history.Format]string{
		history.ACEText:       "### DO\n[do-00001] helpful=1 harmful=0 :: ",
		history.SkillMarkdown: "## DO\n\n### `do-00001`\n\n",
	} {
		t.Run(string(format), func(t *testing.T) {
			loop := open(t, filepath.Join(t.TempDir(), "playbook.db"))
			importText(t, loop, filepath.Join(folder, "a.md"), text+"First\n")
			importText(t, loop, filepath.Join(folder, "b.md"), text+"Second\n")
			out, err := loop.PlaybookAs(t.Context(), format)
			if err != nil || strings.Count(string(out), "do-00001") != 1 || strings.Count(string(out), "str-00001") != 1 {
				t.Errorf("%v\n%s", err, out)
			}
			if out, err = loop.ImportedFile(t.Context(), "b.md"); err != nil || !strings.Contains(string(out), "do-00001") {
				t.Errorf("the file alone: %v\n%s", err, out)
			}
		})
	}
}

func TestAFileThatWasMovedIsKnownByItsNewPath(t *testing.T) {
	const item = `"items": {"str-00001": {"id": "str-00001", "category": "str", "content": "First"`
	for name, text := range map[string][2]string{
		"p.json": {`{"version": 1, ` + item + `, "tags": ["mesh"]}}}`, `{"version": 1, ` + item + `, "tags": []}}}`},
		"p.md":   {"## A\n[a-1] First\n\n", "## B\n[a-1] First\n\n"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			loop := open(t, filepath.Join(folder, "playbook.db"))
			importText(t, loop, filepath.Join(folder, "a", name), text[0])
			importText(t, loop, filepath.Join(folder, "c", name), text[0])
			if _, err := loop.ImportedFile(t.Context(), "c/"+name); err != nil {
				t.Error(err)
			}
			importText(t, loop, filepath.Join(folder, "c", name), text[1])
			if _, err := loop.ImportedFile(t.Context(), name); err != nil {
				t.Errorf("it has become another file: %v", err)
			}
			if out, err := loop.PlaybookAs(t.Context(), history.PlaybookJSON); err != nil || strings.Contains(string(out), "mesh") {
				t.Errorf("the tag that the newer version no longer has is kept: %v\n%s", err, out)
			}
		})
	}
}
