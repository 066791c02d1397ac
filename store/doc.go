// Package store says what the learning loop keeps: its types, the kinds of its errors and
// the interfaces of a database.
//
// It knows no rules of learning. Package feedback decides what a success means for an
// item, when an insight is merged and what is pruned. It combines the methods of a
// [Reader] and a [Writer] inside [Database.View] and [Database.Update].
//
// Packages sqlite and postgres implement the interfaces, each with its own SQL. Package
// engine chooses between them, and package storetest tests that they answer alike.
//
// Each file contains one aggregate. The files with names in the plural contain the methods that
// read and write several of them.
package store
