package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"atomizer-db/store/postgres/pgtest"
)

// askedTwice are questions of each type, and the commands that ask the same.
var askedTwice = map[string][]struct{ fields, command string }{
	"context": {
		{``, `context`},
		{`"max_items": 2, "by": "lower-bound", "category": ["mis", "str"]`, `context --max-items 2 --by lower-bound --category mis --category str`},
		{`"max_tokens": 20, "about": "the web", "by": "lift"`, `context --max-tokens 20 --about web --by lift`},
		{`"explore": true, "holdout": 0.5, "seed": 17`, `context --explore --holdout 0.5 --seed 17`},
		{`"tag": ["beam"]`, `context --tag beam`},
		{`"search": "web", "all_studies": true`, `context --search web --all-studies`},
		{`"study": "new"`, `context --study new`},
	},
	"top":         {{``, `top`}, {`"n": 1, "by": "lift"`, `top -n 1 --by lift`}, {`"study": "other"`, `top --study other`}},
	"worst":       {{``, `worst`}, {`"n": 1`, `worst -n 1`}},
	"performance": {{``, `performance`}, {`"all_studies": true`, `performance --all-studies`}},
	"statistics":  {{``, `stats`}, {`"all_studies": true`, `stats --all-studies`}},
	"studies":     {{``, `studies`}},
	"attribution": {{``, `attribution`}},
	"insights":    {{``, `insights`}, {`"all_studies": true`, `insights --all-studies`}},
	"items":       {{``, `items`}, {`"all": true`, `items --all`}},
	"item":        {{`"id": "str-00001"`, `items show str-00001`}, {`"id": "str-00001", "study": "other"`, `items show str-00001 --study other`}},
	"trials":      {{``, `trials`}, {`"limit": 2, "failed": true, "since": "2026-01-31T12:00:00Z"`, `trials --limit 2 --failed --since 2026-01-31T12:00:00Z`}},
	"trial":       {{`"trial_number": 2`, `trials show 2`}, {`"trial_number": 2, "attempt": 1`, `trials show 2 --attempt 1`}},
	"similar":     {{``, `items similar`}, {`"threshold": 0.1, "limit": 1`, `items similar --threshold 0.1 --limit 1`}},
	"report":      {{``, `report`}},
	"check":       {{``, `check`}},
	"query": {
		{
			`"sql": "select item, avg(success) as rate, :study as study from trial_items group by item"`,
			`query|select item, avg(success) as rate, :study as study from trial_items group by item`,
		},
		{
			`"sql": "select :a as a, :b as b, :c as c, :d as d", "parameters": {"a": 7, "b": 1.5, "c": "7", "d": null}, "timeout": 5, "max_memory": "1GiB"`,
			`query|select :a as a, :b as b, :c as c, :d as d|--param|a=7|--param|b=1.5|--param|c='7'|--param|d=null`,
		},
		{`"sql": "select 1 as one where false"`, `query|select 1 as one where false`},
	},
	"export":   {{``, `export`}},
	"add_item": {{`"category": "str", "content": "Thicken the web"`, `items add|str|Thicken the web`}},
}

// asked returns the arguments of a command, which | separates if a blank does not.
func asked(command string) []string {
	name, rest, quoted := strings.Cut(command, "|")
	args := strings.Fields(name)
	if quoted {
		args = append(args, strings.Split(rest, "|")...)
	}
	return args
}

// askedStudy is a study to ask about.
const askedStudy = `{"type": "add_item", "category": "str", "content": "Thicken the web"}
{"type": "add_item", "category": "mis", "content": "Thicken the web too late"}
{"type": "add_item", "category": "tool", "content": "Refine the mesh"}
{"type": "tag_item", "item": "tool-00001", "tags": ["beam"]}
{"type": "retire_item", "item": "tool-00001"}
{"type": "trial", "trial_number": 1, "success": true, "objective_value": 12.5, "context_items_used": ["str-00001"], "details": {"b": [1, 2], "a": "<&>"}}
{"type": "trial", "trial_number": 2, "success": false, "errors": ["did not converge"], "context_items_used": ["str-00001", "mis-00001"]}
{"type": "trial", "trial_number": 2, "success": false, "errors": ["did not converge"], "context_items_used": ["mis-00001"]}
{"type": "trial", "trial_number": 1, "success": true, "study": "other", "context_items_used": ["str-00001"]}
`

