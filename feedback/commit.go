package feedback

import (
	"time"

	"atomizer-db/feedback/history"
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// committed is the result of committing insights.
type committed struct {
	added  []ItemNote
	merged int64
}

// pendingPage is how many pending insights are held in memory at once.
const pendingPage = 1000

// commit adds pending insights of the row's study to the playbook, oldest first: those that are
// chosen, or all if chosen is nil. The event with the given id settles them.
func (r *recorder) commit(id int64, row store.Entry, chosen *choice) (done committed, err error) {
	numbers := widening{tx: r.tx, ranges: map[int64]playbook.Ranges{}, says: map[int64]string{}, changed: map[int64]bool{}}
	settled := int64(0)
	err = r.eachPending(row.Study, chosen, func(insight store.Insight) error {
		item, added, err := r.addInsight(insight, &row.Study, row.Time)
		if err != nil {
			return err
		}
		if added != nil {
			done.added = append(done.added, *added)
		} else {
			done.merged++
			if err := numbers.add(item, insight); err != nil {
				return err
			}
		}
		if said := insight.DrawnContent; said != nil {
			print := playbook.Fingerprint(playbook.Category(insight.Category), *said)
			if err := r.tx.AddItemText(item, insight.Category, print, id); err != nil {
				return err
			}
		}
		settled++
		return r.tx.SettleInsight(insight.ID, id, item, added != nil)
	})
	if err != nil {
		return done, err
	}
	if err := numbers.write(); err != nil {
		return done, err
	}
	return done, r.tx.CountSettled(row.Study, settled)
}

// eachPending calls do with the chosen pending insights of a study, oldest first.
func (r *recorder) eachPending(study int64, chosen *choice, do func(store.Insight) error) error {
	after := int64(0)
	for {
		insights, err := r.tx.PendingInsights(study, after, pendingPage)
		if err != nil {
			return err
		}
		for _, insight := range insights {
			after = insight.ID
			if !chosen.take(insight) {
				continue
			}
			if err := do(insight); err != nil {
				return err
			}
		}
		if len(insights) < pendingPage {
			return nil
		}
	}
}

// addInsight merges an insight into the live item that says the same, or that stands for
// what says the same. If there is none, it adds a new item with counts of zero and the next
// number of its category. A merge only adds the trial to source_trials: counts, content and
// version stay, and added is nil.
func (r *recorder) addInsight(insight store.Insight, study *int64, at time.Time) (item int64, added *ItemNote, err error) {
	category := playbook.Category(insight.Category)
	print := playbook.Fingerprint(category, insight.Content)
	item, found, err := r.tx.LiveItemFor(insight.Category, print)
	if err != nil {
		return 0, nil, err
	}
	if !found {
		id, err := history.NextID(r.tx, category)
		if err != nil {
			return 0, nil, err
		}
		item, err = r.tx.AddItem(store.Item{
			ID: id, Category: insight.Category, Content: insight.Content, Fingerprint: print,
			CreatedAt: playbook.FormatTime(at), Tags: "[]",
		})
		if err != nil {
			return 0, nil, err
		}
		added = &ItemNote{ID: id, Category: insight.Category, Content: insight.Content}
		if err := r.tx.Touch(1, at); err != nil {
			return 0, nil, err
		}
	}
	if insight.TrialNumber == nil {
		return item, added, nil
	}
	taught, err := r.tx.AddSourceTrial(item, *insight.TrialNumber, study)
	if err == nil && taught && found {
		err = r.tx.Touch(0, at)
	}
	return item, added, err
}
