package playbook_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/feedback/playbook"
)

func TestEncodeWritesTheSameBytesAsPython(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := playbook.Decode(want)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		got, err := file.Encode()
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-python +go):\n%s", path, diff)
		}
	}
}

func TestParseMembersReversesMarshalMembers(t *testing.T) {
	raw, err := os.ReadFile("testdata/python.json")
	if err != nil {
		t.Fatal(err)
	}
	file, err := playbook.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	text, err := playbook.MarshalMembers(file.Items[1].Extra)
	if err != nil {
		t.Fatal(err)
	}
	again, err := playbook.ParseMembers(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(file.Items[1].Extra, again); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeUsesTheLegacyDefaults(t *testing.T) {
	for name, text := range map[string]string{
		"left out":    `{"items": {"wf-1": {"category": "wf", "content": "c"}}}`,
		"null":        `{"version": null, "last_updated": null, "items": {"wf-1": {"id": null, "category": "wf", "content": "c", "helpful_count": null, "harmful_count": null, "created_at": null, "last_used": null, "source_trials": null, "tags": null}}}`,
		"a BOM":       "\ufeff" + `{"items": {"wf-1": {"category": "wf", "content": "c"}}}`,
		"white space": " \n{\"items\": {\"wf-1\": {\"category\": \"wf\", \"content\": \"c\"}}}\n\n",
	} {
		got, err := playbook.Decode([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		want := playbook.File{Version: 1, Items: []playbook.Item{{ID: "wf-1", Category: playbook.Workflow, Content: "c"}}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestDecodeReportsWhereAnErrorIs(t *testing.T) {
	// one is a playbook with one item of these fields.
	one := func(fields string) string {
		return "{\n  \"items\": {\n    \"str-00001\": {" + fields + "}\n  }\n}"
	}
	const good = `"category": "str", "content": "c"`
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", `the file is empty: a JSON object with "items" is expected`},
		{"blank", " \n\t", `the file is empty: a JSON object with "items" is expected`},
		{"truncated", "{\"items\": {\n\"str-1\": {\"category\": \"s", `line 2, column 25: the file ends in the middle of its JSON: it was cut off`},
		{"version without room", `{"version": 9223372036854775807, "items": {}}`, `line 1, column 13: version: 9223372036854775807 is too large`},
		{"a list", `[]`, `line 1, column 1: a playbook is a JSON object with "items", not a list`},
		{"null", `null`, `line 1, column 1: a playbook is a JSON object with "items", not null`},
		{"no items", `{"version": 1}`, `line 1, column 1: "items" is missing: is this a playbook.json?`},
		{"items null", `{"items": null}`, `line 1, column 11: items: must be an object with an item by each id, not null`},
		{"items a list", `{"items": []}`, `line 1, column 11: items: must be an object with an item by each id, not a list`},
		{"trailing", `{"items": {}} x`, `line 1, column 15: is not valid JSON: invalid character 'x' at start of value`},
		{"two values", `{"items": {}} 1`, `line 1, column 15: unexpected text after the end of the JSON`},
		{"not JSON", "playbook:\n- a", `line 1, column 1: is not valid JSON: invalid character 'p' at start of value`},
		{"a trailing comma", `{"items": {},}`, `line 1, column 13: is not valid JSON: invalid character ',' at start of value`},
		{"id twice", `{"items": {"a": {` + good + `}, "a": {` + good + `}}}`, `line 1, column 54: items["a"]: occurs twice`},
		{"field twice", one(good + `, "content": "d"`), `line 3, column 54: items["str-00001"].content: occurs twice`},
		{"other id", one(`"id": "str-00002", ` + good), `line 3, column 25: items["str-00001"].id: is "str-00002", but the item's key is "str-00001": they must be the same`},
		{"item a list", `{"items": {"a": []}}`, `line 1, column 17: items["a"]: must be an object, not a list`},
		{"no category", one(`"content": "c"`), `line 3, column 18: items["str-00001"]: category is missing`},
		{"no content", one(`"category": "str"`), `line 3, column 18: items["str-00001"]: content is missing`},
		{"unknown category", one(`"category": "zen", "content": "c"`), `line 3, column 31: items["str-00001"].category: "zen" is not a category: choose one of str, cal, mis, tool, dom, wf`},
		{"content null", one(`"category": "str", "content": null`), `line 3, column 49: items["str-00001"].content: must be text, not null`},
		{"content a number", one(`"category": "str", "content": 1`), `line 3, column 49: items["str-00001"].content: must be text, not a number`},
		{"count a float", one(good + `, "helpful_count": 1.0`), `line 3, column 71: items["str-00001"].helpful_count: must be an integer, not 1.0`},
		{"count text", one(good + `, "harmful_count": "1"`), `line 3, column 71: items["str-00001"].harmful_count: must be an integer, not text`},
		{"count true", one(good + `, "harmful_count": true`), `line 3, column 71: items["str-00001"].harmful_count: must be an integer, not true or false`},
		{"count huge", one(good + `, "harmful_count": 9007199254740992`), `line 3, column 71: items["str-00001"].harmful_count: 9007199254740992 is too large`},
		{"version huge", `{"version": 9223372036854775808, "items": {}}`, `line 1, column 13: version: 9223372036854775808 is too large`},
		{"tags text", one(good + `, "tags": "x"`), `line 3, column 62: items["str-00001"].tags: must be a list, not text`},
		{"tag number", one(good + `, "tags": ["x", 1]`), `line 3, column 68: items["str-00001"].tags[1]: must be text, not a number`},
		{"trial null", one(good + `, "source_trials": [1, null]`), `line 3, column 75: items["str-00001"].source_trials[1]: must be an integer, not null`},
		{"id number", `{"items": {"str-9223372036854775808": {` + good + `}}}`, `line 1, column 39: items["str-9223372036854775808"]: the number of the id "str-9223372036854775808" does not fit 64 bits`},
		{"NaN", one(good + `, "x": [NaN]`), `line 3, column 60: items["str-00001"].x[0]: NaN is not a finite number`},
		{"minus infinity", `{"items": {}, "x": -Infinity}`, `line 1, column 20: x: -Infinity is not a finite number`},
		{"1e999", `{"items": {}, "x": {"y z": 1e999}}`, `line 1, column 20: x["y z"]: 1e999 is not a finite number`},
		{"NUL in content", one(`"category": "str", "content": "a\u0000"`), `line 3, column 49: items["str-00001"].content: must not contain the character U+0000`},
		{"NUL in an id", `{"items": {"\u0000": {` + good + `}}}`, `line 1, column 12: the name "\x00" must not contain the character U+0000`},
		{"NUL in an unknown field", `{"items": {}, "x": ["\u0000"]}`, `line 1, column 20: x[0]: must not contain the character U+0000`},
		{"a lone surrogate", one(`"category": "str", "content": "\ud800"`), `line 3, column 50: items["str-00001"].content: is not valid JSON: a text contains half a character (a lone surrogate)`},
		{"broken UTF-8", one("\"category\": \"str\", \"content\": \"a\xff\""), `line 3, column 51: items["str-00001"].content: is not valid JSON: invalid UTF-8`},
		{"a control character", one("\"category\": \"str\", \"content\": \"a\n\""), `line 3, column 51: items["str-00001"].content: is not valid JSON: invalid character '\n' in string (expecting non-control character)`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := playbook.Decode([]byte(test.text))
			if err == nil {
				t.Fatal("it was accepted")
			}
			if diff := cmp.Diff(test.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeRefusesDeepNesting(t *testing.T) {
	for levels, want := range map[int]string{
		501:     "line 1, column 20: x[0][0][0][0][0][0][0][0][0][0]…: is nested deeper than 500 levels",
		100_000: "line 1, column 10019: x[0][0][0][0][0][0][0][0][0]…: is not valid JSON: exceeded max depth",
	} {
		text := `{"items": {}, "x": ` + strings.Repeat("[", levels) + strings.Repeat("]", levels) + "}"
		if _, err := playbook.Decode([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%d levels: %v", levels, err)
		}
	}
}

func TestNumberSplitsIDsAsTheLegacyClassDoes(t *testing.T) {
	for id, want := range map[string]struct {
		prefix string
		number int64
		ok     bool
	}{
		"str-00012": {"str", 12, true}, "a-b-7": {"a-b", 7, true}, "7": {"", 7, true}, "-7": {"", 7, true},
		"str-": {"str", 0, false}, "": {"", 0, false}, "x": {"", 0, false}, "str-1a": {"str", 0, false},
		"str-+1": {"str", 0, false}, "str-\u0663": {"str", 0, false}, "str-9223372036854775807": {"str", 1<<63 - 1, true},
	} {
		prefix, number, ok, err := playbook.Number(id)
		if err != nil || number != want.number || ok != want.ok || (ok && prefix != want.prefix) {
			t.Errorf("%q: %q, %d, %t, %v", id, prefix, number, ok, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.json")
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"items": {"a": {"category": "mis", "content": "\u00e9", "x": {"y": [1e5, NaN]}}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := playbook.Decode(text)
		if err != nil {
			return
		}
		first, err := file.Encode()
		if err != nil {
			t.Fatalf("a decoded file cannot be encoded: %v", err)
		}
		again, err := playbook.Decode(first)
		if err != nil {
			t.Fatalf("an encoded file cannot be decoded: %v\n%s", err, first)
		}
		if diff := cmp.Diff(file, again); diff != "" {
			t.Fatalf("it is different after encoding and decoding:\n%s", diff)
		}
		second, err := again.Encode()
		if err != nil || !bytes.Equal(first, second) {
			t.Fatalf("encoding it again returns other bytes: %v", err)
		}
	})
}
