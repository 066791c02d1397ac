// Package store keeps the state of the learning loop in a SQLite database.
//
// It contains tables and transactions, but no rules of learning. Package feedback
// decides what a success means for an item, when an insight is merged and what is
// pruned. It combines the methods of [Rx] (reads) and [Tx] (reads and writes) inside
// [Store.View] and [Store.Update].
//
// Each file contains one aggregate: its type, its SQL and its methods.
package store
