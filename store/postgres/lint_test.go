package postgres_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	migrations "atomizer-db/migrations/postgres"
)

// forbidden are features that engines with PostgreSQL's protocol ignore or lack, that make
// writers wait for each other, or whose order means nothing.
var forbidden = map[string]*regexp.Regexp{
	"an advisory lock":            regexp.MustCompile(`(?i)\bpg_(try_)?advisory_`),
	"LISTEN or NOTIFY":            regexp.MustCompile(`(?i)^\s*(un)?listen\b|^\s*notify\b|\bpg_notify\b`),
	"LOCK TABLE":                  regexp.MustCompile(`(?i)^\s*lock\s`),
	"a sequence":                  regexp.MustCompile(`(?i)\b(nextval|currval|lastval|setval)\b|\b(small|big)?serial\b|\bcreate\s+sequence\b`),
	"an order by a sequence":      regexp.MustCompile(`(?i)\border\s+by\s+(\w+\.)?unfolded_id\b|\bunfolded_id\s*(<|>)|\bmax\(\s*(\w+\.)?unfolded_id\b`),
	"a trigger or rule":           regexp.MustCompile(`(?i)\bcreate\s+(or\s+replace\s+)?((constraint|event)\s+)?(trigger|rule)\b`),
	"a procedural language":       regexp.MustCompile(`(?i)\blanguage\s+plpgsql\b|^\s*do\s+(language\b|\$)`),
	"an extension":                regexp.MustCompile(`(?i)\bcreate\s+extension\b`),
	"an unlogged table":           regexp.MustCompile(`(?i)\bunlogged\b`),
	"a temporary table":           regexp.MustCompile(`(?i)\bcreate\s+(local\s+)?temp(orary)?\b`),
	"a setting of the connection": regexp.MustCompile(`(?i)^\s*set\s+(session\s+)?\w+\s*(=|to\b)|\bset_config\([^()]*,\s*false\s*\)`),
	"text without collate \"C\"":  regexp.MustCompile(`(?im)^    "?\w+"?[ \t]+(text|varchar|character varying|char)\b(\[\])?(?:[^"\n]*)$`),
}

// lint returns the forbidden features that a statement uses.
func lint(statement string) (found []string) {
	for feature, pattern := range forbidden {
		if pattern.MatchString(statement) {
			found = append(found, feature)
		}
	}
	return found
}

// TestNoStatementUsesAForbiddenFeature searches the migrations, and all texts of this package's
// code that may be SQL.
func TestNoStatementUsesAForbiddenFeature(t *testing.T) {
	statements := 0
	check := func(where, statement string) {
		statements++
		if strings.Contains(statement, "insert into item_ids") && strings.Contains(statement, "nextval") {
			return // in a transaction, new items have numbers in the order of their naming; those of two are not compared
		}
		for _, feature := range lint(statement) {
			t.Errorf("%s: %s: %s", where, feature, statement)
		}
	}
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	comment := regexp.MustCompile(`--.*`)
	for _, name := range names {
		text, err := migrations.FS.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for statement := range strings.SplitSeq(comment.ReplaceAllString(string(text), ""), ";") {
			check(name, statement)
		}
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		positions := token.NewFileSet()
		file, err := parser.ParseFile(positions, name, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if literal, ok := node.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				value, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				if strings.ContainsAny(value, " \n") { // or it is a word of a list, or a name
					check(positions.Position(literal.Pos()).String(), comment.ReplaceAllString(value, ""))
				}
			}
			return true
		})
	}
	if statements < 300 {
		t.Errorf("only %d statements were found", statements)
	}
}

// TestTheLintFindsForbiddenFeatures has one statement with each of them.
func TestTheLintFindsForbiddenFeatures(t *testing.T) {
	for feature, statements := range map[string][]string{
		"an advisory lock":            {`select pg_advisory_xact_lock(1)`, `select pg_try_advisory_lock(1)`},
		"LISTEN or NOTIFY":            {`listen events`, `NOTIFY events`, `unlisten *`, `select pg_notify('events', '')`},
		"LOCK TABLE":                  {`lock table fold`, `LOCK fold in share mode`},
		"a sequence":                  {`select nextval('x')`, "create table t (\n    id bigserial primary key\n)", `create sequence x`},
		"an order by a sequence":      {`select * from unfolded u order by u.unfolded_id`, `select * from unfolded where unfolded_id > $1`, `select max(unfolded_id) from unfolded`},
		"a trigger or rule":           {`create constraint trigger t after insert on x`, `create or replace rule r as on insert to x`},
		"a procedural language":       {`create function f() returns int language plpgsql as ''`, `do $$ begin end $$`},
		"an extension":                {`create extension pgcrypto`},
		"an unlogged table":           {`create unlogged table t (n int)`},
		"a temporary table":           {`create temp table t (n int)`, `create temporary table t (n int)`},
		"a setting of the connection": {`set search_path = x`, `set session jit to off`, `select set_config('jit', 'off', false)`},
		"text without collate \"C\"":  {"create table t (\n    name text not null\n)", "create table t (\n    \"names\" text[]\n)"},
	} {
		for _, statement := range statements {
			if found := lint(statement); len(found) != 1 || found[0] != feature {
				t.Errorf("%s: %v", statement, found)
			}
		}
	}
	for _, statement := range []string{
		`select * from unfolded order by arrived_us, unfolded_id`, `set local statement_timeout = 1`, `select set_config('jit', 'off', true)`,
		"create table t (\n    name text collate \"C\" not null\n)", `select 1 for update skip locked`,
	} {
		if found := lint(statement); len(found) > 0 {
			t.Errorf("%s: %v", statement, found)
		}
	}
}
