package feedback

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// Apply records events, in order, and answers each. They are durable when it
// returns. All are committed in one transaction; where one fails, those before
// it are committed and answered, none after it is looked at, and the error is
// an [*EventError].
func (l *Loop) Apply(ctx context.Context, events ...event.Event) ([]Answer, error) {
	return l.record(ctx, nil, events)
}

// record prepares events, and records those before the first that is refused.
func (l *Loop) record(ctx context.Context, in *input, events []event.Event) ([]Answer, error) {
	entries := make([]entry, 0, len(events))
	var refused error
	for i, e := range events {
		prepared, err := l.prepare(e)
		if err != nil {
			refused = &EventError{Index: i, Err: err}
			break
		}
		entries = append(entries, prepared)
	}
	if refused != nil && len(entries) == 0 {
		return nil, refused
	}
	answers, err := l.commit(ctx, in, entries)
	if failed, ok := errors.AsType[*EventError](err); ok && failed.Index > 0 {
		// The transaction is gone as a whole: those before it are recorded again.
		if answers, again := l.commit(ctx, in, entries[:failed.Index]); again != nil {
			return answers, again
		} else {
			return answers, err
		}
	}
	if err == nil {
		err = refused
	}
	return answers, err
}

// commit records events in one transaction, and with them how far their input
// has been taken.
func (l *Loop) commit(ctx context.Context, in *input, entries []entry) ([]Answer, error) {
	if len(entries) == 0 && in == nil {
		return nil, nil
	}
	var position Position
	if in != nil {
		position = in.after(len(entries))
	}
	var r recorder
	var answers []Answer
	err := l.store.Update(ctx, func(tx *store.Tx) error {
		r, answers = recorder{loop: l, tx: tx}, make([]Answer, 0, len(entries))
		for i, e := range entries {
			answer, err := r.record(e)
			if err != nil {
				return &EventError{Index: i, Err: err}
			}
			answers = append(answers, answer)
		}
		if in == nil {
			return nil
		}
		return r.setPosition(in.name, position)
	})
	if err != nil {
		return nil, err
	}
	r.tellBegun()
	if r.staged {
		return answers, l.completeExport(ctx)
	}
	return answers, nil
}

// entry is an event with what follows from it alone, worked out before the
// transaction in which it is recorded.
type entry struct {
	event.Event
	variables string // the design variables as JSON
	messages  []store.ErrorMessage
	insights  []store.Insight
}

// prepare checks an event, and works out what needs no look at the database.
func (l *Loop) prepare(e event.Event) (entry, error) {
	prepared := entry{Event: e}
	if err := e.Validate(); err != nil {
		return prepared, err
	}
	switch e := e.(type) {
	case event.Trial:
		prepared.variables, prepared.messages = event.EncodeVariables(e.DesignVariables), messages(e)
		if !e.NoLearn {
			prepared.insights = reflectOnTrial(e)
		}
	case event.Summary:
		if !e.NoSave {
			return prepared, l.probeExport()
		}
	}
	return prepared, nil
}

// messages are a trial's errors, with their classes, and its violations.
func messages(t event.Trial) []store.ErrorMessage {
	var messages []store.ErrorMessage
	for _, m := range t.Errors {
		messages = append(messages, store.ErrorMessage{Kind: store.SolverError, Class: classify(m), Message: m})
	}
	for _, m := range t.ConstraintViolations {
		messages = append(messages, store.ErrorMessage{Kind: store.ConstraintViolation, Class: "Constraint violated", Message: m})
	}
	return messages
}

// recorder records events in one transaction.
type recorder struct {
	loop   *Loop
	tx     *store.Tx
	begun  []string // studies that did not exist before
	staged bool     // playbook.json is to be written after the commit
}

// tellBegun gives notice of the studies that began, once they are committed.
func (r *recorder) tellBegun() {
	for _, name := range r.begun {
		r.loop.store.Notify(fmt.Sprintf("new study %q", name))
	}
}

func (r *recorder) record(e entry) (Answer, error) {
	if e.Head().Key != "" {
		first, err := r.firstAnswer(e)
		if first != nil || err != nil {
			return first, err
		}
	}
	return r.recordNew(e)
}

// recordNew records an event that was not recorded before.
func (r *recorder) recordNew(e entry) (Answer, error) {
	switch event := e.Event.(type) {
	case event.Trial:
		return r.trial(e, event)
	case event.ErrorReport:
		return r.errorReport(event)
	case event.Summary:
		return r.summary(event)
	case event.Reset:
		return r.reset(event)
	case event.Void:
		return r.void(event)
	}
	return nil, fmt.Errorf("%T is not an event that can be recorded", e.Event)
}

