package feedback

import (
	"time"

	"atomizer-db/store"
)

// Option changes how a loop is opened.
type Option func(*settings)

type settings struct {
	study    *string
	readOnly bool
	existing bool
	file     string // playbook.json, "": beside the database

	strict      bool
	commitEvery int

	warn  func(error)
	store []store.Option

	wrap func(store.Database) store.Database // for tests; nil: the database as it is
}

// InStudy names the loop's study.
func InStudy(name string) Option { return func(s *settings) { s.study = &name } }

// ReadOnly opens an existing database for questions, on connections that cannot write.
// Opening may still migrate it, and complete an export that was interrupted.
func ReadOnly() Option { return func(s *settings) { s.readOnly = true } }

// Existing makes Open return an error if the database does not exist, instead of
// creating it.
func Existing() Option { return func(s *settings) { s.existing = true } }

// Strict makes the loop refuse trials and errors that name an item that the playbook does
// not have, with [ErrNoItem]. Without it, such a use counts for nothing and is in the
// answer.
func Strict() Option { return func(s *settings) { s.strict = true } }

// CommitEvery makes the loop commit the pending insights of a study whenever its number of
// trials, since the last reset, becomes a multiple of n. Each commit is an event of its own,
// in the transaction of the trial. 0 or less never commits.
func CommitEvery(n int) Option { return func(s *settings) { s.commitEvery = max(n, 0) } }

// WithClock replaces time.Now.
func WithClock(clock func() time.Time) Option {
	return func(s *settings) { s.store = append(s.store, store.WithClock(clock)) }
}

// WithNotices sets a function that is called with each notice, a line for a person
// that is not an error: a new database, a new study, an unsuitable file system.
func WithNotices(notify func(string)) Option {
	return func(s *settings) { s.store = append(s.store, store.WithNotices(notify)) }
}

// WithWarnings sets a function that is called with errors that do not prevent the loop
// from working. Without it, they become notices.
func WithWarnings(warn func(error)) Option {
	return func(s *settings) { s.warn = warn }
}

// WithPlaybookFile sets the path of playbook.json. The default is [JSONPath] of a database
// in a file. A database on a server has no default.
func WithPlaybookFile(path string) Option {
	return func(s *settings) { s.file = path }
}
