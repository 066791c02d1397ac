package history

import (
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// advice identifies an item by what it says.
type advice struct{ category, content string }

// matches finds the item in the database that corresponds to each item of a file.
type matches struct {
	byFile    map[inFile][]*store.Item // as the file had them when it was last imported, in its order
	byFileID  map[string][]*store.Item // the same by their ids in the file alone
	byID      map[string]*store.Item
	byAdvice  map[advice][]*store.Item // by arrival
	byContent map[string][]*store.Item // by arrival
	taken     map[int64]bool           // items here that already match an item of the file, or will
	found     map[int64]bool           // items here that were already found: a file may have an id twice
}

// inFile identifies an item of a file by its id there and what it said.
type inFile struct{ id, content string }

// match prepares to find the items of a file. was are its items when it was last imported.
func match(ours []store.Item, book playbook.File, was []framedItem) matches {
	m := matches{
		byFile: map[inFile][]*store.Item{}, byFileID: map[string][]*store.Item{}, byID: map[string]*store.Item{}, byAdvice: map[advice][]*store.Item{}, byContent: map[string][]*store.Item{},
		taken: map[int64]bool{}, found: map[int64]bool{},
	}
	byNumber := map[int64]*store.Item{}
	for n := range ours {
		item := &ours[n]
		m.byID[item.ID] = item
		key := advice{item.Category, item.Content}
		m.byAdvice[key] = append(m.byAdvice[key], item)
		m.byContent[item.Content] = append(m.byContent[item.Content], item)
		byNumber[item.No] = item
	}
	for _, item := range was {
		key := inFile{item.ID, item.Content}
		m.byFile[key] = append(m.byFile[key], byNumber[item.no])
		if !item.Nameless {
			m.byFileID[item.ID] = append(m.byFileID[item.ID], byNumber[item.no])
		}
	}
	for _, item := range book.Items {
		for _, same := range m.byFile[inFile{item.ID, item.Content}] {
			m.taken[same.No] = true
		}
	}
	// A match of id and content takes precedence over a match of the advice alone.
	for _, item := range book.Items {
		if same := m.byID[item.ID]; same != nil && !item.Nameless && same.Content == item.Content {
			m.taken[same.No] = true
		}
	}
	return m
}

// find returns the item in the database that corresponds to an item of the file, nil if
// there is none. known is true if the database has an item with its id.
func (m matches) find(item playbook.Item) (same *store.Item, known bool) {
	key := inFile{item.ID, item.Content}
	if was := m.byFile[key]; len(was) > 0 {
		m.byFile[key] = was[1:]
		if !m.found[was[0].No] {
			m.found[was[0].No] = true
			return was[0], true
		}
	}
	holder := m.byID[item.ID]
	switch {
	case item.Nameless:
		if same = m.untaken(m.byAdvice[advice{string(item.Category), item.Content}]); same == nil {
			same = m.untaken(m.byContent[item.Content])
		}
		return same, false
	case holder != nil && holder.Content == item.Content && !m.found[holder.No]:
		m.found[holder.No] = true
		return holder, true
	case holder != nil:
		// A file whose items got other ids still has their advice.
		same = m.untaken(m.byAdvice[advice{string(item.Category), item.Content}])
	}
	if same == nil {
		same = m.untaken(m.byFileID[item.ID]) // the file says it in other words now
	}
	return same, holder != nil
}

// untaken takes the first item that no item of the file matches.
func (m matches) untaken(candidates []*store.Item) *store.Item {
	for _, candidate := range candidates {
		if !m.taken[candidate.No] {
			m.taken[candidate.No] = true
			return candidate
		}
	}
	return nil
}

// add registers an item that was imported, because another with its id may follow.
func (m matches) add(tx store.Writer, item playbook.Item) (*store.Item, error) {
	added, _, err := tx.Item(item.ID)
	m.byID[item.ID], m.found[added.No], m.taken[added.No] = &added, true, true
	return &added, err
}
