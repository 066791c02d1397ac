package ace_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"atomizer-db/feedback/history/ace"
	"atomizer-db/feedback/playbook"
)

// TestContentOfAnyLinesIsReadAsItIsWritten writes items whose lines look like anything
// that an ACE playbook can have.
func TestContentOfAnyLinesIsReadAsItIsWritten(t *testing.T) {
	line := rapid.SampledFrom([]string{
		"", "text", "text:", "# comment", "## heading", "---", "-----", "====", "* * *", "```", "```python", "~~~", "````", "    ```", `\`, `\\`, `\# x`, `\\[a-1] x`,
		"[a-1] helpful=1 harmful=0 :: x", "  - [a-1] x", "**[a-1]** x", "`a-00001`: x", "[a-1](http://x)", "x helpful=1 harmful=2 y", "(helpful=1, harmful=2)",
		"<!-- neutral=4 -->", `\<!-- neutral=4 -->`, "helpful=3 :: x", ":: x", "> quoted", "- [ ] todo",
	})
	rapid.Check(t, func(r *rapid.T) {
		var want, got []string
		var items []playbook.Item
		for _, lines := range rapid.SliceOfN(rapid.SliceOfN(line, 1, 6), 1, 3).Draw(r, "items") {
			content := strings.TrimSpace(strings.Join(lines, "\n"))
			want = append(want, content)
			items = append(items, playbook.Item{ID: "str-00001", Content: content, Helpful: 2})
		}
		text, err := ace.Encode(playbook.File{}, items, func(playbook.Item) string { return "S" })
		if err != nil {
			r.Fatal(err)
		}
		file, err := ace.Decode([]byte(text))
		if err != nil {
			r.Fatalf("%v:\n%s", err, text)
		}
		for _, item := range file.Items {
			got = append(got, item.Content)
		}
		if diff := cmp.Diff(want, got); diff != "" || len(file.Warnings) > 0 {
			r.Errorf("%s %v\n%s", diff, file.Warnings, text)
		}
	})
}

// TestAFileWithAnyFencesIsReadAgainAsItIsWritten reads files whose fences may stand in
// blocks, in items, and alone.
func TestAFileWithAnyFencesIsReadAgainAsItIsWritten(t *testing.T) {
	line := rapid.SampledFrom([]string{"```", "```", "```py", "~~~", "````", "[a-1] helpful=1 harmful=0 :: x", "[b-2] y", "text", "====", ""})
	rapid.Check(t, func(r *rapid.T) {
		text := strings.Join(rapid.SliceOfN(line, 1, 14).Draw(r, "lines"), "\n")
		file, err := ace.Decode([]byte(text))
		if err != nil {
			r.Skip() // no item
		}
		written, err := ace.EncodeFile(file)
		if err != nil {
			r.Fatal(err)
		}
		again, err := ace.Decode([]byte(written))
		if err != nil {
			r.Fatalf("%v:\n%s", err, written)
		}
		var want, got []string
		for _, item := range file.Items {
			want = append(want, item.ID+" "+item.Content)
		}
		for _, item := range again.Items {
			got = append(got, item.ID+" "+item.Content)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			r.Errorf("%s\n%s\n--- becomes ---\n%s", diff, text, written)
		}
	})
}
