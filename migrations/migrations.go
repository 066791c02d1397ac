// Package migrations holds the database schema as numbered goose files.
package migrations

import "embed"

// FS holds the migrations, in the order of their numbers.
//
//go:embed *.sql
var FS embed.FS

// ApplicationID stands in the header of each of our databases ("Atmz"), so
// that another program's SQLite file is never taken for one.
const ApplicationID = 0x41746d7a

// Version is the schema that this program reads and writes. Each migration
// ends by storing its number as SQLite's user_version; a test holds the two
// to the files.
const Version = 5
