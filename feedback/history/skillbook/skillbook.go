// Package skillbook reads and writes the JSON files in which the agentic context engine
// stores its skills. Older versions call them bullets.
package skillbook

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/playbook"
)

// Field is the unknown field of a playbook, and of each of its items, that stores the
// content of a skillbook for which they have no other field.
const Field = "skillbook"

// containers are the fields that contain the skills, in new and in old versions. Decode
// reads both.
var containers = []string{"skills", "bullets"}

const active = "active"

// Decode reads a skillbook. A skill with a status other than active is archived.
func Decode(data []byte) (file playbook.File, err error) {
	root, err := playbook.DecodeObject(data)
	if err != nil {
		return file, err
	}
	file.Version = 1
	about := playbook.Object{}
	for _, name := range containers {
		m, found := root.Get(name)
		if !found {
			continue
		}
		if len(about) == 0 {
			about = append(about, text("container", name))
		}
		entries, err := m.Entries()
		if err != nil {
			return playbook.File{}, err
		}
		for _, e := range entries {
			item, err := decodeSkill(e)
			if err != nil {
				return playbook.File{}, err
			}
			file.Items = append(file.Items, item)
		}
	}
	if len(about) == 0 {
		return file, fmt.Errorf("\"skills\" is missing, and so is \"bullets\": is this a skillbook?")
	}
	about = append(about, root.Without(containers...)...)
	file.Extra, err = field(about)
	return file, err
}

func decodeSkill(e playbook.Entry) (item playbook.Item, err error) {
	if item, err = e.Item(); err != nil {
		return item, err
	}
	section, err := e.Text("section")
	if err != nil {
		return item, fmt.Errorf("%s.%w", e.Path, err)
	}
	status, err := e.Text("status")
	if err != nil {
		return item, fmt.Errorf("%s.%w", e.Path, err)
	}
	item.Category = playbook.CategoryOf(section)
	item.Archived = status != "" && status != active
	item.Extra, err = field(append(playbook.Object{text("id", e.ID)}, e.Without("id", "content")...))
	return item, err
}

// field returns additional content of a skillbook as one field.
func field(members playbook.Object) ([]playbook.Member, error) {
	value, err := playbook.MarshalMembers(members)
	return []playbook.Member{{Name: Field, Value: jsontext.Value(value)}}, err
}

// said returns the additional content that an item or a playbook has from a skillbook;
// known is false if it has none.
func said(extra []playbook.Member) (about playbook.Object, known bool) {
	m, found := playbook.Object(extra).Get(Field)
	if !found || m.Value.Kind() != '{' {
		return nil, false
	}
	about, err := playbook.ParseMembers(string(m.Value))
	return about, err == nil
}

// Section returns the section of an item that came from a skillbook.
func Section(item playbook.Item) (section string, known bool) {
	about, known := said(item.Extra)
	if !known {
		return "", false
	}
	section, err := about.Text("section")
	return section, err == nil
}

// Join adds the additional content of another skillbook: its sections, the larger next
// id, and other fields that are missing.
func Join(have, more jsontext.Value) (jsontext.Value, error) {
	ours, err := playbook.ParseMembers(string(have))
	if err != nil {
		return nil, err
	}
	theirs, err := playbook.ParseMembers(string(more))
	if err != nil {
		return nil, err
	}
	for _, m := range theirs {
		at := slices.IndexFunc(ours, func(o playbook.Member) bool { return o.Name == m.Name })
		switch {
		case at < 0:
			ours = append(ours, m)
		case m.Name == "sections":
			sections := readSections(ours[at].Value)
			for _, s := range readSections(m.Value) {
				sections.add(s.name, s.ids...)
			}
			if ours[at].Value, err = sections.encode(); err != nil {
				return nil, err
			}
		case m.Name == "next_id":
			mine, err1 := playbook.Object(ours).Count(m.Name)
			yours, err2 := playbook.Object(theirs).Count(m.Name)
			if err1 == nil && err2 == nil && yours > mine {
				ours[at].Value = m.Value
			}
		}
	}
	joined, err := playbook.MarshalMembers(ours)
	return jsontext.Value(joined), err
}

func text(name, value string) playbook.Member {
	// Decoded text can always be encoded.
	encoded, _ := jsontext.AppendQuote(nil, value)
	return playbook.Member{Name: name, Value: encoded}
}

func number(name string, value int64) playbook.Member {
	return playbook.Member{Name: name, Value: jsontext.Value(fmt.Sprint(value))}
}

// sections are the ids of skills by section, in order.
type sections []section

type section struct {
	name string
	ids  []string
}

// readSections reads the sections and ignores what has another format.
func readSections(value jsontext.Value) (s sections) {
	if value.Kind() != '{' {
		return nil
	}
	members, err := playbook.ParseMembers(string(value))
	if err != nil {
		return nil
	}
	for _, m := range members {
		var ids []string
		if json.Unmarshal(m.Value, &ids) == nil {
			s = append(s, section{m.Name, ids})
		}
	}
	return s
}

// add adds the ids that a section does not have.
func (s *sections) add(name string, ids ...string) {
	at := slices.IndexFunc(*s, func(x section) bool { return x.name == name })
	if at < 0 {
		at = len(*s)
		*s = append(*s, section{name: name})
	}
	for _, id := range ids {
		if !slices.Contains((*s)[at].ids, id) {
			(*s)[at].ids = append((*s)[at].ids, id)
		}
	}
}

func (s sections) encode() (jsontext.Value, error) {
	var members playbook.Object
	for _, section := range s {
		ids, err := json.Marshal(append([]string{}, section.ids...))
		if err != nil {
			return nil, err
		}
		members = append(members, playbook.Member{Name: section.name, Value: ids})
	}
	value, err := playbook.MarshalMembers(members)
	return jsontext.Value(value), err
}

// indented returns an object as indented JSON.
func indented(members playbook.Object) ([]byte, error) {
	compact, err := playbook.MarshalMembers(members)
	if err != nil {
		return nil, err
	}
	value := jsontext.Value(compact)
	if err := value.Indent(jsontext.WithIndent("  ")); err != nil {
		return nil, err
	}
	return append(bytes.TrimSpace(value), '\n'), nil
}

// numberOf returns the number of an id, 0 if it has none.
func numberOf(id string) int64 {
	if strings.Contains(id, "-") {
		if _, number, ok, err := playbook.Number(id); ok && err == nil {
			return number
		}
	}
	return 0
}
