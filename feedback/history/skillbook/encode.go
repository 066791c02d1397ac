package skillbook

import (
	"bytes"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/playbook"
)

// Encode returns the items of skillbooks within the frame of the first, which takes over
// what only the others have. Archived items get a status that is not active. added are
// items of other origin, each in the section of its name. Without files, it returns a
// new skillbook.
func Encode(files []playbook.File, added []playbook.Item, sectionOf func(playbook.Item) string) ([]byte, error) {
	out := writer{book: book{Container: containers[0], Root: jsontext.Value(`{"skills":null,"sections":{},"next_id":0}`)}}
	for i, file := range files {
		var b book
		if err := json.Unmarshal(file.Frame, &b); err != nil {
			return nil, err
		}
		if err := out.frame(b, i == 0); err != nil {
			return nil, err
		}
	}
	if len(files) == 0 {
		if err := out.frame(out.book, true); err != nil {
			return nil, err
		}
	}
	for _, file := range files {
		for _, item := range file.Items {
			skill, err := playbook.ParseMembers(string(item.Origin))
			if err != nil {
				return nil, err
			}
			if err := out.skill(item.ID, update(item, skill)); err != nil {
				return nil, err
			}
		}
	}
	for _, item := range added {
		section := sectionOf(item)
		if err := out.skill(item.ID, newSkill(item, section)); err != nil {
			return nil, err
		}
		if err := out.add(section, item.ID); err != nil {
			return nil, err
		}
	}
	return out.bytes()
}

type writer struct {
	book   book
	root   playbook.Object
	skills playbook.Object
}

// frame takes the fields of a file: all of the first, and what only others have.
func (w *writer) frame(b book, first bool) error {
	root, err := playbook.ParseMembers(string(b.Root))
	if err != nil {
		return err
	}
	if first {
		w.book, w.root = b, root
		return nil
	}
	for _, m := range root {
		at := slices.IndexFunc(w.root, func(o playbook.Member) bool { return o.Name == m.Name })
		switch {
		case m.Name == b.Container:
		case at < 0 && w.book.Container != "":
			w.root = append(w.root, m)
		case m.Name == "sections":
			for _, s := range readSections(m.Value) {
				if err := w.add(s.name, s.ids...); err != nil {
					return err
				}
			}
		case m.Name == "next_id":
			w.raiseNext(m.Value)
		}
	}
	return nil
}

func (w *writer) skill(id string, skill playbook.Object) error {
	value, err := playbook.MarshalMembers(skill)
	w.skills = append(w.skills, playbook.Member{Name: id, Value: jsontext.Value(value)})
	return err
}

// add adds skills to a section, if the file has lists of sections.
func (w *writer) add(name string, ids ...string) error {
	at := slices.IndexFunc(w.root, func(m playbook.Member) bool { return m.Name == "sections" })
	if at < 0 || w.root[at].Value.Kind() != '{' {
		return nil
	}
	sections, err := playbook.ParseMembers(string(w.root[at].Value))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(sections, func(m playbook.Member) bool { return m.Name == name })
	if i < 0 {
		i, sections = len(sections), append(sections, playbook.Member{Name: name, Value: jsontext.Value("[]")})
	}
	list, isList := idsOf(sections[i].Value)
	if !isList {
		return nil // it stays as it is
	}
	for _, id := range ids {
		if !slices.Contains(list, id) {
			list = append(list, id)
		}
		w.raiseNext(number("", numberOf(id)).Value)
	}
	if sections[i].Value, err = json.Marshal(append([]string{}, list...)); err != nil {
		return err
	}
	text, err := playbook.MarshalMembers(sections)
	w.root[at].Value = jsontext.Value(text)
	return err
}

// raiseNext makes the number of the next skill at least this one.
func (w *writer) raiseNext(least jsontext.Value) {
	for i, m := range w.root {
		if m.Name != "next_id" {
			continue
		}
		have, err1 := playbook.Object{m}.Count(m.Name)
		want, err2 := playbook.Object{{Name: m.Name, Value: least}}.Count(m.Name)
		if err1 == nil && err2 == nil && want > have {
			w.root[i].Value = least
		}
	}
}

