package feedback

import (
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// generalizer says how mistakes are shown that were learned from several trials.
type generalizer struct {
	rx      store.Reader
	trials  map[int64]int64 // by item
	numbers map[int64]playbook.Ranges
}

func newGeneralizer(rx store.Reader) (g generalizer, err error) {
	g.rx = rx
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
func (g generalizer) text(item store.Item) (string, error) {
	if playbook.Category(item.Category) != playbook.Mistake || g.trials[item.No] <= 1 {
		return item.Content, nil
	}
	ranges, stored := g.numbers[item.No]
	if !stored { // of an item without numbers, or one that no commit has reached since the schema has ranges
		var err error
		if ranges, _, err = rangesOf(g.rx, item); err != nil {
			return "", err
		}
	}
	return playbook.Generalize(item.Content, ranges, g.trials[item.No]), nil
}
