package store

import (
	"strings"

	"modernc.org/sqlite"
)

// askingPragmas tell something. The value says whether they may have an argument,
// which makes others change something.
var askingPragmas = map[string]bool{
	"foreign_key_check": true, "foreign_key_list": true, "index_info": true, "index_list": true, "index_xinfo": true,
	"integrity_check": true, "quick_check": true, "table_info": true, "table_list": true, "table_xinfo": true,

	"application_id": false, "collation_list": false, "compile_options": false, "data_version": false, "database_list": false,
	"encoding": false, "freelist_count": false, "function_list": false, "journal_mode": false, "module_list": false,
	"page_count": false, "page_size": false, "pragma_list": false, "schema_version": false, "user_version": false,
}

// refusedFunctions reach beyond the database.
var refusedFunctions = map[string]bool{"edit": true, "fts3_tokenizer": true, "load_extension": true, "readfile": true, "writefile": true}

// refusedActions names, for a person, what else SQLite asks leave for.
var refusedActions = map[sqlite.AuthorizerActionCode]string{
	sqlite.AuthAlterTable: "ALTER TABLE", sqlite.AuthAnalyze: "ANALYZE", sqlite.AuthAttach: "ATTACH", sqlite.AuthDetach: "DETACH",
	sqlite.AuthDelete: "DELETE", sqlite.AuthInsert: "INSERT", sqlite.AuthUpdate: "UPDATE", sqlite.AuthReindex: "REINDEX",
	sqlite.AuthSavepoint: "SAVEPOINT", sqlite.AuthTransaction: "BEGIN or COMMIT",
}

// authorize is asked by SQLite for leave to do each thing that a statement
// needs. What is not known to read is refused.
func (q *Questions) authorize(action sqlite.AuthorizerActionCode, what, argument, _, _ string) sqlite.AuthorizerReturnCode {
	switch action {
	case sqlite.AuthSelect, sqlite.AuthRead, sqlite.AuthRecursive:
		return sqlite.AuthorizerOK
	case sqlite.AuthFunction:
		if !refusedFunctions[strings.ToLower(argument)] {
			return sqlite.AuthorizerOK
		}
		q.refused = argument + "()"
	case sqlite.AuthPragma:
		mayHaveArgument, asks := askingPragmas[strings.ToLower(what)]
		if asks && (argument == "" || mayHaveArgument) {
			return sqlite.AuthorizerOK
		}
		q.refused = "PRAGMA " + what
		if asks {
			q.refused += " with a value"
		}
	default:
		if q.refused = refusedActions[action]; q.refused == "" {
			q.refused = "CREATE or DROP"
		}
	}
	return sqlite.AuthorizerDeny
}
