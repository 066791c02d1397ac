package history

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// snapshot is the playbook at one time, as far as events of studies do not make it.
type snapshot struct {
	book     store.Playbook
	begun    bool
	numbers  map[string]int64
	items    []store.Item // by arrival
	sources  map[int64][]store.SourceTrial
	frames   []event.FrameChange
	adjusted int64 // the newest adjustment
}

func takeSnapshot(rx store.Reader) (s snapshot, err error) {
	if s.begun, err = rx.PlaybookBegun(); err != nil {
		return s, err
	}
	if s.begun {
		s.book, err = rx.Playbook()
	}
	if err != nil {
		return s, err
	}
	if s.numbers, err = rx.Numbers(); err != nil {
		return s, err
	}
	if s.items, err = rx.Items(true); err != nil {
		return s, err
	}
	sources, err := rx.AllSources()
	if err != nil {
		return s, err
	}
	s.sources = map[int64][]store.SourceTrial{}
	for _, source := range sources {
		s.sources[source.Item] = append(s.sources[source.Item], source)
	}
	if s.frames, err = frameChanges(rx); err != nil {
		return s, err
	}
	s.adjusted, err = rx.LastAdjustment()
	return s, err
}

// changeTo returns the event that makes the playbook what it is after, nil if it is the
// same.
func (s snapshot) changeTo(rx store.Reader, after snapshot) (*event.Playbook, error) {
	change := event.Playbook{Start: !s.begun, Version: after.book.Version, Undated: s.begun && s.book.ChangedUS == after.book.ChangedUS, LastNumbers: map[string]int64{}}
	if !change.Undated && after.book.ChangedUS == 0 {
		change.LastUpdated = after.book.LastUpdatedAt
	}
	if !equalText(s.book.CreatedAt, after.book.CreatedAt) {
		change.CreatedAt = after.book.CreatedAt
	}
	if s.book.CreatedUS != after.book.CreatedUS {
		change.Created = time.UnixMicro(after.book.CreatedUS).UTC()
	}
	for i, frame := range after.frames {
		if i >= len(s.frames) || !equalFrames(s.frames[i], frame) {
			change.Frames = append(change.Frames, frame)
		}
	}
	if !equalText(s.book.Extra, after.book.Extra) {
		change.Fields = fieldsIn(after.book.Extra)
	}
	for prefix, number := range after.numbers {
		if before, given := s.numbers[prefix]; !given || number > before {
			change.LastNumbers[prefix] = number
		}
	}
	adjustments, err := rx.AdjustmentsAfter(s.adjusted)
	if err != nil {
		return nil, err
	}
	adjusted := map[int64][]store.Adjustment{}
	for _, a := range adjustments {
		adjusted[a.Item] = append(adjusted[a.Item], a)
	}
	before := map[int64]*store.Item{}
	for i := range s.items {
		before[s.items[i].No] = &s.items[i]
	}
	for _, item := range after.items {
		changes, err := itemChanges(before[item.No], item, s.sources[item.No], after.sources[item.No], adjusted[item.No])
		if err != nil {
			return nil, err
		}
		change.Items = append(change.Items, changes...)
	}
	if change.Undated && s.book.Version == after.book.Version && change.Fields == nil && change.CreatedAt == nil && change.Created.IsZero() &&
		len(change.LastNumbers)+len(change.Items)+len(change.Frames) == 0 {
		return nil, nil
	}
	return &change, nil
}

// itemChanges returns the changes of an item, none if it is the same. before is nil for a new item.
func itemChanges(before *store.Item, after store.Item, hadSources, sources []store.SourceTrial, adjusted []store.Adjustment) (changes []event.ItemChange, err error) {
	isNew := before == nil
	if isNew {
		before = &store.Item{Tags: "[]"}
	}
	change := event.ItemChange{ID: after.ID}
	something := isNew
	set := func(to **string, was, is string) {
		if isNew || was != is {
			*to, something = &is, true
		}
	}
	set(&change.Category, before.Category, after.Category)
	set(&change.Content, before.Content, after.Content)
	set(&change.CreatedAt, before.CreatedAt, after.CreatedAt)
	if !equalText(before.LastUsedAt, after.LastUsedAt) || before.LastUsedUS != nil && after.LastUsedUS == nil {
		something = true
		if change.LastUsed, err = json.Marshal(after.LastUsedAt); err != nil {
			return nil, err
		}
	}
	if before.Tags != after.Tags {
		something, change.Tags = true, []string{}
		if err := json.Unmarshal([]byte(after.Tags), &change.Tags); err != nil {
			return nil, store.Inconsistent("the tags of item %q: %v", after.ID, err)
		}
	}
	if !equalText(before.Extra, after.Extra) {
		something, change.Fields = true, fieldsIn(after.Extra)
	}
	change.Removed, change.Sources = sourceChanges(hadSources, sources)
	if retired := after.Retirement != nil; retired != (before.Retirement != nil) {
		change.Retired = &retired
	}
	if len(adjusted) > 0 {
		change.Helpful, change.Harmful, adjusted = adjusted[0].Helpful, adjusted[0].Harmful, adjusted[1:]
		something = true
	}
	if something || change.Retired != nil || len(change.Removed)+len(change.Sources) > 0 {
		changes = append(changes, change)
	}
	for _, a := range adjusted {
		changes = append(changes, event.ItemChange{ID: after.ID, Helpful: a.Helpful, Harmful: a.Harmful})
	}
	return changes, nil
}

// sourceChanges returns the numbers of trials that an import removed from the sources of an
// item, and those that it added then.
func sourceChanges(before, after []store.SourceTrial) (removed, added []int64) {
	rows, merges := map[sourceRow]bool{}, map[sourceRow]*int64{}
	for _, source := range after {
		rows[rowOf(source)] = true
	}
	for _, source := range before {
		row := rowOf(source)
		if !rows[row] && !slices.Contains(removed, source.Number) {
			removed = append(removed, source.Number)
		}
		merges[row] = source.Merge
	}
	for _, source := range after {
		merge, old := merges[rowOf(source)]
		if !old || merge != nil && source.Merge == nil {
			added = append(added, source.Number)
		}
	}
	return removed, added
}

// sourceRow identifies a row of source trials. Its id alone does not, since SQLite gives the
// id of a row that was deleted to another.
type sourceRow struct {
	id, number int64
	hasStudy   bool
}

func rowOf(s store.SourceTrial) sourceRow { return sourceRow{s.ID, s.Number, s.Study != nil} }

// fieldsIn returns the other fields of an item or of the playbook, an empty object for none.
func fieldsIn(extra *string) jsontext.Value {
	if extra == nil {
		return jsontext.Value("{}")
	}
	return jsontext.Value(*extra)
}
