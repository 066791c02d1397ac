package skillbook_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/feedback/history/skillbook"
	"atomizer-db/feedback/playbook"
)

const headings = "# ACE Skillbook\n\n" +
	"## api_usage\n\n" +
	"### `api-00001`\n\nAsk twice — größer\n\n**Justification:** It failed once.\n\n**Evidence:** trial 3\n\n*Tags: helpful=2, harmful=1, neutral=4*\n\n" +
	"### `api-00002`\n\nTwo lines:\n# of one skill\n\n*Tags: helpful=0, harmful=0, neutral=0*\n\n" +
	"## common_errors\n\n" +
	"### `err-00003`\n\nNever ask\n"

const withMarkdown = "## api_usage\n\n" +
	"### `api-00001`\n\nDo so:\n\n```py\n## comment\n*Tags: helpful=9, harmful=9, neutral=9*\n**Evidence:** in code\n```\n\n## More\n\nand so\n\n*Tags: helpful=2, harmful=1, neutral=4*\n\n" +
	"### `api-00002`\n\n```\nnot closed\n\n**Evidence:** trial 3\n\n*Tags: helpful=1, harmful=0, neutral=0*\n\n" +
	"## errors\n\n### `err-00003`\n\n```\nx\n```\n\n*Tags: helpful=0, harmful=3, neutral=0*\n"

const withSkillsInCode = "## api_usage\n\n" +
	"### `api-00001`\n\nWrite so:\n\n```\n### `x-00009`\n\nadvice\n```\n\n*Tags: helpful=2, harmful=1, neutral=4*\n\n" +
	"### `api-00002`\n\nOr so:\n\n```\n### `x-00010`\n```\n"

const list = "## api_usage\n\n" +
	"- Ask twice\n  Justification: It failed once.\n  Evidence: trial 3\n" +
	"- Ask again\n  and again\n" +
	"\n## common_errors\n\n- Never ask\n\n"

func TestEncodeMarkdownReversesDecodeMarkdown(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"headings": {headings, []string{"api-00001 tool 2/1 Ask twice — größer", "api-00002 tool 0/0 Two lines:\n# of one skill", "err-00003 mis 0/0 Never ask"}},
		"content with headings and code": {withMarkdown, []string{
			"api-00001 tool 2/1 Do so:\n\n```py\n## comment\n*Tags: helpful=9, harmful=9, neutral=9*\n**Evidence:** in code\n```\n\n## More\n\nand so",
			"api-00002 tool 1/0 ```\nnot closed", "err-00003 mis 0/3 ```\nx\n```",
		}},
		"headings of skills in code": {withSkillsInCode, []string{
			"api-00001 tool 2/1 Write so:\n\n```\n### `x-00009`\n\nadvice\n```", "api-00002 tool 0/0 Or so:\n\n```\n### `x-00010`\n```",
		}},
		"a list": {list, []string{" tool 0/0 Ask twice", " tool 0/0 Ask again\n  and again", " mis 0/0 Never ask"}},
	} {
		t.Run(name, func(t *testing.T) {
			if !skillbook.IsMarkdown([]byte(c.text)) {
				t.Error("it is not recognized")
			}
			file, err := skillbook.DecodeMarkdown([]byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, item := range file.Items {
				got = append(got, fmt.Sprintf("%s %s %d/%d %s", item.ID, item.Category, item.Helpful, item.Harmful, item.Content))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			out, err := skillbook.EncodeMarkdown(file, nil, sectionOf)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.text, out); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEncodeMarkdownWritesChanges(t *testing.T) {
	file, err := skillbook.DecodeMarkdown([]byte(headings))
	if err != nil {
		t.Fatal(err)
	}
	file.Items[0].Helpful, file.Items[1].Archived, file.Items[2].Harmful = 3, true, 1
	out, err := skillbook.EncodeMarkdown(file, []playbook.Item{{ID: "str-00001", Content: "ours\n## with a heading"}}, func(playbook.Item) string { return "api_usage" })
	if err != nil {
		t.Fatal(err)
	}
	want := "# ACE Skillbook\n\n" +
		"## api_usage\n\n" +
		"### `api-00001`\n\nAsk twice — größer\n\n**Justification:** It failed once.\n\n**Evidence:** trial 3\n\n*Tags: helpful=3, harmful=1, neutral=4*\n\n" +
		"\n### `str-00001`\n\nours\n## with a heading\n\n*Tags: helpful=0, harmful=0, neutral=0*\n\n" +
		"## common_errors\n\n" +
		"### `err-00003`\n\nNever ask\n\n*Tags: helpful=0, harmful=1, neutral=0*\n"
	if diff := cmp.Diff(want, out); diff != "" {
		t.Error(diff)
	}
}

func TestEncodeMarkdownWritesSkillsWhoseFencesAreNotClosed(t *testing.T) {
	added := []playbook.Item{{ID: "a-1", Content: "```\nnot closed"}, {ID: "b-2", Content: "x\n```\n### `x-00009`\n```"}, {ID: "c-3", Content: "```"}}
	out, err := skillbook.EncodeMarkdown(playbook.File{}, added, sectionOf)
	if err != nil {
		t.Fatal(err)
	}
	file, err := skillbook.DecodeMarkdown([]byte(out))
	if err != nil || len(file.Items) != len(added) {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestNotesAreNoMarkdownOfSkills(t *testing.T) {
	if skillbook.IsMarkdown([]byte("# Notes\n## Installation\n- run make\n\n### `make`\n")) {
		t.Error("notes are taken for skills")
	}
}