func TestAQuestionIsAnsweredAsItsCommandDoes(t *testing.T) {
	t.Run("sqlite", answerAsCommandsDo)
	t.Run("postgres", func(t *testing.T) {
		t.Setenv(databaseVariable, pgtest.Address(t))
		answerAsCommandsDo(t)
	})
}

func answerAsCommandsDo(t *testing.T) {
	t.Helper()
	folder := t.TempDir()
	done(t, askedStudy, "session", "--study-dir", folder)
	var lines strings.Builder
	var want [][]byte
	for _, kind := range slices.Sorted(maps.Keys(sessionQuestions)) {
		if len(askedTwice[kind]) == 0 {
			t.Errorf("no question of type %q is asked", kind)
		}
		for _, q := range askedTwice[kind] {
			fmt.Fprintf(&lines, "{%s}\n", strings.TrimSuffix(fmt.Sprintf(`"type": %q, %s`, kind, q.fields), ", "))
			args := append(asked(q.command), "--study-dir", folder)
			if kind != "export" {
				args = append(args, "--json")
			}
			want = append(want, done(t, "", args...))
		}
	}
	answers := bytes.Split(bytes.TrimSpace(done(t, lines.String(), "session", "--study-dir", folder)), []byte("\n"))[1:]
	if len(answers) != len(want) {
		t.Fatalf("%d answers to %d questions", len(answers), len(want))
	}
	now := regexp.MustCompile(`"generated_at":"[^"]*"`)
	for i, question := range strings.Split(strings.TrimSpace(lines.String()), "\n") {
		if strings.Contains(question, `"export"`) {
			want[i] = fmt.Appendf(nil, `{"playbook": %q}`, filepath.Join(folder, "3_results", "playbook.json"))
		}
		var line bytes.Buffer
		if err := json.Compact(&line, want[i]); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(now.ReplaceAllString(line.String(), "now"), now.ReplaceAllString(string(answers[i]), "now")); diff != "" {
			t.Errorf("the answer to %s differs (-command +session):\n%s", question, diff)
		}
	}
}

// TestAQuestionHasTheFlagsOfItsCommand asks with each flag as a field that is null, which is
// missing unless it is unknown, and looks it up in SESSION.md.
func TestAQuestionHasTheFlagsOfItsCommand(t *testing.T) {
	otherForms := map[string][]string{ // of output, input or change
		"report": {"html", "output"}, "check": {"repair"}, "add_item": {},
		"query":  {"csv", "csv-safe", "jsonl", "file", "param", "examples"},
		"export": {"output", "format", "frame", "trials", "events", "csv-safe", "all-studies"},
	}
	manual, err := os.ReadFile("SESSION.md")
	if err != nil {
		t.Fatal(err)
	}
	_, described, _ := strings.Cut(string(manual), "## Questions")
	for kind, questions := range askedTwice {
		_, row, found := strings.Cut(described, fmt.Sprintf("\n| `%s` |", kind))
		if !found {
			t.Errorf("SESSION.md does not describe %q", kind)
		}
		row, _, _ = strings.Cut(row, "\n")
		root := (&app{}).rootCommand()
		cmd, _, err := root.Find(asked(questions[0].command))
		if err != nil {
			t.Fatal(err)
		}
		line := fmt.Sprintf(`{"type": %q`, kind)
		cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if f.Name == "json" || f.Name == "help" || slices.Contains(otherForms[kind], f.Name) {
				return
			}
			field := either(f.Name == "number", "n", strings.ReplaceAll(f.Name, "-", "_"))
			line += fmt.Sprintf(`, %q: null`, field)
			if field != "all_studies" && !strings.Contains(row, "`"+field+"`") {
				t.Errorf("SESSION.md does not describe %q of %q", field, kind)
			}
		})
		_, err = sessionQuestions[kind]([]byte(line + "}"))
		if err != nil && strings.Contains(err.Error(), "is not a field") {
			t.Errorf("%s: %v", kind, err)
		}
	}
}