// study finds or begins the event's study.
func (r *recorder) study(h event.Header) (store.Study, error) {
	name := r.loop.study
	if h.Study != nil {
		name = h.Study
	}
	if name == nil {
		return store.Study{}, errors.New("the event names no study: name one, as the loop covers all studies")
	}
	if err := event.CheckText("study", *name); err != nil {
		return store.Study{}, err
	}
	id, begun, err := r.tx.EnsureStudy(*name)
	if begun {
		r.begun = append(r.begun, *name)
	}
	return store.Study{ID: id, Name: *name}, err
}

// time is when the event happened.
func (r *recorder) time(h event.Header) time.Time {
	if h.Time.IsZero() {
		return r.tx.Now()
	}
	return h.Time.UTC().Truncate(time.Microsecond)
}

// enter appends the event to the ledger.
func (r *recorder) enter(e event.Event, study int64, kind store.EventType, trial *int64, outcome *store.Outcome) (store.Event, error) {
	h := e.Head()
	entry := store.Event{Study: study, Type: kind, TrialNumber: trial, Time: r.time(h), Key: h.Key, Outcome: outcome}
	if h.Key != "" {
		entry.Digest = event.Digest(e)
	}
	var err error
	entry.ID, err = r.tx.Append(entry)
	return entry, err
}

// firstAnswer returns the answer of the event that came with the same key and
// content before, nil where the key is new.
func (r *recorder) firstAnswer(e entry) (Answer, error) {
	h := e.Head()
	study, err := r.study(h)
	if err != nil {
		return nil, err
	}
	id, stored, found, err := r.tx.EventByKey(study.ID, h.Key)
	if err != nil || !found {
		return nil, err
	}
	if !bytes.Equal(stored, event.Digest(e.Event)) {
		return nil, store.Fail(ErrConflict, "key %q: the study %q has an event with this key and other content; send the same content, or a new key",
			h.Key, study.Name)
	}
	duplicate := Acknowledgement{Duplicate: true}
	switch event := e.Event.(type) {
	case event.Trial:
		o, _, err := r.tx.Outcome(id)
		return TrialAnswer{
			TrialNumber: o.TrialNumber, Success: o.Success, ItemsUpdated: o.ItemsUpdated, InsightsExtracted: o.InsightsExtracted,
			Acknowledgement: duplicate,
		}, err
	case event.Summary:
		f, _, err := r.tx.Finalization(id)
		answer := finalizeAnswer(f)
		answer.Acknowledgement = duplicate
		return answer, err
	case event.Void:
		return r.firstVoid(event, study, id)
	}
	return duplicate, nil
}

func (r *recorder) trial(e entry, t event.Trial) (Answer, error) {
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
		ItemsUpdated: store.Counted(mentions), InsightsExtracted: len(e.insights),
	}
	outcome := store.Outcome{
		Success: t.Success, Objective: t.Objective,
		DesignVariables: e.variables,
		Extractor:       t.Extractor, DurationSeconds: t.DurationSeconds,
		ItemsUpdated: answer.ItemsUpdated, InsightsExtracted: answer.InsightsExtracted,
	}
	if t.Details != nil {
		details := string(t.Details)
		outcome.Details = &details
	}
	row, err := r.enter(t, study.ID, store.TrialEvent, &t.Number, &outcome)
	if err != nil {
		return nil, err
	}
	if err := r.tx.AddUsages(row, t.Success, mentions); err != nil {
		return nil, err
	}
	if err := r.tx.AddShown(row.ID, shown); err != nil {
		return nil, err
	}
	if err := r.tx.AddErrors(row.ID, e.messages); err != nil {
		return nil, err
	}
	return answer, r.tx.AddInsights(row.ID, study.ID, e.insights)
}

func (r *recorder) errorReport(e event.ErrorReport) (Answer, error) {
	study, err := r.study(e.Header)
	if err != nil {
		return nil, err
	}
	mentions, err := r.tx.Mentions(e.ContextItems)
	if err != nil {
		return nil, err
	}
	row, err := r.enter(e, study.ID, store.ErrorEvent, &e.TrialNumber, nil)
	if err != nil {
		return nil, err
	}
	if err := r.tx.AddBlames(row, mentions); err != nil {
		return nil, err
	}
	message := store.ErrorMessage{Kind: store.ReportedError, Class: e.ErrorType, Message: e.Message}
	if err := r.tx.AddErrors(row.ID, []store.ErrorMessage{message}); err != nil {
		return nil, err
	}
	return Acknowledgement{}, r.tx.AddInsights(row.ID, study.ID, []store.Insight{reflectOnError(e)})
}

func (r *recorder) reset(e event.Reset) (Answer, error) {
	study, err := r.study(e.Header)
	if err != nil {
		return nil, err
	}
	row, err := r.enter(e, study.ID, store.ResetEvent, nil, nil)
	if err != nil {
		return nil, err
	}
	return Acknowledgement{}, r.tx.ResetStudy(study.ID, row.ID)
}
