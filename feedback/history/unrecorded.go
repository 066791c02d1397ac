package history

import (
	"cmp"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// Databases with a schema before 6 did not store the changes of the playbook that no event
// made. Their first stored change makes the playbook what it was when it was migrated. What
// happened before is made up here from what the ledger tells: items come after the last item
// of an event that arrived before them, and after events that named them in vain.

// withStart returns the stored changes of the playbook with those that were not stored, if
// there are any.
func withStart(rx store.Reader, stored []store.PlaybookChange) ([]store.PlaybookChange, error) {
	if len(stored) == 0 {
		return nil, nil
	}
	first, err := decodeChange(stored[0])
	if err != nil || first.Start {
		return stored, err
	}
	u := unrecorded{rx: rx, until: stored[0], known: map[string]bool{}, arrived: map[string]int64{}, changes: map[int64]*event.Playbook{}}
	for _, item := range first.Items {
		u.known[item.ID] = true
	}
	made, err := u.list(first.Version)
	return append(made, stored...), err
}

func decodeChange(change store.PlaybookChange) (event.Playbook, error) {
	e, err := event.Decode([]byte(change.Content))
	p, ok := e.(event.Playbook)
	if err != nil || !ok {
		return p, store.Inconsistent("a change of the playbook after event %d cannot be read: %v", change.AfterEvent, err)
	}
	return p, nil
}

// unrecorded makes up the changes that were not stored.
type unrecorded struct {
	rx      store.Reader
	until   store.PlaybookChange      // the first that was
	known   map[string]bool           // ids of the items then
	arrived map[string]int64          // the events before items that no event added
	changes map[int64]*event.Playbook // by the event before
}

// after returns the change after an event.
func (u *unrecorded) after(id int64) *event.Playbook {
	if u.changes[id] == nil {
		u.changes[id] = &event.Playbook{Start: id == 0, Header: event.Header{Time: time.UnixMicro(u.until.TimeUS).UTC()}}
	}
	return u.changes[id]
}

func (u *unrecorded) list(version int64) ([]store.PlaybookChange, error) {
	u.after(0)
	adjustments, err := u.adjustments()
	if err != nil {
		return nil, err
	}
	if err := u.addItems(adjustments); err != nil {
		return nil, err
	}
	u.adjust(adjustments)
	if err := u.remove(); err != nil {
		return nil, err
	}
	byEvents, err := u.rx.VersionsByEvents(u.until.AfterEvent)
	if err != nil {
		return nil, err
	}
	var list []store.PlaybookChange
	for id, change := range u.changes {
		before, err := u.rx.VersionsByEvents(id)
		if err != nil {
			return nil, err
		}
		change.Version = version - byEvents + before
		list = append(list, store.PlaybookChange{AfterEvent: id, Content: string(event.Encode(*change))})
	}
	slices.SortFunc(list, func(a, b store.PlaybookChange) int { return cmp.Compare(a.AfterEvent, b.AfterEvent) })
	return list, nil
}

func (u *unrecorded) addItems(adjustments []adjustment) error {
	items, err := u.rx.UnrecordedItems()
	if err != nil {
		return err
	}
	all, err := u.rx.AllSources()
	if err != nil {
		return err
	}
	sources := map[int64][]int64{}
	for _, source := range all {
		if source.Study == nil && source.Merge == nil {
			sources[source.Item] = append(sources[source.Item], source.Number)
		}
	}
	last := int64(0)
	for _, item := range items {
		if !u.known[item.ID] {
			continue // a stored change added it
		}
		change := event.ItemChange{
			ID: item.ID, Category: &item.Category, Content: &item.Content, CreatedAt: &item.CreatedAt, Sources: sources[item.No],
			Fields: fieldsIn(item.Extra),
		}
		if item.FirstContent != nil {
			change.Content = item.FirstContent
		}
		tags := item.Tags
		if item.FirstTags != nil {
			tags = *item.FirstTags
		}
		if err := json.Unmarshal([]byte(tags), &change.Tags); err != nil {
			return store.Inconsistent("the tags of item %q: %v", item.ID, err)
		}
		if item.LastUsedAt != nil {
			if change.LastUsed, err = json.Marshal(*item.LastUsedAt); err != nil {
				return err
			}
		}
		arrived := max(last, item.Before, item.InVain)
		for _, a := range adjustments {
			if a.id == item.ID {
				arrived = min(arrived, a.AfterEvent)
			}
		}
		u.arrived[item.ID], last = arrived, arrived
		u.after(arrived).Items = append(u.after(arrived).Items, change)
	}
	return nil
}

// adjustment is an adjustment that no event made, and the id of its item.
type adjustment struct {
	store.Adjustment
	id string
}

func (u *unrecorded) adjustments() (list []adjustment, err error) {
	all, err := u.rx.AdjustmentsAfter(0)
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if a.Event != nil || a.TimeUS >= u.until.TimeUS {
			continue
		}
		item, err := u.rx.ItemByNumber(a.Item)
		if err != nil {
			return nil, err
		}
		list = append(list, adjustment{a, item.ID})
	}
	return list, nil
}

func (u *unrecorded) adjust(adjustments []adjustment) {
	for _, a := range adjustments {
		at := u.after(a.AfterEvent)
		at.Time = time.UnixMicro(a.TimeUS).UTC()
		at.Items = append(at.Items, event.ItemChange{ID: a.id, Helpful: a.Helpful, Harmful: a.Harmful})
	}
}

// remove retires the items that imports retired, and restores those that no event restored.
func (u *unrecorded) remove() error {
	removed, err := u.rx.RemovedItems(u.until.TimeUS)
	for _, item := range removed {
		at := u.after(max(item.Seen, u.arrived[item.ID]))
		at.Items = append(at.Items, event.ItemChange{ID: item.ID, Retired: new(true)})
	}
	if err != nil {
		return err
	}
	restored, err := u.rx.RestoredItems(u.until.TimeUS)
	for _, item := range restored {
		at := u.after(item.After)
		at.Items = append(at.Items, event.ItemChange{ID: item.ID, Retired: new(false)})
	}
	return err
}
