package history

import (
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/history/frame"
	"atomizer-db/feedback/history/skillbook"
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// shelf is the playbook with the files that it came from.
type shelf struct {
	book     playbook.File
	items    map[int64]playbook.Item // by item_no
	numbers  map[string]int64        // item_no by id
	frames   frames
	sections map[string]string // the section that an item came from, by its id here
}

func readShelf(rx store.Reader) (p shelf, err error) {
	if p.book, err = assemble(rx, true); err != nil {
		return p, err
	}
	if p.frames, err = readFrames(rx); err != nil {
		return p, err
	}
	rows, err := rx.Items(true)
	if err != nil {
		return p, err
	}
	p.items, p.numbers = make(map[int64]playbook.Item, len(rows)), make(map[string]int64, len(rows))
	for n, row := range rows {
		p.items[row.No], p.numbers[row.ID] = p.book.Items[n], row.No
	}
	p.sections = map[string]string{}
	for _, f := range p.frames.list {
		section := sectionsOf(f)
		for _, item := range p.frames.items[f.ID] {
			if name, known := section(item); known {
				p.sections[p.items[item.no].ID] = name
			}
		}
	}
	return p, nil
}

// sectionsOf returns a function that returns the section of an item of a file.
func sectionsOf(f store.Frame) func(framedItem) (name string, known bool) {
	if Format(f.Format) == SkillbookJSON {
		return func(item framedItem) (string, bool) { return skillbook.Section(playbook.Item{Origin: item.Origin}) }
	}
	var text frame.Frame
	if Format(f.Format) == PlaybookJSON || json.Unmarshal([]byte(f.Content), &text) != nil {
		return func(framedItem) (string, bool) { return "", false }
	}
	return func(item framedItem) (string, bool) {
		var place frame.Place
		switch err := json.Unmarshal(item.Origin, &place); {
		case err != nil:
			return "", false
		case place.Section < 0 || place.Section >= len(text.Sections):
			return "", true
		}
		return text.Sections[place.Section].Name, true
	}
}

// sectionOf returns the section that an item came from, or that of its category.
func (p shelf) sectionOf(item playbook.Item) string {
	if name, known := p.sections[item.ID]; known {
		return name
	}
	return item.Category.Heading()
}

// shelved is an imported file with its items as they are now. Their ids are those in the
// file.
type shelved struct {
	playbook.File
	ids []string // those here
}

// file returns an imported file. Items that another file has are as archived ones.
func (p shelf) file(f store.Frame, elsewhere func(no int64) bool) (file shelved) {
	file.Frame = jsontext.Value(f.Content)
	for _, from := range p.frames.items[f.ID] {
		item := p.items[from.no]
		file.ids = append(file.ids, item.ID)
		item.ID, item.Origin, item.Nameless, item.Category = from.ID, from.Origin, from.Nameless, playbook.Category(from.Category)
		if from.CreatedAt != "" {
			item.CreatedAt = from.CreatedAt
		}
		if elsewhere != nil && elsewhere(from.no) {
			item.Archived = true
		}
		file.Items = append(file.Items, item)
	}
	return file
}

// files returns the imported files of a format, and the live items that came with none of
// them.
func (p shelf) files(format Format) (files []shelved, rest []playbook.Item) {
	last := map[int64]int64{} // the frame that writes an item
	for _, f := range p.frames.list {
		if f.Format == string(format) {
			for _, item := range p.frames.items[f.ID] {
				last[item.no] = f.ID
			}
		}
	}
	for _, f := range p.frames.list {
		elsewhere := func(no int64) bool { return last[no] != f.ID }
		items := p.frames.items[f.ID]
		if f.Format != string(format) || !slices.ContainsFunc(items, func(i framedItem) bool { return !elsewhere(i.no) }) {
			continue
		}
		file := p.file(f, elsewhere)
		if format == SkillbookJSON { // whose archived items are written
			kept := shelved{File: playbook.File{Frame: file.Frame}}
			for n, item := range items {
				if !elsewhere(item.no) {
					kept.Items, kept.ids = append(kept.Items, file.Items[n]), append(kept.ids, file.ids[n])
				}
			}
			file = kept
		}
		files = append(files, file)
	}
	for _, item := range p.book.Live().Items {
		if last[p.numbers[item.ID]] == 0 {
			rest = append(rest, item)
		}
	}
	return files, rest
}

// has reports whether a text file has a section.
func (s shelved) has(section string) bool {
	var text frame.Frame
	return json.Unmarshal(s.Frame, &text) == nil &&
		slices.ContainsFunc(text.Sections, func(s frame.Section) bool { return s.Name == section })
}
