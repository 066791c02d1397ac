// Package sqlite keeps a learning store in a SQLite database.
//
// Each file contains the SQL of one aggregate of package store and its methods, whose
// comments are there, or a part of what a database file takes.
package sqlite
