package feedback

import (
	"errors"
	"fmt"
	"time"

	"atomizer-db/feedback/event"
	"atomizer-db/feedback/history"
	"atomizer-db/store"
)

// recorder records events in one transaction.
type recorder struct {
	loop   *Loop
	tx     store.Writer
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
		size, err := r.untilCommit(entries[next : next+together(entries[next:])])
		if err != nil {
			return nil, err
		}
		group := entries[next : next+size]
		var more []Answer
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
	placed := make([]store.Entry, len(group))
	for i, e := range group {
		var err error
		if placed[i], err = r.place(e); err != nil {
			return nil, &EventError{Index: i, Err: err}
		}
	}
	claimed, err := r.tx.Claim(placed)
	if err != nil {
		return nil, err
	}
	rows, places := make([]store.Entry, 0, len(group)), make([]int, 0, len(group))
	for i, row := range placed {
		if !claimed[i].Found {
			rows, places = append(rows, row), append(places, i)
			continue
		}
		if answers[i], err = r.firstAnswer(group[i], row, claimed[i]); err != nil {
			return nil, &EventError{Index: i, Err: err}
		}
	}
	receipts, err := r.tx.Record(rows)
	if err != nil {
		return nil, err
	}
	named, err := r.namings(receipts)
	if failed, ok := errors.AsType[*EventError](err); ok {
		failed.Index = places[failed.Index]
	}
	if err != nil {
		return nil, err
	}
	for n, receipt := range receipts {
		answers[places[n]] = group[places[n]].answer(receipt, named[n])
	}
	return answers, r.commitAfter(group[len(group)-1], answers)
}

// recordAlone records an event of another type.
func (r *recorder) recordAlone(e entry) ([]Answer, error) {
	if answer, err := r.recordStart(e.Event); answer != nil || err != nil {
		if err != nil {
			return nil, &EventError{Err: err}
		}
		return []Answer{answer}, nil
	}
	row, answer, err := r.claim(e)
	if err == nil && answer == nil {
		switch event := e.Event.(type) {
		case event.Summary:
			answer, err = r.summary(event, row)
		case event.Reset:
			answer, err = r.reset(row)
		case event.Void:
			answer, err = r.void(event, row)
		case event.CommitInsights:
			answer, err = r.commitInsights(event, row)
		case event.RejectInsights:
			answer, err = r.rejectInsights(event, row)
		case event.EditInsight:
			answer, err = r.editInsight(event, row)
		default:
			answer, err = r.change(event, row)
		}
	}
	if err != nil {
		return nil, &EventError{Err: err}
	}
	return []Answer{answer}, nil
}

// recordStart records an event that is not in the ledger, because it is not about what
// happened in a study. It returns nil for another event.
func (r *recorder) recordStart(e event.Event) (Answer, error) {
	switch e := e.(type) {
	case event.Study:
		return Acknowledgement{}, r.begin(e)
	case event.Playbook:
		return Acknowledgement{}, history.ApplyPlaybook(r.tx, e)
	}
	return nil, nil
}

// begin creates a study, unless it exists.
func (r *recorder) begin(s event.Study) error {
	id, err := r.studyAt(s.Study, s.Time)
	if err != nil {
		return err
	}
	return r.direct(id, s.Header)
}

// claim returns the row of an event, after taking its key. For a duplicate it also returns
// the answer of the first event with the same key.
func (r *recorder) claim(e entry) (row store.Entry, first Answer, err error) {
	if row, err = r.place(e); err != nil || row.Key == "" {
		return row, nil, err
	}
	claimed, err := r.tx.Claim([]store.Entry{row})
	if err == nil && claimed[0].Found {
		first, err = r.firstAnswer(e, row, claimed[0])
	}
	return row, first, err
}

// place returns the row of an event with its study and time.
func (r *recorder) place(e entry) (row store.Entry, err error) {
	row = e.row
	if row.Study, err = r.studyOf(e.Event); err != nil {
		return row, err
	}
	if row.Time.IsZero() {
		row.Time = r.tx.Now()
	}
	return row, nil
}

// studyOf finds or creates the study of an event, and takes over its direction. An event about
// an item belongs to no study more than to another, so that none is created for it if there
// are any.
func (r *recorder) studyOf(e event.Event) (id int64, err error) {
	name := e.Head().Study
	if _, _, ofItem := itemOf(e); ofItem && name == nil {
		if name, err = r.anyStudy(); err != nil {
			return 0, err
		}
	}
	if id, err = r.study(name); err != nil {
		return 0, err
	}
	return id, r.direct(id, e.Head())
}

// anyStudy returns the loop's study if it exists, else the oldest one, else nil.
func (r *recorder) anyStudy() (name *string, err error) {
	studies, err := r.tx.Studies()
	for i, study := range studies {
		if i == 0 || r.loop.study != nil && study.Name == *r.loop.study {
			name = &study.Name
		}
	}
	return name, err
}

// direct takes over the direction of an event. The first one of a study counts.
func (r *recorder) direct(study int64, head event.Header) error {
	if head.Direction == "" {
		return nil
	}
	given, err := r.tx.GivenDirection(study)
	switch {
	case err != nil || given == head.Direction:
		return err
	case given == "":
		return r.tx.SetDirection(study, head.Direction)
	}
	name := *r.nameOf(head.Study)
	return store.Fail(ErrConflict, "direction: the study %q is to %s, not to %s: leave the direction out, or change the study's with `atomizer-db studies set`",
		name, given, head.Direction)
}

// study finds or creates a study, the loop's if name is nil.
func (r *recorder) study(name *string) (id int64, err error) { return r.studyAt(name, r.tx.Now()) }

// studyAt is study for one that is created at a time, the zero time for now.
func (r *recorder) studyAt(name *string, at time.Time) (id int64, err error) {
	if name = r.nameOf(name); name == nil {
		return 0, errors.New("the event names no study: name one, because this loop covers all studies")
	}
	if err := event.CheckText("study", *name); err != nil {
		return 0, err
	}
	if at.IsZero() {
		at = r.tx.Now()
	}
	id, begun, err := r.tx.EnsureStudy(*name, at)
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
