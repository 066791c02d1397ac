package postgres

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"atomizer-db/store"
	"atomizer-db/store/postgres/tokens"
)

// readingWords are the first words of statements that may only read.
var readingWords = []string{"SELECT", "WITH", "VALUES", "TABLE", "EXPLAIN", "SHOW"}

// plannedWords are the first words of the other statements that EXPLAIN explains.
var plannedWords = []string{"INSERT", "UPDATE", "DELETE", "MERGE", "EXECUTE", "DECLARE", "CREATE", "REFRESH"}

// word returns the first word in upper case, and where it begins. Brackets may be before it.
func (q *question) word() (word string, at int) {
	for _, t := range q.code {
		if q.text(t) != "(" {
			return strings.ToUpper(q.text(t)), t.Start
		}
	}
	return "", q.code[0].Start
}

// refusedWord returns the word of a statement that does not only read, and where it is; "" if
// there is none. The transaction refuses what comes later in a statement, such as a DELETE in
// WITH.
func (q *question) refusedWord() (refused string, at int) {
	word, at := q.word()
	if !slices.Contains(readingWords, word) {
		return word, at
	}
	if word != "EXPLAIN" {
		return "", -1
	}
	for _, t := range q.code[1:] {
		switch word := strings.ToUpper(q.text(t)); {
		case slices.Contains(plannedWords, word):
			return word, t.Start
		case slices.Contains(readingWords, word):
			return "", -1
		}
	}
	return "", -1
}

// firstOf returns the first of some words, and where it is; "" if there is none.
func (q *question) firstOf(words []string) (word string, at int) {
	for _, t := range q.code {
		if word := strings.ToUpper(q.text(t)); t.Kind == tokens.Name && slices.Contains(words, word) {
			return word, t.Start
		}
	}
	return "", -1
}

// harmless are functions of PostgreSQL that are volatile only because their results change.
var harmless = []string{
	"clock_timestamp", "current_query", "gen_random_uuid", "pg_database_size", "pg_indexes_size", "pg_is_in_recovery", "pg_relation_size",
	"pg_sleep", "pg_sleep_for", "pg_sleep_until", "pg_table_size", "pg_total_relation_size", "random", "random_normal", "timeofday",
	"uuidv4", "uuidv7",
}

// refusedFunctions finds the functions of given names that may do more than read. A transaction
// that only reads still runs those that read or write files, signal processes, lock, send
// notifications, or run SQL in a text. PostgreSQL calls them volatile, and any function of a
// user or an extension that does not say otherwise. Two that are not volatile take a number
// from the server's sequence of transactions. The second list has names behind a dot: ('x').f
// calls f('x').
const refusedFunctions = `
	select distinct p.proname::text
	from pg_catalog.pg_proc p
	where (p.proname = any($1::text[]::name[]) or p.proname = any($2::text[]::name[]) and p.pronargs > 0 and p.pronargs - p.pronargdefaults <= 1)
		and (p.provolatile = 'v' or p.proname in ('pg_current_xact_id', 'txid_current'))
		and 'internal'::regtype::oid <> all (p.proargtypes::oid[]) -- SQL cannot call such a function
		and not (p.pronamespace = 'pg_catalog'::regnamespace and p.proname = any($3::text[]::name[]))`

// authorize returns a [store.SQLError] if a question names a function that may do more than
// read. It does not find such a function behind an operator, a cast, a view or a function that
// somebody created in the database.
func (q *question) authorize(ctx context.Context, conn *pgx.Conn) error {
	called, attributes := q.calls()
	if len(called)+len(attributes) == 0 {
		return nil
	}
	rows, err := conn.Query(ctx, refusedFunctions, pgx.QueryExecModeExec, names(called), names(attributes), harmless)
	if err != nil {
		return err
	}
	refused, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, t := range slices.Concat(called, attributes) {
		if slices.Contains(refused, t.Name) {
			return store.RefusedSQL(q.typed, t.Start, t.Name+"()")
		}
	}
	return nil
}

// calls returns the names before a bracket, and other names behind a dot.
func (q *question) calls() (called, attributes []tokens.Token) {
	for i, t := range q.code {
		switch {
		case t.Kind != tokens.Name:
		case i+1 < len(q.code) && q.text(q.code[i+1]) == "(":
			called = append(called, t)
		case i > 0 && q.text(q.code[i-1]) == ".":
			attributes = append(attributes, t)
		}
	}
	return called, attributes
}

func names(of []tokens.Token) []string {
	names := make([]string, len(of))
	for i, t := range of {
		names[i] = t.Name
	}
	return names
}
