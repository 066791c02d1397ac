package feedback

import (
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// generalizer says how mistakes are shown that were learned from several trials.
type generalizer struct {
	trials  map[int64]int64 // by item
	numbers map[int64]playbook.Ranges
}

func newGeneralizer(rx *store.Rx) (g generalizer, err error) {
	if g.trials, err = rx.CountSourceTrials(); err != nil {
		return g, err
	}
	numbers, err := rx.AllItemNumbers()
	g.numbers = map[int64]playbook.Ranges{}
	for _, n := range numbers {
		g.numbers[n.Item] = append(g.numbers[n.Item], playbook.Range{Low: n.Low, High: n.High})
	}
	return g, err
}

// text returns what an item says as it is shown.
func (g generalizer) text(item store.Item) string {
	if playbook.Category(item.Category) != playbook.Mistake {
		return item.Content
	}
	ranges := g.numbers[item.No]
	if ranges == nil {
		ranges = playbook.NumbersOf(item.Content)
	}
	return playbook.Generalize(item.Content, ranges, g.trials[item.No])
}
