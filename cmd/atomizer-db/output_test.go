package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"atomizer-db/feedback/words"
)

// TestOutputCannotControlTheTerminal puts escape sequences and characters that
// change the direction of text into all that others may write, and looks for them in
// what is printed for a person.
func TestOutputCannotControlTheTerminal(t *testing.T) {
	const wild = "\x1b[31mred\u202egnikcab\u2066\u200e\u061c\u009b"
	const shown = `\x1b[31mred\u202egnikcab\u2066\u200e\u061c\x9b`
	folder := t.TempDir()
	db := filepath.Join(folder, "playbook.db")
	done(t, "", "items", "add", "str", "advice "+wild, "--db", db)
	done(t, `{"type": "trial", "trial_number": 1, "success": true, "study": "`+strings.ReplaceAll(wild, "\x1b", `\u001b`)+`"}`, "ingest", "-", "--db", db)
	for name, args := range map[string][]string{
		"a column header":       {"query", `select 1 as "` + wild + `"`},
		"a cell":                {"query", `select '` + wild + `'`},
		"an error in SQL":       {"query", `select "` + wild + `"`},
		"columns of one name":   {"query", `select 1 as "` + wild + `", 2 as "` + wild + `"`, "--json"},
		"a list":                {"items", "list"},
		"facts":                 {"items", "show", "str-00001"},
		"a study":               {"studies"},
		"a path":                {"stats", "--db", filepath.Join(folder, wild)},
		"an argument":           {"trials", "void", wild},
		"a flag":                {"stats", "--" + wild},
		"a command":             {wild},
		"a field of an event":   {"ingest", "-"},
		"a study that is wrong": {"stats", "--study", wild + "x"},
	} {
		t.Run(name, func(t *testing.T) {
			if name != "a path" {
				args = append(args, "--db", db)
			}
			event := `{"type": "trial", "trial_number": 2, "success": true, "` + strings.ReplaceAll(wild, "\x1b", `\u001b`) + `": 1}`
			var stdout, stderr bytes.Buffer
			run(args, strings.NewReader(event), &stdout, &stderr)
			for _, text := range []string{stdout.String(), stderr.String()} {
				if strings.ContainsAny(text, "\x1b\u202e\u2066\u200e\u061c\u009b") {
					t.Errorf("%q", text)
				}
			}
			if text := strings.ToLower(stdout.String() + stderr.String()); !strings.Contains(text, `\x1b[31mred`) {
				t.Errorf("it is not shown at all: %q", text)
			}
		})
	}
	if text := words.Visible(wild); text != shown {
		t.Errorf("%q", text)
	}
	data := done(t, "", "query", `select '`+wild+`' as a`, "--csv", "--db", db)
	if string(data) != "a\n"+wild+"\n" {
		t.Errorf("data for programs: %q", data)
	}
}
