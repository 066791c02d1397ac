package history

import (
	"fmt"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/history/ace"
	"atomizer-db/feedback/history/skillbook"
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// advice identifies an item by what it says.
type advice struct{ category, content string }

// matches finds the item in the database that corresponds to each item of a file.
type matches struct {
	byID     map[string]*store.Item
	byAdvice map[advice][]*store.Item // by arrival
	taken    map[int64]bool           // items here that already match an item of the file, or will
	found    map[int64]bool           // items here that were already found: a file may have an id twice
}

func match(ours []store.Item, book playbook.File) matches {
	m := matches{byID: map[string]*store.Item{}, byAdvice: map[advice][]*store.Item{}, taken: map[int64]bool{}, found: map[int64]bool{}}
	for n := range ours {
		item := &ours[n]
		m.byID[item.ID] = item
		key := advice{item.Category, item.Content}
		m.byAdvice[key] = append(m.byAdvice[key], item)
	}
	// A match of id and advice takes precedence over a match of the advice alone.
	for _, item := range book.Items {
		if same := m.byID[item.ID]; same != nil && sameAdvice(item, same) {
			m.taken[same.No] = true
		}
	}
	return m
}

func sameAdvice(a playbook.Item, b *store.Item) bool {
	return string(a.Category) == b.Category && a.Content == b.Content
}

// find returns the item in the database that corresponds to an item of the file, nil if
// there is none. known is true if the database has an item with its id.
func (m matches) find(item playbook.Item) (same *store.Item, known bool) {
	holder := m.byID[item.ID]
	if holder == nil {
		return nil, false
	}
	if sameAdvice(item, holder) && !m.found[holder.No] {
		m.found[holder.No] = true
		return holder, true
	}
	for _, candidate := range m.byAdvice[advice{string(item.Category), item.Content}] {
		if !m.taken[candidate.No] {
			m.taken[candidate.No] = true
			return candidate, true
		}
	}
	return nil, true
}

// mergeForeign imports a playbook that is not the database's own.
func (i *importer) mergeForeign(book playbook.File, state *store.Playbook) error {
	ours, err := i.tx.Items(true)
	if err != nil {
		return err
	}
	m := match(ours, book)
	for _, item := range book.Items {
		same, known := m.find(item)
		switch {
		case same != nil:
			err = i.reconcile(item, same)
		case known:
			err = i.rename(item)
		default:
			i.note(Change{Action: Added, ID: item.ID, Detail: archivedDetail(item)})
			if err = i.add(item, item.ID); err == nil {
				err = m.add(i.tx, item)
			}
		}
		if err != nil {
			return err
		}
	}
	return i.addMembers(book.Extra, state)
}

// add registers an item that was imported, because another with its id may follow.
func (m matches) add(tx *store.Tx, item playbook.Item) error {
	added, _, err := tx.Item(item.ID)
	m.byID[item.ID], m.found[added.No], m.taken[added.No] = &added, true, true
	return err
}

func archivedDetail(item playbook.Item) string {
	if item.Archived {
		return "archived in the file: retired here"
	}
	return ""
}

// rename imports an item under a new id, because its id belongs to another item.
func (i *importer) rename(item playbook.Item) error {
	id, err := NextID(i.tx, item.Category)
	if err != nil {
		return err
	}
	i.note(Change{Action: Renamed, ID: item.ID, As: id, Detail: "its id belongs to another item here"})
	return i.add(item, id)
}

// reconcile imports the counts of an item that the database already has.
func (i *importer) reconcile(item playbook.Item, same *store.Item) error {
	change := changeOf(item.ID, same)
	if same.Retirement != nil {
		if item.Archived {
			return nil
		}
		change.Action, change.Detail = LeftOut, "it is retired here"
		i.note(change)
		return nil
	}
	var helpful, harmful int64
	switch i.counts {
	case TheirCounts:
		helpful, harmful = item.Helpful-same.Helpful, item.Harmful-same.Harmful
	case AddCounts:
		taken, err := i.tx.CountsTakenFrom(same.No, i.digest)
		if err != nil || taken {
			return err
		}
		helpful, harmful = item.Helpful, item.Harmful
	}
	if helpful == 0 && harmful == 0 {
		return nil
	}
	change.Action, change.Detail = Adjusted, countsDetail(helpful, harmful)
	i.note(change)
	return i.adjust(same.No, helpful, harmful)
}

// changeOf returns a change of an item that has the given id in the file.
func changeOf(id string, same *store.Item) Change {
	if same.ID == id {
		return Change{ID: id}
	}
	return Change{ID: id, As: same.ID}
}

func countsDetail(helpful, harmful int64) string {
	return fmt.Sprintf("helpful %+d, harmful %+d", helpful, harmful)
}

// addMembers adds the unknown fields of a file to those of the playbook.
func (i *importer) addMembers(members []playbook.Member, state *store.Playbook) error {
	have, err := parseExtra(state.Extra)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, member := range have {
		known[member.Name] = true
	}
	for _, member := range members {
		if !known[member.Name] {
			have = append(have, member)
			i.changed = true
		} else if err := i.joinMember(have, member); err != nil {
			return err
		}
	}
	state.Extra, err = marshalExtra(have)
	return err
}

// joinMember adds the additional content of a file in another tool's format to that of
// earlier files in the format.
func (i *importer) joinMember(have []playbook.Member, member playbook.Member) error {
	join, ok := joins[member.Name]
	if !ok {
		return nil
	}
	at := slices.IndexFunc(have, func(m playbook.Member) bool { return m.Name == member.Name })
	joined, err := join(have[at].Value, member.Value)
	if err == nil && string(joined) != string(have[at].Value) {
		have[at].Value = joined
		i.changed = true
	}
	return err
}

// joins are functions that join the additional content of two files in a format. The
// key is the unknown field of the playbook that stores this content.
var joins = map[string]func(have, more jsontext.Value) (jsontext.Value, error){
	ace.Field: ace.Join, skillbook.Field: skillbook.Join,
}
