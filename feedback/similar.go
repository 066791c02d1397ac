package feedback

import (
	"context"

	"atomizer-db/feedback/search"
	"atomizer-db/store"
)

// SimilarPair is two live items that say nearly the same. Their categories may differ.
type SimilarPair struct {
	Similarity float64     `json:"similarity"` // the share of their words that both have: 0 to 1, see [search.Similar]
	Items      [2]ItemNote `json:"items"`      // in order of arrival
}

// DefaultSimilarity is a threshold for [Loop.SimilarItems] from which items mostly say
// the same. Two items of eight words that differ in two of them reach it: they share six
// of ten words.
const DefaultSimilarity = 0.6

// SimilarItems lists the pairs of live items whose similarity is threshold or more, the
// most similar first. Ties keep the order of arrival. It lists at most limit pairs, since
// 10,000 items with the same words make 50 million.
func (l *Loop) SimilarItems(ctx context.Context, threshold float64, limit int) ([]SimilarPair, error) {
	var items []store.Item
	if err := l.store.View(ctx, func(rx store.Reader) (err error) {
		items, err = rx.Items(false)
		return err
	}); err != nil {
		return nil, err
	}
	found, err := search.Similar(ctx, contents(items), threshold, limit)
	if err != nil {
		return nil, err
	}
	pairs := make([]SimilarPair, 0, len(found))
	for _, p := range found {
		pairs = append(pairs, SimilarPair{p.Similarity, [2]ItemNote{note(items[p.First]), note(items[p.Second])}})
	}
	return pairs, nil
}

func note(i store.Item) ItemNote {
	return ItemNote{ID: i.ID, Category: i.Category, Content: i.Content, NetScore: i.Helpful - i.Harmful}
}
