package history

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"atomizer-db/feedback/history/ace"
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
func Encode(rx store.Reader, format Format) ([]byte, error) {
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
		files, rest := p.files(format)
		distinctIDs(files, rest)
		books := make([]playbook.File, len(files))
		for n, file := range files {
			books[n] = file.File
		}
		return skillbook.Encode(books, rest, p.sectionOf)
	case Markdown:
		return markdown(p.book.Live()), nil
	case CSV, SafeCSV:
		return playbookCSV(p.book.Live(), p.sectionOf, format == SafeCSV)
	}
	return nil, fmt.Errorf("%q is not an export format: choose one of %v", format, ExportFormats)
}

// EncodeFrame returns an imported file as it came in, with the items that it brought as
// they are now. name is its path, or the end of it.
func EncodeFrame(rx store.Reader, name string) ([]byte, error) {
	p, err := readShelf(rx)
	if err != nil {
		return nil, err
	}
	of, err := p.frames.named(name)
	if err != nil {
		return nil, err
	}
	var as withForm
	if err := json.Unmarshal([]byte(of.Content), &as); err != nil {
		return nil, store.Inconsistent("the form of the imported file %s: %v", of.Path, err)
	}
	text, err := p.encodeFrame(of)
	if err != nil {
		return nil, err
	}
	return as.Form.Write(text, Format(of.Format).isJSON())
}

func (p shelf) encodeFrame(of store.Frame) ([]byte, error) {
	file := p.file(of, nil)
	switch Format(of.Format) {
	case ACEText:
		text, err := ace.EncodeFile(file.File)
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
	var err error
	if file.Extra, err = h.members(); err != nil {
		return nil, err
	}
	return file.File.Live().Encode()
}

// encoder encodes one file of a text format, with items that it does not have.
type encoder func(file playbook.File, added []playbook.Item, sectionOf func(playbook.Item) string) (string, error)

// joinTexts returns the files of a text format one after the other. The first that has the
// section of an item of other origin takes it, or else the last.
func joinTexts(p shelf, format Format, encode encoder) ([]byte, error) {
	files, rest := p.files(format)
	distinctIDs(files, rest)
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

// distinctIDs gives items the id that they have here where their id in the file belongs to
// an item of another file or of the rest. An id that a file has twice stays.
func distinctIDs(files []shelved, rest []playbook.Item) {
	const ofTheRest = -1
	holders := map[string]int{} // the file of each id
	for _, item := range rest {
		holders[item.ID] = ofTheRest
	}
	for n, file := range files {
		for _, id := range file.ids {
			holders[id] = n
		}
	}
	for n, file := range files {
		for i, id := range file.ids {
			item := &file.Items[i]
			holder, taken := holders[item.ID]
			if item.ID != id && (taken && holder != n || item.Nameless && len(files) > 1) {
				item.ID = id
			}
			holders[item.ID] = n
		}
	}
}
