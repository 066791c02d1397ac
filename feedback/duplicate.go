package feedback

import (
	"bytes"

	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// firstAnswer returns the answer of the earlier event that has the key of a row, and the same
// content. Other content is an [ErrConflict].
func (r *recorder) firstAnswer(e entry, row store.Entry, first store.Claimed) (Answer, error) {
	id := first.Event
	same := bytes.Equal(first.Digest, row.Digest)
	if !same {
		var err error
		if same, err = r.isAsRecorded(e.Event, id, first.Digest); err != nil {
			return nil, err
		}
	}
	if !same {
		return nil, store.Fail(ErrConflict, "key %q: the study %q has an event with this key but other content: send the same content, or use a new key",
			row.Key, *r.nameOf(e.Head().Study))
	}
	duplicate := Acknowledgement{Duplicate: true}
	switch event := e.Event.(type) {
	case event.Trial:
		o, _, err := r.tx.Outcome(id)
		if err != nil {
			return nil, err
		}
		named, err := r.namedInVain(id)
		return TrialAnswer{
			TrialNumber: o.TrialNumber, Success: o.Success, ItemsUpdated: o.ItemsUpdated, InsightsExtracted: o.InsightsExtracted,
			Named: named, Acknowledgement: duplicate,
		}, err
	case event.Summary:
		f, _, err := r.tx.Finalization(id)
		answer := finalizeAnswer(f)
		answer.Acknowledgement = duplicate
		return answer, err
	case event.Void:
		return r.firstVoid(event, row.Study, id)
	case event.ErrorReport:
		named, err := r.namedInVain(id)
		return ErrorAnswer{Named: named, Acknowledgement: duplicate}, err
	case event.CommitInsights, event.RejectInsights, event.EditInsight:
		answer, err := r.firstInsights(id, row.Study)
		answer.Acknowledgement = duplicate
		return answer, err
	}
	if _, item, ofItem := itemOf(e.Event); ofItem {
		answer, err := r.itemAnswer(item)
		answer.Acknowledgement = duplicate
		return answer, err
	}
	return duplicate, nil
}

// isAsRecorded reports whether an event is the recorded one if what it leaves out, its time
// and a void's attempt, is as it was recorded. Exported events hold both, but their senders
// may send them without.
func (r *recorder) isAsRecorded(e event.Event, id int64, digest []byte) (bool, error) {
	at, err := r.tx.EventTime(id)
	if err != nil {
		return false, err
	}
	if v, ok := e.(event.Void); ok && v.Attempt == 0 {
		voided, err := r.tx.VoidedAttempt(id)
		if err != nil {
			return false, err
		}
		v.Attempt = voided.Attempt
		e = v
	}
	if e.Head().Time.IsZero() {
		e = event.With(e, func(h *event.Header) { h.Time = at })
	}
	return bytes.Equal(event.Digest(e), digest), nil
}

// firstInsights returns the answer of an event about insights that was recorded before. How
// many an edit concerned is not kept.
func (r *recorder) firstInsights(id, study int64) (answer InsightsAnswer, err error) {
	settled, err := r.tx.SettledBy(id)
	if err != nil {
		return answer, err
	}
	statistics, err := r.tx.StudyStatistics(study)
	return InsightsAnswer{
		Insights: settled.Insights, Added: settled.Added, Merged: settled.Merged, Pending: statistics.Pending,
	}, err
}
