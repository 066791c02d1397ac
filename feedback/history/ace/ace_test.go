package ace_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/feedback/history/ace"
	"atomizer-db/feedback/playbook"
)

const text = "\ufeff---\ntitle: Playbook\n---\n# My playbook\n\n" +
	"## STRATEGIES & INSIGHTS\r\n" +
	"What has worked.\n" +
	"[sai-00001] helpful=3 harmful=1 :: Thicken the web, not the flange — größer\n" +
	"[sai-00002] No counts\n" +
	"- [sai-00003] helpful=2 harmful=0 neutral=4 :: A list marker\n" +
	"\n" +
	"## EMPTY:\n" +
	"\n" +
	"### CODE SNIPPETS\n" +
	"[code-00001] helpful=0 harmful=0 :: Several lines:\n" +
	"```python\n" +
	"## a comment\n" +
	"\n" +
	"rows = [x for x in y]\n" +
	"```\n" +
	"[list] outside of any bullet\n" +
	"\n" +
	"\n" +
	"## COMMON MISTAKES TO AVOID\n" +
	"[sai-00001] helpful=0 harmful=2 :: The id of another section\n" +
	"[any id] helpful=1 harmful=0 :: std::vector"

func decode(t *testing.T, text string) playbook.File {
	t.Helper()
	file, err := ace.Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func encode(t *testing.T, file playbook.File, added ...playbook.Item) string {
	t.Helper()
	text, err := ace.Encode(file, added, func(item playbook.Item) string { return item.Category.Heading() })
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestDecodeReadsBullets(t *testing.T) {
	file := decode(t, text)
	var got [][]any
	for _, item := range file.Items {
		got = append(got, []any{item.ID, string(item.Category), item.Helpful, item.Harmful, item.Content})
	}
	if diff := cmp.Diff([][]any{
		{"sai-00001", "str", int64(3), int64(1), "Thicken the web, not the flange — größer"},
		{"sai-00002", "str", int64(0), int64(0), "No counts"},
		{"sai-00003", "str", int64(2), int64(0), "A list marker"},
		{"code-00001", "tool", int64(0), int64(0), "Several lines:\n```python\n## a comment\n\nrows = [x for x in y]\n```\n[list] outside of any bullet"},
		{"sai-00001", "mis", int64(0), int64(2), "The id of another section"},
		{"any id", "mis", int64(1), int64(0), "std::vector"},
	}, got); diff != "" {
		t.Error(diff)
	}
}

func TestEncodeReversesDecode(t *testing.T) {
	first := encode(t, decode(t, text))
	want := "---\ntitle: Playbook\n---\n# My playbook\n\n" +
		"## STRATEGIES & INSIGHTS\n" +
		"What has worked.\n" +
		"[sai-00001] helpful=3 harmful=1 :: Thicken the web, not the flange — größer\n" +
		"[sai-00002] helpful=0 harmful=0 :: No counts\n" +
		"- [sai-00003] helpful=2 harmful=0 :: A list marker\n<!-- neutral=4 -->\n" +
		"\n## EMPTY:\n" +
		"\n### CODE SNIPPETS\n" +
		"[code-00001] helpful=0 harmful=0 :: Several lines:\n```python\n## a comment\n\nrows = [x for x in y]\n```\n[list] outside of any bullet\n" +
		"\n\n## COMMON MISTAKES TO AVOID\n" +
		"[sai-00001] helpful=0 harmful=2 :: The id of another section\n" +
		"[any id] helpful=1 harmful=0 :: std::vector"
	if diff := cmp.Diff(want, first); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(first, encode(t, decode(t, first))); diff != "" {
		t.Error(diff)
	}
}

func TestEncodeQuotesContentThatLooksLikeMarkup(t *testing.T) {
	item := playbook.Item{ID: "str-00001", Category: playbook.Strategy, Content: "first\n## second\n[str-00002] helpful=1 harmful=1 :: third\n```"}
	out := encode(t, playbook.File{}, item)
	back := decode(t, out)
	if len(back.Items) != 1 || back.Items[0].Category != playbook.Strategy {
		t.Fatalf("%s", out)
	}
	if back.Items[0].Content != item.Content {
		t.Errorf("%q", back.Items[0].Content)
	}
}

func TestDecodeErrors(t *testing.T) {
	for text, want := range map[string]string{
		"## Installation\n- run make\n":                     "no bullet was found",
		"## A\n[a-1] helpful=x harmful=0 :: b":              `line 2: [a-1]: helpful must be a number of 0 or more, not "x"`,
		"[a-1] helpful=-1 harmful=0 :: b":                   `line 1: [a-1]: helpful must be a number of 0 or more, not "-1"`,
		"[a-1] helpful=0 harmful=99999999999999999999 :: b": "harmful must be a number of 0 or more",
		"[a-99999999999999999999] b":                        "does not fit 64 bits",
		"[a-1] b\x00":                                       "line 1 must not contain the character U+0000",
		"[a-1] b\n\xff":                                     "line 2 is not valid UTF-8",
	} {
		if _, err := ace.Decode([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(text))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := ace.Decode(text)
		if err != nil {
			return
		}
		first, err := ace.EncodeFile(file)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ace.Decode([]byte(first))
		if err != nil {
			t.Fatalf("an encoded playbook cannot be decoded: %v\n%s", err, first)
		}
		if len(again.Items) != len(file.Items) {
			t.Fatalf("%d items become %d:\n%s", len(file.Items), len(again.Items), first)
		}
		for i, item := range file.Items {
			if other := again.Items[i]; item.Content != other.Content || item.Helpful != other.Helpful || item.Harmful != other.Harmful {
				t.Fatalf("%+v becomes %+v:\n%s", item, other, first)
			}
		}
	})
}

// items lists what a file holds: an id, counts and a content each.
func items(t *testing.T, text string) (list []string) {
	t.Helper()
	for _, item := range decode(t, text).Items {
		list = append(list, fmt.Sprintf("%s %s %d/%d %s", item.ID, item.Category, item.Helpful, item.Harmful, item.Content))
	}
	return list
}

func TestDecodeTellsItemsFromOtherLines(t *testing.T) {
	const first = "[a-1] helpful=1 harmful=2 :: First\n"
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"a bullet in a block of code":          {first + "```\n[b-2] helpful=1 harmful=0 :: code\n```\nafter", []string{"a-1 str 1/2 First\n```\n[b-2] helpful=1 harmful=0 :: code\n```\nafter"}},
		"bullets in a block of code":           {first + "```\n[b-2] helpful=1 harmful=0 :: code\n[c-3] more\n```\n[d-4] Second", []string{"a-1 str 1/2 First\n```\n[b-2] helpful=1 harmful=0 :: code\n[c-3] more\n```", "d-4 str 0/0 Second"}},
		"a block that is not closed":           {first + "```python\n[b-2] helpful=1 harmful=0 :: Second", []string{"a-1 str 1/2 First\n```python", "b-2 str 1/0 Second"}},
		"a block that another is after":        {first + "```\n[b-2] helpful=1 harmful=0 :: Second\n```\nx\n```\n", []string{"a-1 str 1/2 First\n```", "b-2 str 1/0 Second\n```\nx\n```"}},
		"two blocks of one bullet each":        {"```\n[a-1] helpful=1 harmful=0 :: example\n```\ntext\n```\n[b-2] helpful=1 harmful=0 :: example\n```\n[c-3] helpful=1 harmful=0 :: Real", []string{"c-3 str 1/0 Real"}},
		"two blocks in a bullet":               {first + "```\n[b-2] x\n```\ntext\n```\n[c-3] y\n```\n[d-4] Second", []string{"a-1 str 1/2 First\n```\n[b-2] x\n```\ntext\n```\n[c-3] y\n```", "d-4 str 0/0 Second"}},
		"a longer fence":                       {first + "````\n```\n[b-2] helpful=1 harmful=0 :: code\n```\n````\n[c-3] Second", []string{"a-1 str 1/2 First\n````\n```\n[b-2] helpful=1 harmful=0 :: code\n```\n````", "c-3 str 0/0 Second"}},
		"a fence of another kind":              {first + "~~~\n[b-2] helpful=1 harmful=0 :: code\n```\n## x\n~~~\n[c-3] Second", []string{"a-1 str 1/2 First\n~~~\n[b-2] helpful=1 harmful=0 :: code\n```\n## x\n~~~", "c-3 str 0/0 Second"}},
		"a rule":                               {first + "---\nnotes\n[b-2] helpful=1 harmful=0 :: Second", []string{"a-1 str 1/2 First", "b-2 str 1/0 Second"}},
		"a heading of the first level":         {first + "# Notes on errors\nnotes\n[b-2] helpful=1 harmful=0 :: Second", []string{"a-1 str 1/2 First", "b-2 mis 1/0 Second"}},
		"headings with a line below":           {first + "PITFALLS\n--------\n[b-2] helpful=1 harmful=0 :: Second\n\nSTRATEGIES\n===\nnotes\n[c-3] Third\n\nCommon errors\n-------------\n\n[d-4] Fourth", []string{"a-1 str 1/2 First", "b-2 mis 1/0 Second", "c-3 str 0/0 Third", "d-4 mis 0/0 Fourth"}},
		"a rule below text":                    {first + "more of it\n---\nnotes\n====\n[b-2] helpful=1 harmful=0 :: Second", []string{"a-1 str 1/2 First\nmore of it", "b-2 str 1/0 Second"}},
		"underlines of no heading":             {first + "- a list of mistakes\n====\n[b-2] helpful=1 harmful=0 :: Second", []string{"a-1 str 1/2 First\n- a list of mistakes\n====", "b-2 str 1/0 Second"}},
		"comments in code after a colon":       {"[a-1] Do so:\n# first\nx = 1\n# second\ny = 2\n\n# Notes\nnotes", []string{"a-1 str 0/0 Do so:\n# first\nx = 1\n# second\ny = 2"}},
		"indented":                             {first + "      [b-2] helpful=1 harmful=0 :: Second", []string{"a-1 str 1/2 First", "b-2 str 1/0 Second"}},
		"indented in a list":                   {first + "    - [b-2] helpful=1 harmful=0 :: Second", []string{"a-1 str 1/2 First", "b-2 str 1/0 Second"}},
		"bold":                                 {first + "**[b-2] helpful=1 harmful=0 :: Second**", []string{"a-1 str 1/2 First", "b-2 str 1/0 Second"}},
		"a bold id":                            {first + "- **[b-2]** helpful=1 harmful=0 :: Second", []string{"a-1 str 1/2 First", "b-2 str 1/0 Second"}},
		"a bold id in brackets":                {first + "[**b-2**] helpful=1 harmful=0 :: Second", []string{"a-1 str 1/2 First", "b-2 str 1/0 Second"}},
		"bold up to the counts":                {first + "**[b-2] helpful=1 harmful=0** :: Second", []string{"a-1 str 1/2 First", "b-2 str 1/0 Second"}},
		"in backticks":                         {first + "`[b-2] helpful=1 harmful=0 :: Second`", []string{"a-1 str 1/2 First", "b-2 str 1/0 Second"}},
		"an id in backticks":                   {first + "- `b-00002` helpful=1 harmful=0 :: Second", []string{"a-1 str 1/2 First", "b-00002 str 1/0 Second"}},
		"an id in backticks and brackets":      {first + "[`b-2`] Second\n`[c-3]` Third", []string{"a-1 str 1/2 First", "b-2 str 0/0 Second", "c-3 str 0/0 Third"}},
		"an id in backticks and a colon":       {first + "- `b-00002`: Second\n**c-00003:** Third", []string{"a-1 str 1/2 First", "b-00002 str 0/0 Second", "c-00003 str 0/0 Third"}},
		"an id in backticks and a dash":        {first + "`mis-00003` – avoid\n- `mis-00004` - never\n**mis-00005** — warn", []string{"a-1 str 1/2 First", "mis-00003 str 0/0 avoid", "mis-00004 str 0/0 never", "mis-00005 str 0/0 warn"}},
		"a reference to a file":                {first + "[step-4]: ./foo.md\n[step-5]: ../foo.md \"Foo\"", []string{"a-1 str 1/2 First\n[step-4]: ./foo.md\n[step-5]: ../foo.md \"Foo\""}},
		"a word in backticks":                  {first + "`utf-8` is an encoding\n`sha-256`, too", []string{"a-1 str 1/2 First\n`utf-8` is an encoding\n`sha-256`, too"}},
		"quoted":                               {first + "> [b-2] helpful=1 harmful=0 :: Second\n> - [c-3] Third", []string{"a-1 str 1/2 First", "b-2 str 1/0 Second", "c-3 str 0/0 Third"}},
		"in quotation marks":                   {first + "\"[b-2] helpful=1 harmful=0 :: Second\"\n“[c-3] Third”\n'[d-4]' Fourth", []string{"a-1 str 1/2 First", "b-2 str 1/0 Second", "c-3 str 0/0 Third", "d-4 str 0/0 Fourth"}},
		"a checkbox":                           {"- [ ] [a-1] First\n- [x] [b-2] helpful=1 harmful=0 :: Second", []string{"a-1 str 0/0 First", "b-2 str 1/0 Second"}},
		"counts without spaces or with dashes": {"[a-1]helpful=1 harmful=2::First\n[b-2] helpful=1 harmful=2::Second\n[c-3] - helpful=1 harmful=2 - Third", []string{"a-1 str 1/2 First", "b-2 str 1/2 Second", "c-3 str 1/2 Third"}},
		"an id of any section":                 {first + "- [i/o-00002] Second\n[2026-0001] text\n[555-0100] text", []string{"a-1 str 1/2 First", "i/o-00002 str 0/0 Second\n[2026-0001] text\n[555-0100] text"}},
		"a link":                               {first + "[step-1](http://example.org/1) is a link\n[step-2][ref] too\n[ref-3]: http://example.org", []string{"a-1 str 1/2 First\n[step-1](http://example.org/1) is a link\n[step-2][ref] too\n[ref-3]: http://example.org"}},
		"counts with colons":                   {"[a-1] helpful: 3, harmful: 4 :: First\n[b-2] helpful: 3, harmful: 4 Second", []string{"a-1 str 3/4 First", "b-2 str 3/4 Second"}},
		"counts in parentheses":                {"[a-1] (helpful=5, harmful=6) First\n[any] (Helpful: 5 | Harmful: 6) :: Second\n[c-3](helpful=1, harmful=0) Third", []string{"a-1 str 5/6 First", "any str 5/6 Second", "c-3 str 1/0 Third"}},
		"counts in parentheses at the end":     {"- [a-1] First (helpful=5, harmful=6, neutral=7)\n- [b-2] Second\n  (see (1)) (helpful=1, harmful=0)", []string{"a-1 str 5/6 First", "b-2 str 1/0 Second\n  (see (1))"}},
		"counts in any case":                   {"[a-1] HELPFUL=3 Harmful=4 :: First", []string{"a-1 str 3/4 First"}},
		"text that begins as a count":          {"[a-1] Helpful: see page 3\n[b-2] helpful: 3 ways to do it", []string{"a-1 str 0/0 Helpful: see page 3", "b-2 str 0/0 helpful: 3 ways to do it"}},
		"counts as content after the counts":   {"[a-1] helpful=1 harmful=2 :: helpful=3 harmful=4 :: x (helpful=5)", []string{"a-1 str 1/2 helpful=3 harmful=4 :: x (helpful=5)"}},
		"sections of mistakes":                 {"### DO\n[a-1] A\n### DON'T\n[b-2] B\n### Don’t\n[c-3] C\n## AVOID\n[d-4] D\n## Do not\n[e-5] E\n## DONUTS\n[f-6] F\n## Anti-patterns\n[g-7] G\n## Antipatterns\n[h-8] H\n## Patterns\n[i-9] I", []string{"a-1 str 0/0 A", "b-2 mis 0/0 B", "c-3 mis 0/0 C", "d-4 mis 0/0 D", "e-5 mis 0/0 E", "f-6 str 0/0 F", "g-7 mis 0/0 G", "h-8 mis 0/0 H", "i-9 str 0/0 I"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, items(t, c.text)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.want, items(t, encode(t, decode(t, c.text)))); diff != "" {
				t.Errorf("after encoding and decoding: %s", diff)
			}
		})
	}
}

