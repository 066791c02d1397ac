// Package migrations reads the documentation of the schema from the migrations, which are in
// a folder for each engine.
package migrations

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"

	"atomizer-db/migrations/postgres"
	"atomizer-db/migrations/sqlite"
)

// View is a view of the schema. Analysts may rely on its name and columns. The
// descriptions are the comments in the migration that creates the view.
type View struct {
	Name    string       `json:"view"`
	About   string       `json:"about"`
	Columns []ViewColumn `json:"columns"`
}

// ViewColumn is one column of a view.
type ViewColumn struct {
	Name  string `json:"column"`
	About string `json:"about"`
}

// Views returns the views of the schema for SQLite in the order in which the migrations
// create them.
var Views = sync.OnceValue(func() []View { return readViews(sqlite.FS) })

// PostgreSQLViews returns the same views as PostgreSQL has them: with the same names and
// columns, of which some say something else.
var PostgreSQLViews = sync.OnceValue(func() []View { return readViews(postgres.FS) })

func readViews(files fs.FS) (views []View) {
	viewStatement := regexp.MustCompile(`(?ms)^(create|drop) view (\w+)(?: \(\n(.*?)^\) as$|;$)`)
	aboutLine := regexp.MustCompile(`^\s+-- (.*)$`)
	columnLine := regexp.MustCompile(`^\s+(\w+),?\s+-- (.*)$`)
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		panic(err) // the pattern is right
	}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			panic(err) // it was just listed
		}
		for _, statement := range viewStatement.FindAllStringSubmatch(string(text), -1) {
			views = slices.DeleteFunc(views, func(v View) bool { return v.Name == statement[2] })
			if statement[1] == "create" {
				views = append(views, readView(statement[2], statement[3], aboutLine, columnLine))
			}
		}
	}
	return views
}

func readView(name, head string, aboutLine, columnLine *regexp.Regexp) View {
	view := View{Name: name}
	var about []string
	for line := range strings.Lines(head) {
		line = strings.TrimSuffix(line, "\n")
		if column := columnLine.FindStringSubmatch(line); column != nil {
			view.Columns = append(view.Columns, ViewColumn{column[1], column[2]})
		} else if words := aboutLine.FindStringSubmatch(line); words != nil {
			about = append(about, words[1])
		} else {
			panic(fmt.Sprintf("view %s: %q is not a column with a comment", name, line))
		}
	}
	view.About = strings.Join(about, " ")
	return view
}
