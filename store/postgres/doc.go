// Package postgres keeps a learning store in a PostgreSQL database, which many machines
// may use at once.
//
// Each file contains the SQL of one aggregate of package store and its methods, whose
// comments are there, or a part of what a server takes.
//
// # How writers keep out of each other's way
//
// A transaction that only records trials and errors appends: each event becomes one row of
// the table unfolded, and it reads nothing that others write. Folding moves such rows to the
// tables of events, in the order of their arrival, and adds up the counts. Views with the names
// of SQLite's tables show folded and unfolded events together, so that an answer is exact
// whether or not they are folded.
//
// Any other transaction needs an order among the events. It locks the row of the table fold,
// folds what there is, and then works on the tables as if it were alone.
//
// All of them are SERIALIZABLE, and are tried again when the engine refuses one for the sake
// of another.
package postgres
