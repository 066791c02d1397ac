// Package feedback is the learning loop of an optimization study.
//
// A playbook is a list of short pieces of advice, its items. A driver, which proposes
// designs, uses some of the items for each design and records the result with
// [Loop.RecordTrial]. A success counts as helpful for every item that was used, a
// failure as harmful. The loop draws insights from errors and from the study as a
// whole. They are pending until [Loop.Finalize] commits them to the playbook, prunes
// the items whose net score is -3 or less, and exports playbook.json for older tools.
//
// All state is in a database: a file of SQLite, or on a server of PostgreSQL. A loop that is opened again continues where it
// stopped, and several processes may use one database. Each call that records is one
// transaction, which has reached the disk when the call returns.
//
// A database can contain many studies. They share its playbook, but each has its own
// trials, statistics and pending insights.
//
// Package event contains the events that a loop records, package history the import
// and export, package report the reports, and package search the comparison of texts by
// their words.
//
// An invalid field of an event is an [*event.FieldError]. After errors of kind
// [ErrNotFound] or [ErrConflict], as errors.Is reports them, a caller can usually
// continue. Package store has the kinds of errors about a database.
package feedback
