package history

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/history/ace"
	"atomizer-db/feedback/history/frame"
	"atomizer-db/feedback/history/skillbook"
	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// ExportFormats lists all formats that the playbook can be exported in. [SafeCSV] is a
// form of one of them.
var ExportFormats = []Format{PlaybookJSON, ACEText, SkillbookJSON, SkillMarkdown, Markdown, CSV}

// Encode returns the playbook in one of [ExportFormats] or as [SafeCSV]. Files that were
// imported in the format come out as they came in, one after the other, without items
// that are no longer live. An item that came with several files is in the last of them,
// and a file whose items are all in later files is left out. All other items follow in
// the sections of their names.
func Encode(rx *store.Rx, format Format) ([]byte, error) {
	p, err := readShelf(rx)
	if err != nil {
		return nil, err
	}
	switch format {
	case PlaybookJSON:
		return p.book.Live().Encode()
	case ACEText:
		return joinTexts(p, format, ace.Encode)
	case SkillMarkdown:
		return joinTexts(p, format, skillbook.EncodeMarkdown)
	case SkillbookJSON:
		files, rest, err := p.files(format)
		if err != nil {
			return nil, err
		}
		return skillbook.Encode(distinctIDs(files, rest), rest, p.sectionOf)
	case Markdown:
		return markdown(p.book.Live()), nil
	case CSV, SafeCSV:
		return playbookCSV(p.book.Live(), p.sectionOf, format == SafeCSV)
	}
	return nil, fmt.Errorf("%q is not an export format: choose one of %v", format, ExportFormats)
}

// EncodeFrame returns an imported file as it came in, with the items that it brought as
// they are now. name is its path, or the end of it.
func EncodeFrame(rx *store.Rx, name string) ([]byte, error) {
	p, err := readShelf(rx)
	if err != nil {
		return nil, err
	}
	of, err := p.frames.named(name)
	if err != nil {
		return nil, err
	}
	file := p.file(of, nil)
	switch Format(of.Format) {
	case ACEText:
		text, err := ace.Encode(file.File, nil, p.sectionOf)
		return []byte(text), err
	case SkillMarkdown:
		text, err := skillbook.EncodeMarkdown(file.File, nil, p.sectionOf)
		return []byte(text), err
	case SkillbookJSON:
		return skillbook.Encode([]playbook.File{file.File}, nil, p.sectionOf)
	}
	var h head
	if err := json.Unmarshal(file.Frame, &h); err != nil {
		return nil, store.Inconsistent("the fields of the imported file %s: %v", of.Path, err)
	}
	file.Version, file.CreatedAt, file.LastUpdated = h.Version, h.CreatedAt, h.LastUpdated
	if file.Extra, err = h.members(); err != nil {
		return nil, err
	}
	return file.File.Live().Encode()
}

// shelf is the playbook with the files that it came from.
type shelf struct {
	book     playbook.File
	items    map[int64]playbook.Item // by item_no
	numbers  map[string]int64        // item_no by id
	frames   frames
	sections map[string]string // the section that an item came from, by its id here
}

func readShelf(rx *store.Rx) (p shelf, err error) {
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
		for _, item := range p.frames.items[f.ID] {
			if name, known := sectionIn(f, item); known {
				p.sections[p.items[item.no].ID] = name
			}
		}
	}
	return p, nil
}

// sectionIn returns the name of the section of an item in its file.
func sectionIn(f store.Frame, item framedItem) (name string, known bool) {
	switch Format(f.Format) {
	case SkillbookJSON:
		return skillbook.Section(playbook.Item{Origin: item.Origin})
	case ACEText, SkillMarkdown:
		var place frame.Place
		var text frame.Frame
		if json.Unmarshal([]byte(f.Content), &text) != nil || json.Unmarshal(item.Origin, &place) != nil {
			return "", false
		}
		if place.Section < 0 || place.Section >= len(text.Sections) {
			return "", true
		}
		return text.Sections[place.Section].Name, true
	}
	return "", false
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
func (p shelf) files(format Format) (files []shelved, rest []playbook.Item, err error) {
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
	return files, rest, nil
}

// encoder encodes one file of a text format, with items that it does not have.
type encoder func(file playbook.File, added []playbook.Item, sectionOf func(playbook.Item) string) (string, error)

// joinTexts returns the files of a text format one after the other. The first that has the
// section of an item of other origin takes it, or else the last.
func joinTexts(p shelf, format Format, encode encoder) ([]byte, error) {
	files, rest, err := p.files(format)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		files = []shelved{{}}
	}
	all := ""
	for n, file := range files {
		var here []playbook.Item
		rest = slices.DeleteFunc(rest, func(item playbook.Item) bool {
			takes := n == len(files)-1 || file.has(p.sectionOf(item))
			if takes {
				here = append(here, item)
			}
			return takes
		})
		text, err := encode(file.File, here, p.sectionOf)
		if err != nil {
			return nil, err
		}
		if n > 0 { // after a blank line
			all = strings.TrimSuffix(strings.TrimSuffix(all, "\n"), "\n") + "\n\n"
		}
		all += text
	}
	return []byte(all), nil
}

// has reports whether a text file has a section.
func (s shelved) has(section string) bool {
	var text frame.Frame
	return json.Unmarshal(s.Frame, &text) == nil &&
		slices.ContainsFunc(text.Sections, func(s frame.Section) bool { return s.Name == section })
}

// distinctIDs returns files in which no id occurs twice, nor one of the rest: an item has
// its id in the file, or that here if another item has it.
func distinctIDs(files []shelved, rest []playbook.Item) (distinct []playbook.File) {
	taken := map[string]bool{}
	for _, item := range rest {
		taken[item.ID] = true
	}
	for _, file := range files {
		for _, id := range file.ids {
			taken[id] = true
		}
	}
	for _, file := range files {
		for n, id := range file.ids {
			item := &file.Items[n]
			if item.ID != id && (taken[item.ID] || item.Nameless && len(files) > 1) {
				item.ID = id
			}
			taken[item.ID] = true
		}
		distinct = append(distinct, file.File)
	}
	return distinct
}