func (w *writer) bytes() ([]byte, error) {
	list, err := w.list()
	if err != nil {
		return nil, err
	}
	if w.book.Container != "" {
		for i, m := range w.root {
			if m.Name == w.book.Container {
				w.root[i].Value = list
			}
		}
		text, err := playbook.MarshalMembers(w.root)
		if err != nil {
			return nil, err
		}
		list = jsontext.Value(text)
	}
	if err := list.Indent(jsontext.WithIndent("  ")); err != nil {
		return nil, err
	}
	if w.book.Open {
		return bytes.TrimSpace(list), nil
	}
	return append(bytes.TrimSpace(list), '\n'), nil
}

func (w *writer) list() (jsontext.Value, error) {
	if w.book.List {
		values := []jsontext.Value{}
		for _, skill := range w.skills {
			values = append(values, skill.Value)
		}
		return json.Marshal(values)
	}
	text, err := playbook.MarshalMembers(w.skills)
	return jsontext.Value(text), err
}

// update returns a skill as its file had it, with what changed here.
func update(item playbook.Item, skill playbook.Object) playbook.Object {
	if id, err := skill.Text("id"); err == nil && id != "" && id != item.ID {
		set(&skill, []string{"id"}, text("id", item.ID))
	}
	if content, err := skill.Text(contentNames...); err != nil || content != item.Content {
		set(&skill, contentNames, text(contentNames[0], item.Content))
	}
	for _, count := range []struct {
		names []string
		value int64
	}{{helpfulNames, item.Helpful}, {harmfulNames, item.Harmful}} {
		if have, err := skill.Count(count.names...); err != nil || have != count.value {
			set(&skill, count.names, number(count.names[0], count.value))
		}
	}
	archived, _ := isArchived(playbook.Entry{Object: skill})
	switch {
	case item.Archived && !archived:
		set(&skill, []string{"status"}, text("status", "invalid"))
	case !item.Archived && archived:
		skill = slices.DeleteFunc(skill, func(m playbook.Member) bool { return m.Name == "archived" })
		set(&skill, []string{"status"}, text("status", active))
	}
	return skill
}

func newSkill(item playbook.Item, section string) playbook.Object {
	return playbook.Object{
		text("id", item.ID), text("section", section), text("content", item.Content),
		number("helpful", item.Helpful), number("harmful", item.Harmful), number("neutral", 0),
		text("created_at", item.CreatedAt), text("updated_at", item.CreatedAt), text("status", active),
	}
}

// set sets the value of a field that has one of several names, or adds it.
func set(members *playbook.Object, names []string, to playbook.Member) {
	for i, m := range *members {
		if slices.Contains(names, m.Name) {
			(*members)[i].Value = to.Value
			return
		}
	}
	*members = append(*members, to)
}

func text(name, value string) playbook.Member {
	// Decoded text can always be encoded.
	encoded, _ := jsontext.AppendQuote(nil, value)
	return playbook.Member{Name: name, Value: encoded}
}

func number(name string, value int64) playbook.Member {
	encoded, _ := json.Marshal(value) // of an integer
	return playbook.Member{Name: name, Value: encoded}
}

// section is the ids of the skills in a section.
type section struct {
	name string
	ids  []string
}

// readSections reads the sections and ignores what has another format.
func readSections(value jsontext.Value) (s []section) {
	if value.Kind() != '{' {
		return nil
	}
	members, err := playbook.ParseMembers(string(value))
	if err != nil {
		return nil
	}
	for _, m := range members {
		if ids, isList := idsOf(m.Value); isList {
			s = append(s, section{m.Name, ids})
		}
	}
	return s
}

// idsOf reads a list of ids.
func idsOf(value jsontext.Value) (ids []string, isList bool) {
	err := json.Unmarshal(value, &ids)
	return ids, err == nil
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
