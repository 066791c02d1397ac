package sqlite

import (
	"errors"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// longest is the size in bytes of the largest text, blob or row that a question may
// create.
const longest = 16 << 20

// restrict disables what a question does not need.
func (q *questions) restrict() error {
	for _, pragma := range []string{
		`pragma query_only = on`,
		`pragma trusted_schema = off`,
		`pragma temp_store = memory`, // no temporary files: they hold data and fill disks
	} {
		if err := sqlitex.ExecuteTransient(q.conn, pragma, nil); err != nil {
			return q.explain(err)
		}
	}
	q.conn.Limit(sqlite.LimitAttached, 0)
	q.conn.Limit(sqlite.LimitLength, longest)
	return errors.Join(q.conn.SetDefensive(true), q.conn.SetAuthorizer(sqlite.AuthorizeFunc(q.authorize)))
}

// askingPragmas are the pragmas that only return a value. The map's value says
// whether the pragma may have an argument; an argument to the others sets them.
var askingPragmas = map[string]bool{
	"foreign_key_check": true, "foreign_key_list": true, "index_info": true, "index_list": true, "index_xinfo": true,
	"integrity_check": true, "quick_check": true, "table_info": true, "table_list": true, "table_xinfo": true,

	"application_id": false, "collation_list": false, "compile_options": false, "data_version": false, "database_list": false,
	"encoding": false, "freelist_count": false, "function_list": false, "journal_mode": false, "module_list": false,
	"page_count": false, "page_size": false, "pragma_list": false, "schema_version": false, "user_version": false,
}

// readingWords are the first words of statements that may only read.
var readingWords = map[string]bool{"SELECT": true, "WITH": true, "VALUES": true, "PRAGMA": true, "EXPLAIN": true}

// authorize is SQLite's authorizer. SQLite calls it for each action of a statement.
// It allows the actions that only read. It allows all functions: in this build of
// SQLite only load_extension can reach outside the database, and it is switched off.
func (q *questions) authorize(action sqlite.Action) sqlite.AuthResult {
	switch action.Type() {
	case sqlite.OpSelect, sqlite.OpRead, sqlite.OpRecursive, sqlite.OpFunction:
		return sqlite.AuthResultOK
	case sqlite.OpPragma:
		mayHaveArgument, asks := askingPragmas[strings.ToLower(action.Pragma())]
		if asks && (action.PragmaArg() == "" || mayHaveArgument) {
			return sqlite.AuthResultOK
		}
		q.refused = "PRAGMA " + action.Pragma()
		if asks {
			q.refused += " with a value"
		}
	default:
		// As in SQLITE_DROP_TABLE.
		q.refused = strings.ReplaceAll(strings.TrimPrefix(action.Type().String(), "SQLITE_"), "_", " ")
	}
	return sqlite.AuthResultDeny
}
