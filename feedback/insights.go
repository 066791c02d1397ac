package feedback

import (
	"context"
	"errors"

	"atomizer-db/feedback/event"
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// PendingInsight is advice that waits to be committed: all pending insights of a study
// that say the same, as a commit merges them.
type PendingInsight struct {
	ID          int64   `json:"id"` // of the first; in this database only
	Study       string  `json:"study"`
	Category    string  `json:"category"`
	Content     string  `json:"content"`               // of the first
	Generalized string  `json:"generalized,omitempty"` // of a mistake, for several trials: see [playbook.Generalize]
	Helpful     bool    `json:"helpful"`
	Insights    int64   `json:"insights"` // how many say so
	Trials      []int64 `json:"trials"`   // each once, in order; none: drawn from the study as a whole
	Trial       *int64  `json:"trial"`    // the first of them; null: none
}

// Insights lists the loop's pending insights in order of the first of those that say the
// same, study by study.
func (l *Loop) Insights(ctx context.Context) (pending []PendingInsight, err error) {
	err = l.store.View(ctx, func(rx store.Reader) error {
		pending = []PendingInsight{}
		studies, err := rx.Studies()
		if err != nil {
			return err
		}
		for _, study := range studies {
			if l.study != nil && study.Name != *l.study {
				continue
			}
			insights, err := rx.PendingInsights(study.ID, 0, -1)
			if err != nil {
				return err
			}
			pending = append(pending, joined(study.Name, insights)...)
		}
		return nil
	})
	return pending, err
}

// joined joins insights that say the same.
func joined(study string, insights []store.Insight) []PendingInsight {
	var pending []PendingInsight
	var ranges []playbook.Ranges
	index, known := map[string]int{}, map[string]map[int64]bool{}
	for _, i := range insights {
		same := identity(i.Category, i.Content)
		place, found := index[same]
		if !found {
			place = len(pending)
			index[same], known[same] = place, map[int64]bool{}
			ranges = append(ranges, playbook.NumbersOf(i.Content))
			pending = append(pending, PendingInsight{
				ID: i.ID, Study: study, Category: i.Category, Content: i.Content, Helpful: i.Helpful, Trials: []int64{}, Trial: i.TrialNumber,
			})
		}
		p := &pending[place]
		p.Insights++
		ranges[place].Widen(i.Content)
		if i.TrialNumber != nil && !known[same][*i.TrialNumber] {
			known[same][*i.TrialNumber] = true
			p.Trials = append(p.Trials, *i.TrialNumber)
		}
	}
	for i := range pending {
		p := &pending[i]
		if text := playbook.Generalize(p.Content, ranges[i], int64(len(p.Trials))); playbook.Category(p.Category) == playbook.Mistake && text != p.Content {
			p.Generalized = text
		}
	}
	return pending
}

// InsightTexts returns what pending insights of the loop's study say, by their ids in this
// database. It returns [ErrNoInsight] if the study has none with an id. If an event with
// the key was recorded before, it returns the insights that this event named, so that
// sending it again is a duplicate.
func (l *Loop) InsightTexts(ctx context.Context, key string, ids ...int64) ([]event.InsightText, error) {
	return ask(ctx, l, func(rx store.Reader, study *int64) (texts []event.InsightText, err error) {
		if study == nil {
			return nil, errors.New("insights are of one study: name it")
		}
		if key != "" {
			id, _, found, err := rx.EventByKey(*study, key)
			if err != nil {
				return nil, err
			}
			if found {
				choices, err := rx.InsightChoices(id)
				for _, c := range choices {
					texts = append(texts, event.InsightText{Category: c.Category, Content: c.Content})
				}
				return texts, err
			}
		}
		for _, id := range ids {
			insight, found, err := rx.PendingInsight(*study, id)
			if err == nil && !found {
				err = store.Fail(ErrNoInsight, "the study %q has no pending insight %d", l.StudyName(), id)
			}
			if err != nil {
				return nil, err
			}
			texts = append(texts, event.InsightText{Category: insight.Category, Content: insight.Content})
		}
		return texts, nil
	})
}

// CommitInsights commits pending insights of the study to the playbook, as [Loop.Finalize]
// does, without pruning. It returns [ErrNoInsight] if one that it names is not pending.
func (l *Loop) CommitInsights(ctx context.Context, commit event.CommitInsights) (InsightsAnswer, error) {
	return recordOne[InsightsAnswer](ctx, l, commit)
}

// RejectInsights drops pending insights of the study.
func (l *Loop) RejectInsights(ctx context.Context, reject event.RejectInsights) (InsightsAnswer, error) {
	return recordOne[InsightsAnswer](ctx, l, reject)
}

// EditInsight changes what pending insights of the study say. When they have been
// committed, insights that say what they said before merge into the same item.
func (l *Loop) EditInsight(ctx context.Context, edit event.EditInsight) (InsightsAnswer, error) {
	return recordOne[InsightsAnswer](ctx, l, edit)
}

// commitInsights records a commit.
func (r *recorder) commitInsights(e event.CommitInsights, row store.Entry) (Answer, error) {
	var chosen *choice
	if e.Insights != nil {
		chosen = newChoice(e.Insights)
	}
	id, err := r.chooseInsights(row, e.Insights, nil)
	if err != nil {
		return nil, err
	}
	done, err := r.commit(id, row, chosen)
	if err != nil {
		return nil, err
	}
	added := int64(len(done.added))
	return r.insightsAnswer(e, row, chosen, InsightsAnswer{Insights: added + done.merged, Added: added, Merged: done.merged})
}

// chooseInsights records an event and the insights that it names.
func (r *recorder) chooseInsights(row store.Entry, texts []event.InsightText, newContent *string) (id int64, err error) {
	if id, err = r.recordRow(row); err != nil {
		return id, err
	}
	choices := make([]store.InsightChoice, len(texts))
	for i, text := range texts {
		choices[i] = store.InsightChoice{Category: text.Category, Content: text.Content, NewContent: newContent}
	}
	return id, r.tx.AddInsightChoices(id, choices)
}

// insightsAnswer completes an answer, unless an insight that the event names is not pending.
func (r *recorder) insightsAnswer(e event.Event, row store.Entry, chosen *choice, answer InsightsAnswer) (Answer, error) {
	if err := chosen.missing(*r.nameOf(e.Head().Study)); err != nil {
		return nil, err
	}
	statistics, err := r.tx.StudyStatistics(row.Study)
	answer.Pending = statistics.Pending
	return answer, err
}

func (r *recorder) rejectInsights(e event.RejectInsights, row store.Entry) (Answer, error) {
	chosen, answer := newChoice(e.Insights), InsightsAnswer{}
	id, err := r.chooseInsights(row, e.Insights, nil)
	if err != nil {
		return nil, err
	}
	if err := r.tx.AddReason(id, e.Reason); err != nil {
		return nil, err
	}
	if err := r.eachPending(row.Study, chosen, func(insight store.Insight) error {
		answer.Insights++
		return r.tx.RejectInsight(insight.ID, id)
	}); err != nil {
		return nil, err
	}
	if err := r.tx.CountSettled(row.Study, answer.Insights); err != nil {
		return nil, err
	}
	return r.insightsAnswer(e, row, chosen, answer)
}

func (r *recorder) editInsight(e event.EditInsight, row store.Entry) (Answer, error) {
	texts := []event.InsightText{{Category: e.Category, Content: e.Content}}
	chosen, answer := newChoice(texts), InsightsAnswer{}
	if _, err := r.chooseInsights(row, texts, &e.NewContent); err != nil {
		return nil, err
	}
	if err := r.eachPending(row.Study, chosen, func(insight store.Insight) error {
		answer.Insights++
		return r.tx.EditInsight(insight.ID, e.NewContent)
	}); err != nil {
		return nil, err
	}
	return r.insightsAnswer(e, row, chosen, answer)
}
