// Package postgres holds the schema of PostgreSQL databases as numbered goose files.
package postgres

import "embed"

// FS holds the migrations, in the order of their numbers.
//
//go:embed *.sql
var FS embed.FS

// Version is the schema that this program reads and writes, with the number of the SQLite schema
// that holds the same. Each migration stores it in the table gate at its end.
const Version = 6
