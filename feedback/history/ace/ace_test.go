package ace_test

import (
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

func sectionOf(item playbook.Item) string {
	section, _ := ace.Section(item)
	return section
}

func TestDecodeReadsBullets(t *testing.T) {
	file := decode(t, text)
	var got [][]any
	for _, item := range file.Items {
		got = append(got, []any{item.ID, string(item.Category), sectionOf(item), item.Helpful, item.Harmful, item.Content})
	}
	if diff := cmp.Diff([][]any{
		{"sai-00001", "str", "STRATEGIES & INSIGHTS", int64(3), int64(1), "Thicken the web, not the flange — größer"},
		{"sai-00002", "str", "STRATEGIES & INSIGHTS", int64(0), int64(0), "No counts"},
		{"sai-00003", "str", "STRATEGIES & INSIGHTS", int64(2), int64(0), "A list marker"},
		{"code-00001", "tool", "CODE SNIPPETS", int64(0), int64(0), "Several lines:\n```python\n## a comment\n\nrows = [x for x in y]\n```\n[list] outside of any bullet"},
		{"sai-00001", "mis", "COMMON MISTAKES TO AVOID", int64(0), int64(2), "The id of another section"},
		{"any id", "mis", "COMMON MISTAKES TO AVOID", int64(1), int64(0), "std::vector"},
	}, got); diff != "" {
		t.Error(diff)
	}
}

func TestEncodeReversesDecode(t *testing.T) {
	first := string(ace.Encode(decode(t, text), sectionOf))
	want := "---\ntitle: Playbook\n---\n# My playbook\n\n" +
		"## STRATEGIES & INSIGHTS\n" +
		"What has worked.\n" +
		"[sai-00001] helpful=3 harmful=1 :: Thicken the web, not the flange — größer\n" +
		"[sai-00002] helpful=0 harmful=0 :: No counts\n" +
		"- [sai-00003] helpful=2 harmful=0 neutral=4 :: A list marker\n" +
		"\n## EMPTY:\n" +
		"\n### CODE SNIPPETS\n" +
		"[code-00001] helpful=0 harmful=0 :: Several lines:\n```python\n## a comment\n\nrows = [x for x in y]\n```\n[list] outside of any bullet\n" +
		"\n## COMMON MISTAKES TO AVOID\n" +
		"[sai-00001] helpful=0 harmful=2 :: The id of another section\n" +
		"[any id] helpful=1 harmful=0 :: std::vector\n"
	if diff := cmp.Diff(want, first); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(decode(t, text), decode(t, first)); diff != "" {
		t.Error(diff)
	}
}

func TestEncodeQuotesContentThatLooksLikeMarkup(t *testing.T) {
	item := playbook.Item{ID: "str-00001", Category: playbook.Strategy, Content: "first\n## second\n[str-00002] helpful=1 harmful=1 :: third\n```"}
	out := ace.Encode(playbook.File{Items: []playbook.Item{item}}, func(item playbook.Item) string { return item.Category.Heading() })
	back := decode(t, string(out))
	if len(back.Items) != 1 || back.Items[0].Category != playbook.Strategy {
		t.Fatalf("%s", out)
	}
	if got := strings.ReplaceAll(back.Items[0].Content, "    ", ""); got != item.Content {
		t.Errorf("%q", got)
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
		first := ace.Encode(file, sectionOf)
		again, err := ace.Decode(first)
		if err != nil {
			t.Fatalf("an encoded playbook cannot be decoded: %v\n%s", err, first)
		}
		if len(again.Items) != len(file.Items) {
			t.Fatalf("%d items become %d:\n%s", len(file.Items), len(again.Items), first)
		}
	})
}
