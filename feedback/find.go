package feedback

import (
	"context"
	"slices"

	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// ItemSearch says which live items to find and in which order to list them.
type ItemSearch struct {
	Search     string              // only items that contain all its words, see [search.Words]; "": all
	Categories []playbook.Category // only these; none: all
	By         Ranking             // the order; "" is ByNetScore
	Offset     int                 // leave out the first ones
	Limit      int                 // list at most so many; 0: no limit
}

// FoundItems are items that an [ItemSearch] found.
type FoundItems struct {
	Items []FoundItem `json:"items"` // the best first
	Total int         `json:"total"` // how many there are without Offset and Limit
}

// FoundItem is a live item and what it can be ranked by.
type FoundItem struct {
	Item
	Rank         int   `json:"rank"`           // its place among all items that were found, from 1
	TrialsUsedIn int64 `json:"trials_used_in"` // of the loop's study
	RankValues
}

// FindItems lists the live items that a search finds. It returns an [*event.FieldError] for
// a search that is wrong.
func (l *Loop) FindItems(ctx context.Context, s ItemSearch) (found FoundItems, err error) {
	filter := ContextOptions{Search: s.Search, Categories: s.Categories, By: s.By}
	if err := filter.Validate(); err != nil {
		return found, err
	}
	err = l.store.View(ctx, func(rx store.Reader) error {
		standings, err := l.ranked(rx, s.By)
		if err != nil {
			return err
		}
		if filter.searches() || len(filter.Categories) > 0 {
			if standings, err = filter.matching(rx, standings); err != nil {
				return err
			}
		}
		found = FoundItems{Items: []FoundItem{}, Total: len(standings)}
		from := min(max(s.Offset, 0), len(standings))
		to := len(standings)
		if s.Limit > 0 {
			to = min(from+s.Limit, to)
		}
		general, err := newGeneralizer(rx)
		if err != nil {
			return err
		}
		for n, standing := range standings[from:to] {
			row, err := findItem(rx, standing.ID)
			if err != nil {
				return err
			}
			sources, err := rx.SourceTrials(row.No)
			if err != nil {
				return err
			}
			item, err := toItem(rx, row, sources, general)
			if err != nil {
				return err
			}
			found.Items = append(found.Items, FoundItem{item, from + n + 1, standing.TrialsUsedIn, standing.RankValues})
		}
		return nil
	})
	return found, err
}

// matching returns the standings of the items that the options allow.
func (o ContextOptions) matching(rx store.Reader, standings []standing) ([]standing, error) {
	items, err := rx.Items(false)
	if err != nil {
		return nil, err
	}
	if items, err = o.filter(items); err != nil {
		return nil, err
	}
	allowed := make(map[string]bool, len(items))
	for _, item := range items {
		allowed[item.ID] = true
	}
	return slices.DeleteFunc(standings, func(s standing) bool { return !allowed[s.ID] }), nil
}