func TestDecodeWarnsOfCountsWithoutAnID(t *testing.T) {
	file := decode(t, "[a-1] helpful=1 harmful=2 :: First\nstr-00002 helpful=1 harmful=0 :: Second\nmore")
	if diff := cmp.Diff([]string{"line 2 has counts but does not begin with an id in brackets, and is not an item: str-00002 helpful=1 harmful=0 :: Second"}, file.Warnings); diff != "" {
		t.Error(diff)
	}
	if file.Items[0].Content != "First" {
		t.Errorf("%q", file.Items[0].Content)
	}
}

func TestDecodeWarnsOfCountsThatAreNotRead(t *testing.T) {
	file := decode(t, "[a-1] **helpful=3 harmful=4** :: First\n[b-2] Second helpful=5 harmful=6\n[c-3] Third (helpful=5 harmful=6)\n[d-4] helpful=1 harmful=0 :: helpful=5 harmful=6\n")
	if diff := cmp.Diff([]string{
		"line 1: the counts of [a-1] are not read: write them as `helpful=3 harmful=4` before the text",
		"line 2: the counts of [b-2] are not read: write them as `helpful=3 harmful=4` before the text",
	}, file.Warnings); diff != "" {
		t.Error(diff)
	}
}

func TestEncodeFileWritesHeadingsWithALineBelow(t *testing.T) {
	const text = "Title\n=====\n\nPITFALLS\n--------\n[a-1] helpful=1 harmful=0 :: First\n===\n- list\n==\n\nDO\n--\n[b-2] helpful=0 harmful=0 :: Second\n"
	if out, err := ace.EncodeFile(decode(t, text)); out != text {
		t.Errorf("%v %s", err, cmp.Diff(text, out))
	}
}

