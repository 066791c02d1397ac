package feedback

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"atomizer-db/store"
)

// ErrConflict is the kind of an error about something that contradicts what is
// stored.
var ErrConflict = errors.New("conflict")

// EventError says which of the events given to [Loop.Apply] failed.
type EventError struct {
	Index int
	Err   error
}

func (e *EventError) Error() string { return e.Err.Error() }

// Unwrap gives what was wrong with the event.
func (e *EventError) Unwrap() error { return e.Err }

// Apply records events, in order, and answers each. They are durable when it
// returns. All are committed in one transaction; where one fails, those before
// it are committed and answered, none after it is looked at, and the error is
// an [*EventError].
func (l *Loop) Apply(ctx context.Context, events ...Event) ([]Answer, error) {
	return l.applyUpTo(ctx, events, nil)
}

// applyUpTo records events, and with them how far their input has been taken:
// mark is called with the number of events that are recorded.
func (l *Loop) applyUpTo(ctx context.Context, events []Event, mark func(*recorder, int) error) ([]Answer, error) {
	prepared := make([]Event, len(events))
	var refused error
	for i, event := range events {
		var err error
		if prepared[i], err = event.prepare(); err != nil {
			prepared, refused = prepared[:i], &EventError{Index: i, Err: err}
			break
		}
	}
	if refused != nil && len(prepared) == 0 {
		return nil, refused
	}
	answers, err := l.applyPrepared(ctx, prepared, mark)
	if err == nil {
		err = refused
	}
	return answers, err
}

func (l *Loop) applyPrepared(ctx context.Context, events []Event, mark func(*recorder, int) error) ([]Answer, error) {
	answers, err := l.apply(ctx, events, mark)
	if failed, ok := errors.AsType[*EventError](err); ok && failed.Index > 0 {
		// The transaction is gone as a whole; the good ones are played again.
		answers, again := l.apply(ctx, events[:failed.Index], mark)
		if again != nil {
			return answers, again
		}
		return answers, err
	}
	return answers, err
}

func (l *Loop) apply(ctx context.Context, events []Event, mark func(*recorder, int) error) ([]Answer, error) {
	if len(events) == 0 && mark == nil {
		return nil, nil
	}
	var r recorder
	var answers []Answer
	err := l.store.Update(ctx, func(tx *store.Tx) error {
		r = recorder{loop: l, tx: tx}
		answers = make([]Answer, 0, len(events))
		for i, event := range events {
			answer, err := r.record(event)
			if err != nil {
				return &EventError{Index: i, Err: err}
			}
			answers = append(answers, answer)
		}
		if mark == nil {
			return nil
		}
		return mark(&r, len(events))
	})
	if err != nil {
		return nil, err
	}
	l.tellBegun(r)
	if r.exported {
		return answers, l.completeExport(ctx)
	}
	return answers, nil
}

// tellBegun says which studies began, once they are committed.
func (l *Loop) tellBegun(r recorder) {
	for _, name := range r.begun {
		l.store.Notify(newStudy(name))
	}
}

func newStudy(name string) string { return fmt.Sprintf("new study %q", name) }

// recorder records events in one transaction.
type recorder struct {
	loop     *Loop
	tx       *store.Tx
	begun    []string // studies that did not exist before
	exported bool     // playbook.json is to be put in its place after the commit
}

func (r *recorder) record(event Event) (Answer, error) {
	event, err := event.prepare()
	if err != nil {
		return nil, err
	}
	if key := event.header().Key; key != "" {
		first, err := r.firstAnswer(event)
		if first != nil || err != nil {
			return first, err
		}
	}
	return event.record(r)
}

// study finds or begins the event's study.
func (r *recorder) study(h Header) (store.Study, error) {
	name := r.loop.study
	if h.Study != nil {
		name = h.Study
	}
	if name == nil {
		return store.Study{}, errors.New("which study? this loop speaks of all: the event must name one")
	}
	if err := checkText("study", *name); err != nil {
		return store.Study{}, err
	}
	id, begun, err := r.tx.EnsureStudy(*name)
	if begun {
		r.begun = append(r.begun, *name)
	}
	return store.Study{ID: id, Name: *name}, err
}

// time is when the event happened.
func (r *recorder) time(h Header) time.Time {
	if h.Time.IsZero() {
		return r.tx.Now()
	}
	return h.Time.UTC().Truncate(time.Microsecond)
}

// enter appends the event to the ledger.
func (r *recorder) enter(event Event, study int64, kind store.EventType, trial *int64, outcome *store.Outcome) (store.Event, error) {
	h := event.header()
	entry := store.Event{Study: study, Type: kind, TrialNumber: trial, Time: r.time(h), Key: h.Key, Outcome: outcome}
	if h.Key != "" {
		entry.Digest = digest(event)
	}
	var err error
	entry.ID, err = r.tx.Append(entry)
	return entry, err
}

