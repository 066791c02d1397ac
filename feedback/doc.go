// Package feedback is the learning loop of an optimization study.
//
// A study keeps a playbook of short pieces of advice, its items. Whoever
// proposes designs works with some of them in context and records each trial
// with [Loop.RecordTrial]: a success counts as helpful for every item that was
// in use, a failure as harmful. Errors, and the study as a whole, become
// insights; they are pending until [Loop.Finalize] commits them to the
// playbook, prunes the items whose net score has fallen to -3 or less, and
// exports playbook.json for the older tools.
//
// All state is in a SQLite database: a loop that is opened again goes on where
// it stopped, and several processes may work with one database. Each call that
// records is one transaction, and has reached the disk when it returns.
//
// A database can hold many studies. They share its playbook; trials,
// statistics and pending insights are each study's own.
//
// Package event has the events that a loop records, package history what comes
// in and goes out, and package report what it answers.
//
// A wrong field of an event is an [*event.FieldError]. Errors of kind
// [ErrNotFound] or [ErrConflict], as errors.Is reports, are those after which a
// caller may want to go on; package store has the kinds of what can be wrong with
// a database.
package feedback
