package sqlite

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"atomizer-db/store"
	"atomizer-db/store/sqltext"
)

// schemaObject is a table, view, trigger or index.
type schemaObject struct {
	Type string `db:"type"`
	Name string `db:"name"`
	SQL  string `db:"sql"`
}

func (o schemaObject) String() string { return o.Type + " " + o.Name }

// selectSchema selects what the migrations create. It leaves out what SQLite and goose
// keep for themselves.
const selectSchema = `
	select type, name, ifnull(sql, '') as sql
	from sqlite_schema
	where name not like 'sqlite\_%' escape '\' and name <> 'goose_db_version'
	order by type, name`

// wrongSchema compares the schema with that of the migrations. Counts cannot be trusted
// under a changed trigger, nor answers from a changed view.
func (r *reader) wrongSchema() ([]store.Problem, error) {
	want, err := migratedSchema()
	if err != nil {
		return nil, err
	}
	var have []schemaObject
	if err := r.list(&have, selectSchema); err != nil {
		return nil, err
	}
	var problems []store.Problem
	wrong := func(object, what string) {
		problems = append(problems, store.Problem{Where: "the schema, " + object, What: what, Schema: true})
	}
	missing := maps.Clone(want)
	for _, object := range have {
		name := object.String()
		sql, known := want[name]
		delete(missing, name)
		switch {
		case !known:
			wrong(name, "is not part of this program's schema")
		case sql != normalized(object.SQL):
			wrong(name, "was changed: its SQL is not that of this program's schema")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		wrong(name, "is missing")
	}
	return problems, nil
}

// migratedSchema returns the normalized SQL of all objects that the migrations create,
// by type and name. It makes them once in a process.
var migratedSchema = sync.OnceValues(func() (_ map[string]string, err error) {
	ctx := context.Background()
	db, err := connect(":memory:", readWriteCreate)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1) // each connection would have a database of its own
	if err := migrateUp(ctx, db); err != nil {
		return nil, fmt.Errorf("make the schema in memory: %w", err)
	}
	var objects []schemaObject
	if err := db.SelectContext(ctx, &objects, selectSchema); err != nil {
		return nil, err
	}
	schema := make(map[string]string, len(objects))
	for _, object := range objects {
		schema[object.String()] = normalized(object.SQL)
	}
	return schema, nil
})

// normalized returns SQL without comments and with single spaces, so that SQL with the
// same meaning to SQLite and another layout is equal.
func normalized(sql string) string {
	var b strings.Builder
	code := func(text string) {
		for _, word := range strings.Fields(text) {
			b.WriteString(" " + word)
		}
	}
	at := 0
	for _, found := range sqltext.NoCode().FindAllStringIndex(sql, -1) {
		code(sql[at:found[0]])
		if text := sql[found[0]:found[1]]; !strings.HasPrefix(text, "--") && !strings.HasPrefix(text, "/*") {
			b.WriteString(" " + text)
		}
		at = found[1]
	}
	code(sql[at:])
	return b.String()
}
