package history

import (
	"bytes"
	"path/filepath"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// mergeForeign imports a playbook that is not the database's own. The frame of the file
// is kept where framed is true.
func (i *importer) mergeForeign(file *File, framed bool, state *store.Playbook) error {
	path, err := filepath.Abs(file.Path)
	if err != nil {
		return err
	}
	all, err := readFrames(i.tx)
	if err != nil {
		return err
	}
	frame, known := all.of(path, i.digest)
	moved := known && frame.Path != path
	frame.Path = path
	last := all.latest(frame.ID)
	had := map[int64]bool{} // the file, when it was last imported
	for _, item := range all.items[frame.ID] {
		had[item.no] = true
	}
	ours, err := i.tx.Items(true)
	if err != nil {
		return err
	}
	m := match(ours, file.book, all.items[frame.ID])
	var numbers []int64 // of the items of the file here
	for _, item := range file.book.Items {
		same, known := m.find(item)
		switch {
		case same != nil:
			base, found := last[same.No]
			n := newer{importer: i, item: item, same: same, base: base, isKnown: found, isSame: had[same.No]}
			err = n.take()
		case known || item.Nameless:
			same, err = i.addAs(item)
		default:
			i.note(Change{Action: Added, ID: item.ID, Detail: archivedDetail(item)})
			if err = i.add(item, item.ID); err == nil {
				same, err = m.add(i.tx, item)
			}
		}
		if err != nil {
			return err
		}
		numbers = append(numbers, same.No)
	}
	if err := i.noteMissing(all.items[frame.ID], numbers); err != nil {
		return err
	}
	if err := i.takeHead(file, frame, state); err != nil || !framed {
		return err
	}
	return i.keep(file, frame, moved, all.items[frame.ID], numbers)
}

func archivedDetail(item playbook.Item) string {
	if item.Archived {
		return "archived in the file: retired here"
	}
	return ""
}

// addAs adds an item under a new id, because its id belongs to another item, or it has
// none.
func (i *importer) addAs(item playbook.Item) (*store.Item, error) {
	id, err := NextID(i.tx, item.Category)
	if err != nil {
		return nil, err
	}
	change := Change{Action: Renamed, ID: item.ID, As: id, Detail: "its id belongs to another item here"}
	if item.Nameless {
		change.Action, change.Detail = Added, archivedDetail(item)
	}
	i.note(change)
	if err := i.add(item, id); err != nil {
		return nil, err
	}
	added, _, err := i.tx.Item(id)
	return &added, err
}

// noteMissing notes the items that the file had when it was last imported, and has no
// longer. They stay.
func (i *importer) noteMissing(was []framedItem, now []int64) error {
	has := map[int64]bool{}
	for _, no := range now {
		has[no] = true
	}
	for _, item := range was {
		if has[item.no] {
			continue
		}
		has[item.no] = true
		row, err := i.tx.ItemByNumber(item.no)
		if err != nil {
			return err
		}
		if row.Retirement == nil {
			change := changeOf(item.ID, &row)
			change.Action, change.Detail = Kept, "no longer in the file"
			i.note(change)
		}
	}
	return nil
}

// takeHead takes over the unknown fields of a playbook.json.
func (i *importer) takeHead(file *File, frame store.Frame, state *store.Playbook) error {
	if file.book.Frame != nil {
		return nil
	}
	var was head
	if frame.Format == string(PlaybookJSON) {
		if err := json.Unmarshal([]byte(frame.Content), &was); err != nil {
			return store.Inconsistent("the fields of the imported file %s: %v", frame.Path, err)
		}
	}
	base, err := was.members()
	if err != nil {
		return err
	}
	have, err := parseExtra(state.Extra)
	if err != nil {
		return err
	}
	merged, taken, kept := mergeMembers(have, base, file.book.Extra, true)
	if len(taken) > 0 {
		i.changed = true
	}
	created, ours := file.book.CreatedAt, playbook.CreatedAt(state.CreatedAt, state.CreatedUS, "")
	if created != "" && ours != "" && created != ours && created != was.CreatedAt {
		kept = append([]string{"created_at"}, kept...)
	}
	for _, name := range kept {
		i.note(Change{Action: Kept, Detail: notTaken + "the playbook's " + name})
	}
	state.Extra, err = marshalExtra(merged)
	return err
}

// keep stores the frame of the file and its items. A file that has moved is known by its
// new path.
func (i *importer) keep(file *File, frame store.Frame, moved bool, was []framedItem, numbers []int64) error {
	content, err := newFrame(file)
	if err != nil {
		return err
	}
	if file.book.Frame != nil {
		i.framed = frame.ID == 0 || moved || frame.Content != string(content) || !sameOrigins(file.book.Items, was)
	}
	if frame.ID != 0 && !moved && frame.Content == string(content) && bytes.Equal(frame.Digest, i.digest) &&
		slices.EqualFunc(was, numbers, func(item framedItem, no int64) bool { return item.no == no }) {
		return nil
	}
	frame.Format, frame.Digest, frame.Content = string(file.Format), i.digest, string(content)
	items := make([]store.FrameItem, 0, len(numbers))
	for n, item := range file.book.Items {
		as, err := newImported(item)
		if err != nil {
			return err
		}
		text, err := json.Marshal(as)
		if err != nil {
			return err
		}
		items = append(items, store.FrameItem{Item: numbers[n], Content: string(text)})
	}
	return i.tx.SetFrame(frame, items)
}

// sameOrigins reports whether a file has what it had when it was last imported, besides
// the fields of items that were told apart already.
func sameOrigins(items []playbook.Item, was []framedItem) bool {
	if len(items) != len(was) {
		return false
	}
	for n, item := range items {
		if item.ID != was[n].ID || string(canonical(item.Origin)) != string(canonical(was[n].Origin)) {
			return false
		}
	}
	return true
}

// canonical returns a value in one form, whatever its white space.
func canonical(value jsontext.Value) jsontext.Value {
	value = value.Clone()
	if value.Compact() != nil {
		return nil
	}
	return value
}
