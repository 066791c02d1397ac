package feedback

import (
	"slices"

	"atomizer-db/feedback/attribution"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/report"
	"atomizer-db/store"
)

// prune retires the items of the whole playbook that the finalize chooses.
func (r *recorder) prune(s event.Summary, id int64, row store.Entry, done *finalized) error {
	credits := credits{r: r}
	items, err := r.itemsToPrune(s, &credits)
	if err != nil || len(items) == 0 {
		return err
	}
	for _, item := range items {
		pruned := PrunedItem{ItemNote: note(item)}
		if r.loop.explains {
			credit, err := credits.of(item.ID)
			if err != nil {
				return err
			}
			pruned.Lift, pruned.Verdict, pruned.Warnings = credit.Lift, credit.Verdict, credit.Warnings
		}
		done.pruned = append(done.pruned, pruned)
	}
	// Only now, since credits are about live items.
	for _, item := range items {
		if err := r.tx.Retire(store.Retirement{
			Item: item.No, Reason: store.Pruned, Event: &id, RetiredUS: row.Time.UnixMicro(),
		}); err != nil {
			return err
		}
	}
	return r.tx.Touch(1, row.Time)
}

// itemsToPrune returns the live items that a finalize prunes, in order of arrival.
func (r *recorder) itemsToPrune(s event.Summary, credits *credits) ([]store.Item, error) {
	switch s.PruneRule() {
	case event.PruneNothing:
		return nil, nil
	case event.PruneByNetScore:
		return r.tx.LiveItemsAtOrBelow(s.PruneThreshold())
	}
	harms := func(id string) (bool, error) {
		credit, err := credits.of(id)
		return credit.Verdict == attribution.Harms, err
	}
	if s.PrunedItems != nil { // as decided when the event was first recorded
		harms = func(id string) (bool, error) { return slices.Contains(s.PrunedItems, id), nil }
	}
	items, err := r.tx.Items(false)
	if err != nil {
		return nil, err
	}
	var chosen []store.Item
	for _, item := range items {
		prune, err := harms(item.ID)
		if err != nil {
			return nil, err
		}
		if prune {
			chosen = append(chosen, item)
		}
	}
	return chosen, nil
}

// Spared counts the items that a finalize pruned, or would, by their net score and that
// attribution does not say do harm: pruning by attribution would spare them.
func Spared(summary event.Summary, pruned []PrunedItem) (count int) {
	if summary.PruneRule() != event.PruneByNetScore {
		return 0
	}
	for _, item := range pruned {
		if item.Verdict != attribution.Harms {
			count++
		}
	}
	return count
}

// credits are the credits of the live items over all studies. They are computed when the
// first is asked for.
type credits struct {
	r  *recorder
	by map[string]report.ItemCredit
}

func (c *credits) of(id string) (report.ItemCredit, error) {
	if c.by == nil {
		answer, err := report.NewAttribution(c.r.tx, nil)
		if err != nil {
			return report.ItemCredit{}, err
		}
		c.by = answer.Credits()
	}
	return c.by[id], nil
}
