// Package sqlite holds the schema of SQLite databases as numbered goose files.
package sqlite

import "embed"

// FS holds the migrations, in the order of their numbers.
//
//go:embed *.sql
var FS embed.FS

// ApplicationID ("Atmd") is in the header of each database. It distinguishes them from
// SQLite files of other programs.
const ApplicationID = 0x41746d64

// EarlierApplicationID ("Atmz") is in the header of databases with schemas that were
// never released. They cannot be migrated to this schema.
const EarlierApplicationID = 0x41746d7a

// Version is the schema that this program reads and writes. Each migration stores its
// number as SQLite's user_version at its end.
const Version = 6
