package feedback

import (
	"errors"
	"fmt"
	"time"

	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// recorder records events in one transaction.
type recorder struct {
	loop   *Loop
	tx     *store.Tx
	begun  []string // studies that did not exist before
	staged bool     // playbook.json is to be written after the commit

	until time.Time // no event begins later, the zero time: no limit
}

// announceStudies sends a notice for each new study. It is called after the commit.
func (r *recorder) announceStudies() {
	for _, name := range r.begun {
		r.loop.store.Notify(fmt.Sprintf("new study %q", name))
	}
}

// record records events in order and answers each: all of them, or those up to a
// finalize that exports or to the end of the time. The error of an event is an
// [*EventError].
func (r *recorder) record(entries []entry) ([]Answer, error) {
	answers := make([]Answer, 0, len(entries))
	for next := 0; next < len(entries) && !r.ends(); next = len(answers) {
		group := entries[next : next+together(entries[next:])]
		var more []Answer
		var err error
		if group[0].counts() {
			more, err = r.recordTogether(group)
		} else {
			more, err = r.recordAlone(group[0])
		}
		if failed, ok := errors.AsType[*EventError](err); ok {
			return nil, &EventError{Index: next + failed.Index, Err: failed.Err}
		}
		if err != nil {
			return nil, err
		}
		answers = append(answers, more...)
	}
	return answers, nil
}

// ends reports whether the transaction is to be committed before the next event.
func (r *recorder) ends() bool {
	return r.staged || (!r.until.IsZero() && time.Now().After(r.until))
}

// mostTogether bounds how many events one call of the store records, so that time is
// looked at in between.
const mostTogether = 256

// together is how many of the next events are recorded by one call of the store: as
// many trials and errors as follow each other with different keys. Of other events it
// is one.
func together(entries []entry) int {
	entries = entries[:min(len(entries), mostTogether)]
	keys := map[string]bool{}
	for i, e := range entries {
		if !e.counts() || keys[e.row.Key] {
			return max(i, 1)
		}
		if e.row.Key != "" {
			keys[e.row.Key] = true
		}
	}
	return len(entries)
}

// recordTogether records trials and errors.
func (r *recorder) recordTogether(group []entry) ([]Answer, error) {
	answers := make([]Answer, len(group))
	rows, places := make([]store.Entry, 0, len(group)), make([]int, 0, len(group))
	for i, e := range group {
		row, first, err := r.place(e)
		if err != nil {
			return nil, &EventError{Index: i, Err: err}
		}
		if first != nil {
			answers[i] = first
			continue
		}
		rows, places = append(rows, row), append(places, i)
	}
	receipts, err := r.tx.Record(rows)
	if err != nil {
		return nil, err
	}
	for n, receipt := range receipts {
		answers[places[n]] = group[places[n]].answer(receipt)
	}
	return answers, nil
}

// recordAlone records an event of another type.
func (r *recorder) recordAlone(e entry) ([]Answer, error) {
	row, answer, err := r.place(e)
	if err == nil && answer == nil {
		switch event := e.Event.(type) {
		case event.Summary:
			answer, err = r.summary(event, row)
		case event.Reset:
			answer, err = r.reset(row)
		case event.Void:
			answer, err = r.void(event, row)
		default:
			err = fmt.Errorf("%T is not an event that can be recorded", e.Event)
		}
	}
	if err != nil {
		return nil, &EventError{Err: err}
	}
	return []Answer{answer}, nil
}

// place returns the row of an event with its study and time. For a duplicate it also
// returns the answer of the first event with the same key.
func (r *recorder) place(e entry) (row store.Entry, first Answer, err error) {
	row = e.row
	if row.Study, err = r.study(e.Head().Study); err != nil {
		return row, nil, err
	}
	if row.Time.IsZero() {
		row.Time = r.tx.Now()
	}
	if row.Key != "" {
		first, err = r.firstAnswer(e, row)
	}
	return row, first, err
}

// study finds or creates a study, the loop's if name is nil.
func (r *recorder) study(name *string) (id int64, err error) {
	if name = r.nameOf(name); name == nil {
		return 0, errors.New("the event names no study: name one, because this loop covers all studies")
	}
	if err := event.CheckText("study", *name); err != nil {
		return 0, err
	}
	id, begun, err := r.tx.EnsureStudy(*name)
	if begun {
		r.begun = append(r.begun, *name)
	}
	return id, err
}

// nameOf returns the name of an event's study, the loop's if the event names none.
func (r *recorder) nameOf(study *string) *string {
	if study == nil {
		return r.loop.study
	}
	return study
}

// recordRow records the row of one event and returns the event's position in the
// ledger.
func (r *recorder) recordRow(row store.Entry) (int64, error) {
	receipts, err := r.tx.Record([]store.Entry{row})
	if err != nil {
		return 0, err
	}
	return receipts[0].Event, nil
}

func (r *recorder) reset(row store.Entry) (Answer, error) {
	id, err := r.recordRow(row)
	if err != nil {
		return nil, err
	}
	return Acknowledgement{}, r.tx.ResetStudy(row.Study, id)
}
