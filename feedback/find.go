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
	err = l.store.View(ctx, func(rx *store.Rx) error {
		rows, err := rx.Items(false)
		if err != nil {
			return err
		}
		if rows, err = filter.filter(rows); err != nil {
			return err
		}
		matching := make(map[string]store.Item, len(rows))
		for _, row := range rows {
			matching[row.ID] = row
		}
		standings, err := l.ranked(rx, s.By)
		if err != nil {
			return err
		}
		standings = slices.DeleteFunc(standings, func(s standing) bool { _, matches := matching[s.ID]; return !matches })
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
			row := matching[standing.ID]
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
