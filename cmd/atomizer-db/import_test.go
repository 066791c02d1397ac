package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDryRunOfFirstImport checks that a dry run without a database predicts the import.
// The import creates the database, which starts from the playbook.json beside it.
func TestDryRunOfFirstImport(t *testing.T) {
	for _, file := range []string{"p.json", "other.json"} {
		folder := t.TempDir()
		for name, text := range map[string]string{
			"p.json":     `{"version": 4, "items": {"str-00003": {"category": "str", "content": "x"}}}`,
			"other.json": `{"items": {"str-00003": {"category": "str", "content": "y"}}}`,
		} {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		database := filepath.Join(folder, "p.db")
		importing := func(more ...string) string {
			var out, errs bytes.Buffer
			args := append([]string{"import", filepath.Join(folder, file), "--json", "--db", database}, more...)
			if code := run(args, strings.NewReader(""), &out, &errs); code != exitDone {
				t.Fatalf("%v: exit code %d: %s", args, code, errs.String())
			}
			return out.String()
		}
		dry := importing("--dry-run")
		if _, err := os.Stat(database); err == nil {
			t.Error("the dry run made the database")
		}
		if real := importing(); strings.Replace(dry, `"dry_run": true`, `"dry_run": false`, 1) != real {
			t.Errorf("%s: the dry run printed\n%s\nthe import printed\n%s", file, dry, real)
		}
	}
}
