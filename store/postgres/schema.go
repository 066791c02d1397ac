package postgres

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"sync"

	migrations "atomizer-db/migrations/postgres"
	"atomizer-db/store"
)

// object is something that the migrations create.
type object struct {
	kind    string // table, view, index or function
	name    string
	columns []string // of a table, and of a view whose statement lists them; nil: not known
}

func (o object) String() string { return o.kind + " " + o.name }

// migrated are the objects of the schema, as the text of the migrations has them: the server
// keeps no text that could be compared, and a check must not create anything in order to compare
// it. When a migration changes a table or drops something, this has to follow.
var migrated = sync.OnceValue(func() (objects []object) {
	statement := regexp.MustCompile(`(?ms)^create (?:unique )?(table|view|index|function) (\w+)(?: \((.*?)^\))?`)
	column := regexp.MustCompile(`(?m)^ {4}"?(\w+)`) // what is indented more belongs to the line before
	constraints := []string{"primary", "foreign", "unique", "check"}
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		panic(err) // the pattern is right
	}
	for _, name := range names {
		text, err := migrations.FS.ReadFile(name)
		if err != nil {
			panic(err) // it was just listed
		}
		for _, found := range statement.FindAllStringSubmatch(string(text), -1) {
			o := object{kind: found[1], name: found[2]}
			for _, line := range column.FindAllStringSubmatch(found[3], -1) {
				if !slices.Contains(constraints, line[1]) {
					o.columns = append(o.columns, line[1])
				}
			}
			objects = append(objects, o)
		}
	}
	return objects
})

// wrongSchema compares the schema with that of the migrations: the names and columns, and what
// the server does besides. Counts cannot be trusted under a trigger, nor answers where rows are
// hidden.
func (r *reader) wrongSchema() ([]store.Problem, error) {
	var problems []store.Problem
	wrong := func(object, what string) {
		problems = append(problems, store.Problem{Where: "the schema, " + object, What: what, Schema: true})
	}
	var names []string
	for _, o := range migrated() {
		names = append(names, o.name)
	}
	have, err := r.objects(names)
	if err != nil {
		return nil, err
	}
	for _, o := range migrated() {
		columns, exists := have[o.String()]
		if !exists {
			wrong(o.String(), "is missing")
			continue
		}
		for _, column := range o.columns {
			if !slices.Contains(columns, column) {
				wrong(o.String(), fmt.Sprintf("lacks the column %q", column))
			}
		}
		for _, column := range columns {
			if o.columns != nil && !slices.Contains(o.columns, column) {
				wrong(o.String(), fmt.Sprintf("has the column %q, which is not part of this program's schema", column))
			}
		}
	}
	additions, err := r.additions(names)
	for _, a := range additions {
		wrong(a.Where, a.What)
	}
	return problems, err
}

// objects returns the columns of the objects with some names, by kind and name.
func (r *reader) objects(names []string) (map[string][]string, error) {
	var rows []struct {
		Kind   string  `db:"kind"`
		Name   string  `db:"name"`
		Column *string `db:"column"`
	}
	err := r.list(&rows, `
		select case c.relkind when 'r' then 'table' when 'v' then 'view' when 'i' then 'index' else 'relation' end as kind,
			n.name, a.attname::text as "column"
		from unnest($1::text[]) n (name)
		join pg_class c on c.oid = to_regclass(n.name)
		left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
		left join pg_index i on i.indexrelid = c.oid
		where i.indisvalid is not false
		union all
		select 'function', p.proname::text, null
		from pg_proc p
		where p.proname::text = any($1::text[]) and pg_function_is_visible(p.oid)`, names)
	objects := map[string][]string{}
	for _, row := range rows {
		key := object{kind: row.Kind, name: row.Name}.String()
		columns := objects[key]
		if row.Column != nil {
			columns = append(columns, *row.Column)
		}
		objects[key] = columns
	}
	return objects, err
}

// additions finds what was added to the tables and views with some names, or switched off.
func (r *reader) additions(names []string) ([]store.Problem, error) {
	var rows []struct {
		Where string `db:"where"`
		What  string `db:"what"`
	}
	err := r.list(&rows, `
		with own as (
			select c.oid, case c.relkind when 'v' then 'view ' else 'table ' end || n.name as "where", c.relrowsecurity
			from unnest($1::text[]) n (name)
			join pg_class c on c.oid = to_regclass(n.name)
		)
		select "where", 'has the trigger "' || t.tgname || '", which is not part of this program''s schema' as what
		from own
		join pg_trigger t on t.tgrelid = own.oid
		where not t.tgisinternal
		union all
		select distinct "where", 'does not check its foreign keys: the triggers that do it are switched off'
		from own
		join pg_trigger t on t.tgrelid = own.oid
		where t.tgisinternal and t.tgenabled in ('D', 'R')
		union all
		select "where", 'has the rule "' || w.rulename || '", which is not part of this program''s schema'
		from own
		join pg_rewrite w on w.ev_class = own.oid
		where w.rulename <> '_RETURN'
		union all
		select "where", 'has a constraint that its rows were not checked for: "' || k.conname || '"'
		from own
		join pg_constraint k on k.conrelid = own.oid
		where not k.convalidated
		union all
		select "where", 'hides rows: it has row-level security'
		from own
		where relrowsecurity`, names)
	problems := make([]store.Problem, 0, len(rows))
	for _, row := range rows {
		problems = append(problems, store.Problem{Where: row.Where, What: row.What})
	}
	return problems, err
}
