package feedback

import (
	"context"
	"errors"

	"atomizer-db/feedback/event"
	"atomizer-db/feedback/history"
	"atomizer-db/store"
)

// Loop is the learning loop of one study, in a database that may contain many.
// It may be used by many goroutines at once.
type Loop struct {
	store       store.Database
	study       *string       // nil: all studies
	playbook    history.Place // where playbook.json is
	exports     history.Place // where a finalize or an export writes it
	explains    bool          // a finalize judges the items that it prunes
	strict      bool          // events that name unknown items are refused
	commitEvery int           // trials of a study, after which its insights are committed; 0: never
	warn        func(error)
}

// Close closes the database. Studies that were derived with [Loop.Study] and
// [Loop.AllStudies] share it, and are closed with it.
func (l *Loop) Close() error { return l.store.Close() }

// Path returns the absolute path of the database file, or the address of the database without
// a password.
func (l *Loop) Path() string { return l.store.Path() }

// PlaybookFile returns the path that a finalize or an export writes playbook.json to, "" if
// there is none.
func (l *Loop) PlaybookFile() string { return l.exports.Path }

// Study returns the loop of another study in the same database.
func (l *Loop) Study(name string) *Loop { return l.of(&name) }

// AllStudies returns a loop that answers questions about all studies together. It only
// records events that name their study.
func (l *Loop) AllStudies() *Loop { return l.of(nil) }

func (l *Loop) of(study *string) *Loop {
	other := *l
	other.study = study
	return &other
}

// StudyName returns the name of the loop's study, "" for all studies.
func (l *Loop) StudyName() string {
	if l.study == nil {
		return ""
	}
	return *l.study
}

// RecordTrial records one evaluation of a design: each item in its context
// counts as helpful or harmful, and errors become pending insights.
func (l *Loop) RecordTrial(ctx context.Context, trial event.Trial) (TrialAnswer, error) {
	return recordOne[TrialAnswer](ctx, l, trial)
}

// RecordError records an error outside a trial. Each item in its context counts as
// harmful, and the error becomes a pending insight.
func (l *Loop) RecordError(ctx context.Context, report event.ErrorReport) (ErrorAnswer, error) {
	return recordOne[ErrorAnswer](ctx, l, report)
}

// Finalize ends a study: it reflects on the study, commits its pending insights, prunes
// the playbook and exports playbook.json, in one transaction. The answer lists the pruned
// items with what attribution over all studies says of them, and why playbook.json was not
// exported if it has no place. If another program has changed playbook.json, it does nothing
// and returns a [*history.FileChangedError].
func (l *Loop) Finalize(ctx context.Context, summary event.Summary) (FinalizeAnswer, error) {
	explaining := *l
	explaining.explains = true
	return recordOne[FinalizeAnswer](ctx, &explaining, summary)
}

// Reset clears the study's statistics, usage and pending insights.
func (l *Loop) Reset(ctx context.Context, reset event.Reset) (Acknowledgement, error) {
	return recordOne[Acknowledgement](ctx, l, reset)
}

// VoidTrial voids a trial that was recorded by mistake or, with Undo, makes it count
// again. It returns [ErrNoTrial] if the trial does not exist, and [ErrConflict] if it is
// already void, or already counts.
func (l *Loop) VoidTrial(ctx context.Context, void event.Void) (VoidAnswer, error) {
	return recordOne[VoidAnswer](ctx, l, void)
}

func recordOne[A Answer](ctx context.Context, l *Loop, e event.Event) (answer A, err error) {
	answers, err := l.Apply(ctx, e)
	if len(answers) == 1 {
		answer = answers[0].(A)
	}
	if failed, ok := errors.AsType[*EventError](err); ok {
		err = failed.Err // one event needs no index
	}
	return answer, err
}
