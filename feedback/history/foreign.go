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

// advice is what makes an item of a file the same as one of ours.
type advice struct{ category, content string }

// matches finds the item of ours that each item of a file is.
type matches struct {
	byID     map[string]*store.Item
	byAdvice map[advice][]*store.Item // by arrival
	taken    map[int64]bool           // items of ours that an item of the file is, or will be found to be
	found    map[int64]bool           // those that one has been found to be: a file may have an id twice
}

func match(ours []store.Item, book playbook.File) matches {
	m := matches{byID: map[string]*store.Item{}, byAdvice: map[advice][]*store.Item{}, taken: map[int64]bool{}, found: map[int64]bool{}}
	for n := range ours {
		item := &ours[n]
		m.byID[item.ID] = item
		key := advice{item.Category, item.Content}
		m.byAdvice[key] = append(m.byAdvice[key], item)
	}
	// The same id and the same advice goes before the same advice alone.
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

// find returns the item of ours that is the same as the file's. known is true where its id
// belongs to another of ours.
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

// mergeForeign brings in a file that is not the database's own.
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

// add notes an item that has come in: another with its id may follow.
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

// rename brings in an item whose id belongs to another item.
func (i *importer) rename(item playbook.Item) error {
	id, err := NextID(i.tx, item.Category)
	if err != nil {
		return err
	}
	i.note(Change{Action: Renamed, ID: item.ID, As: id, Detail: "its id belongs to another item here"})
	return i.add(item, id)
}

// reconcile treats an item that the playbook has already.
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

// changeOf is a change of an item of ours that has an id in the file.
func changeOf(id string, same *store.Item) Change {
	if same.ID == id {
		return Change{ID: id}
	}
	return Change{ID: id, As: same.ID}
}

func countsDetail(helpful, harmful int64) string {
	return fmt.Sprintf("helpful %+d, harmful %+d", helpful, harmful)
}

// addMembers adds the unknown fields that the playbook does not have yet.
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

// joinMember adds what another file of a format says about itself to what earlier
// files said.
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

// joins are by the field under which the playbook keeps what else a format's
// file holds.
var joins = map[string]func(have, more jsontext.Value) (jsontext.Value, error){
	ace.Field: ace.Join, skillbook.Field: skillbook.Join,
}
