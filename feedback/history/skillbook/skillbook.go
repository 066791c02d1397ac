// Package skillbook reads and writes the files of the agentic context engine: the JSON in
// which it stores its skills, which older versions call bullets, and the Markdown that it
// exports. It also reads JSON of the same shape by other tools.
package skillbook

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/playbook"
)

// containers are the fields that contain the skills. A file that is a list has none.
var containers = []string{"skills", "bullets", "entries"}

const active = "active"

// The names of the fields of a skill, first that of a new skill.
var (
	contentNames = []string{"content", "text"}
	helpfulNames = []string{"helpful", "helpful_count", "helpfulCount"}
	harmfulNames = []string{"harmful", "harmful_count", "harmfulCount"}
	createdNames = []string{"created_at", "createdAt"}
	sectionNames = []string{"section", "category", "kind"}
)

// book is the frame of a skillbook.
type book struct {
	Container string         `json:"container"`     // "": the file is a list
	List      bool           `json:"list,omitzero"` // of skills, not an object with a skill by each id
	Root      jsontext.Value `json:"root"`          // the file's object, with null for the container
	Open      bool           `json:"open,omitzero"` // the last line does not end in a line break
}

// Decode reads a skillbook. A skill with a status other than active is archived.
func Decode(data []byte) (file playbook.File, err error) {
	value, err := playbook.DecodeValue(data)
	if err != nil {
		return file, err
	}
	open := !bytes.HasSuffix(data, []byte("\n"))
	if value.Kind() == '[' {
		return decode(book{List: true, Root: jsontext.Value("{}"), Open: open}, playbook.Member{Value: value})
	}
	root, err := playbook.DecodeObject(data)
	if err != nil {
		return file, err
	}
	skills, found := root.Get(containers...)
	if !found {
		return file, fmt.Errorf("\"skills\" is missing, and so is \"bullets\": is this a skillbook?")
	}
	for i, m := range root {
		if m.Name == skills.Name {
			root[i].Value = jsontext.Value("null")
		}
	}
	text, err := playbook.MarshalMembers(root)
	if err != nil {
		return file, err
	}
	file, err = decode(book{Container: skills.Name, List: skills.Value.Kind() == '[', Root: jsontext.Value(text), Open: open}, skills)
	for _, other := range containers {
		if m, found := root.Get(other); found && other != skills.Name && len(m.Value) > len("[]") {
			file.Warnings = append(file.Warnings, fmt.Sprintf("the field %q was not imported, since there are %s", other, skills.Name))
		}
	}
	return file, err
}

func decode(b book, skills playbook.Member) (file playbook.File, err error) {
	entries, err := skills.Entries()
	if err != nil {
		return file, err
	}
	file.Version = 1
	for _, e := range entries {
		item, err := decodeSkill(e)
		if err != nil {
			return playbook.File{}, err
		}
		file.Items = append(file.Items, item)
	}
	file.Frame, err = json.Marshal(b)
	return file, err
}

func decodeSkill(e playbook.Entry) (item playbook.Item, err error) {
	text, err := playbook.MarshalMembers(e.Object)
	if err != nil {
		return item, err
	}
	renamed := e
	renamed.Object = slices.Clone(e.Object)
	for _, names := range [][]string{contentNames, helpfulNames, harmfulNames, createdNames} {
		if m, found := e.Get(names...); found {
			m.Name = names[0]
			renamed.Object = append(renamed.Without(names...), m)
		}
	}
	if item, err = renamed.Item(); err != nil {
		return item, err
	}
	section, err := e.Text(sectionNames...)
	if err != nil {
		return item, fmt.Errorf("%s.%w", e.Path, err)
	}
	if item.Category = playbook.Category(section); !item.Category.Valid() {
		item.Category = playbook.CategoryOf(section)
	}
	if item.Archived, err = isArchived(e); err != nil {
		return item, fmt.Errorf("%s.%w", e.Path, err)
	}
	if used, err := e.Text("last_used"); err == nil && used != "" {
		item.LastUsed = &used
	}
	read(e, "tags", &item.Tags)
	read(e, "source_trials", &item.SourceTrials)
	item.Nameless, item.Origin = e.Nameless, jsontext.Value(text)
	return item, nil
}

// read reads a list. One of another type is left to the frame.
func read[T any](e playbook.Entry, name string, into *[]T) {
	var list []T
	if m, found := e.Get(name); found && json.Unmarshal(m.Value, &list) == nil {
		*into = list
	}
}

func isArchived(e playbook.Entry) (bool, error) {
	status, err := e.Text("status")
	m, found := e.Get("archived")
	return status != "" && status != active || found && m.Value.Kind() == 't', err
}

// Section returns the section of an item that came from a skillbook.
func Section(item playbook.Item) (section string, known bool) {
	skill, err := playbook.ParseMembers(string(item.Origin))
	if err != nil {
		return "", false
	}
	section, err = playbook.Object(skill).Text(sectionNames...)
	return section, err == nil && section != ""
}
