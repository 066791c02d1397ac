// Package migrations holds the database schema as numbered goose files.
package migrations

import "embed"

// FS holds the migrations, in the order of their numbers.
//
//go:embed *.sql
var FS embed.FS

// ApplicationID marks the header of each database ("Atmd"), so that the SQLite
// file of another program is never taken for one.
const ApplicationID = 0x41746d64

// EarlierApplicationID ("Atmz") marks databases of schemas that were never
// released. No migration leads from them to this schema.
const EarlierApplicationID = 0x41746d7a

// Version is the schema that this program reads and writes. Each migration ends
// by storing its number as SQLite's user_version; a test compares both with the
// files.
const Version = 1