func TestEncodeFileWritesNoCountsForAFileWithoutCounts(t *testing.T) {
	const text = "## A\n[shr-00001] First\nmore\n\n- [shr-00002] Second\n"
	file := decode(t, text)
	write := func(want string) {
		t.Helper()
		if out, err := ace.EncodeFile(file); out != want {
			t.Errorf("%v %s", err, cmp.Diff(want, out))
		}
	}
	write(text)
	file.Items[0].Helpful, file.Items[1].Content = 1, "helpful=3 :: edited"
	write("## A\n[shr-00001] helpful=1 harmful=0 :: First\nmore\n\n- [shr-00002] helpful=0 harmful=0 :: helpful=3 :: edited\n")
}

// TestEncodeWritesWhatTheParserOfACEReads reads each bullet with the expression of ACE's
// parse_playbook_line.
func TestEncodeWritesWhatTheParserOfACEReads(t *testing.T) {
	parser := regexp.MustCompile(`^\[([^\]]+)\]\s*helpful=(\d+)\s*harmful=(\d+)\s*::\s*(.*)`)
	out := encode(t, decode(t, "## A\n[a-1] helpful=3 harmful=1 neutral=4 :: First\n[b-2] (helpful=1, harmful=0, neutral=2) Second\n[c-3] Third\n"))
	var got [][]string
	for line := range strings.Lines(out) {
		if found := parser.FindStringSubmatch(strings.TrimSpace(line)); found != nil {
			got = append(got, found[1:])
		}
	}
	if diff := cmp.Diff([][]string{{"a-1", "3", "1", "First"}, {"b-2", "1", "0", "Second"}, {"c-3", "0", "0", "Third"}}, got); diff != "" {
		t.Error(diff)
	}
	if again := encode(t, decode(t, out)); again != out {
		t.Errorf("neutral counts are lost:\n%s", cmp.Diff(out, again))
	}
}