// firstAnswer gives the answer of the event that came with the same key and
// content before, nil where the key is new.
func (r *recorder) firstAnswer(event Event) (Answer, error) {
	h := event.header()
	study, err := r.study(h)
	if err != nil {
		return nil, err
	}
	id, stored, found, err := r.tx.EventByKey(study.ID, h.Key)
	if err != nil || !found {
		return nil, err
	}
	if !bytes.Equal(stored, digest(event)) {
		return nil, store.Fail(ErrConflict, "key %q: the study %q has an event with this key and other content; send the same content, or a new key",
			h.Key, study.Name)
	}
	duplicate := Acknowledgement{Duplicate: true}
	switch event := event.(type) {
	case *preparedTrial:
		o, _, err := r.tx.Outcome(id)
		return TrialAnswer{
			TrialNumber: o.TrialNumber, Success: o.Success, ItemsUpdated: o.ItemsUpdated, InsightsExtracted: o.InsightsExtracted,
			Acknowledgement: duplicate,
		}, err
	case Summary:
		f, _, err := r.tx.Finalization(id)
		answer := finalizeAnswer(f)
		answer.Acknowledgement = duplicate
		return answer, err
	case Void:
		return r.firstVoid(event, study, id)
	}
	return duplicate, nil
}

func (t Trial) record(r *recorder) (Answer, error) { return r.record(t) }

func (t *preparedTrial) record(r *recorder) (Answer, error) {
	study, err := r.study(t.Header)
	if err != nil {
		return nil, err
	}
	var mentions, shown []store.Mention
	if !t.NoLearn {
		if mentions, err = r.tx.Mentions(t.ContextItems); err != nil {
			return nil, err
		}
		if shown, err = r.tx.Mentions(t.ShownItems); err != nil {
			return nil, err
		}
	}
	answer := TrialAnswer{
		TrialNumber: t.Number, Success: t.Success,
		ItemsUpdated: store.Counted(mentions), InsightsExtracted: len(t.insights),
	}
	outcome := store.Outcome{
		Success: t.Success, Objective: t.Objective,
		DesignVariables: t.variables,
		Extractor:       t.Extractor, DurationSeconds: t.DurationSeconds,
		ItemsUpdated: answer.ItemsUpdated, InsightsExtracted: answer.InsightsExtracted,
	}
	if t.Details != nil {
		details := string(t.Details)
		outcome.Details = &details
	}
	entry, err := r.enter(t, study.ID, store.TrialEvent, &t.Number, &outcome)
	if err != nil {
		return nil, err
	}
	if err := r.tx.AddUsages(entry, t.Success, mentions); err != nil {
		return nil, err
	}
	if err := r.tx.AddShown(entry.ID, shown); err != nil {
		return nil, err
	}
	if err := r.tx.AddErrors(entry.ID, t.messages); err != nil {
		return nil, err
	}
	return answer, r.tx.AddInsights(entry.ID, study.ID, t.insights)
}

// messages are the trial's errors, with their classes, and its violations.
func (t Trial) messages() []store.ErrorMessage {
	var messages []store.ErrorMessage
	for _, m := range t.Errors {
		messages = append(messages, store.ErrorMessage{Kind: store.SolverError, Class: classify(m), Message: m})
	}
	for _, m := range t.ConstraintViolations {
		messages = append(messages, store.ErrorMessage{Kind: store.ConstraintViolation, Class: "Constraint violated", Message: m})
	}
	return messages
}

func (e ErrorReport) record(r *recorder) (Answer, error) {
	study, err := r.study(e.Header)
	if err != nil {
		return nil, err
	}
	mentions, err := r.tx.Mentions(e.ContextItems)
	if err != nil {
		return nil, err
	}
	entry, err := r.enter(e, study.ID, store.ErrorEvent, &e.TrialNumber, nil)
	if err != nil {
		return nil, err
	}
	if err := r.tx.AddBlames(entry, mentions); err != nil {
		return nil, err
	}
	message := store.ErrorMessage{Kind: store.ReportedError, Class: e.Type, Message: e.Message}
	if err := r.tx.AddErrors(entry.ID, []store.ErrorMessage{message}); err != nil {
		return nil, err
	}
	return Acknowledgement{}, r.tx.AddInsights(entry.ID, study.ID, []store.Insight{reflectOnError(e)})
}

func (r Reset) record(rec *recorder) (Answer, error) {
	study, err := rec.study(r.Header)
	if err != nil {
		return nil, err
	}
	entry, err := rec.enter(r, study.ID, store.ResetEvent, nil, nil)
	if err != nil {
		return nil, err
	}
	return Acknowledgement{}, rec.tx.ResetStudy(study.ID, entry.ID)
}
