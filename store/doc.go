// Package store keeps the learning loop in a SQLite database.
//
// It knows tables and transactions, and no rule of learning: what a success
// means for an item, when an insight merges and what is pruned is decided by
// package feedback, which composes the methods of [Rx] (reads) and [Tx] (reads
// and writes) inside [Store.View] and [Store.Update].
//
// There is one file an aggregate, holding its type, its SQL and its methods.
package store
