package playbook

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/jsonerr"
)

// Object is a JSON object whose fields are looked up by name.
type Object []Member

// DecodeObject reads a file that contains one object. Errors contain the place.
func DecodeObject(data []byte) (members Object, err error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	d := &decoder{data: data, in: jsontext.NewDecoder(bytes.NewBuffer(data))}
	if kind := d.in.PeekKind(); kind > 0 && kind != '{' {
		return nil, d.explain(d.wrong("", "must be a JSON object, not %s", jsonerr.KindName(kind)))
	}
	err = d.object(func(name string) (err error) {
		members, err = d.extra(members, name, memberPath("", name))
		return err
	})
	if err == nil {
		err = d.end()
	}
	if err != nil {
		return nil, d.explain(err)
	}
	return members, nil
}

// DecodeValue reads a file that contains any one value. Errors contain the place.
func DecodeValue(data []byte) (jsontext.Value, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	d := &decoder{data: data, in: jsontext.NewDecoder(bytes.NewBuffer(data))}
	value, err := d.value("")
	if err == nil {
		err = d.end()
	}
	if err != nil {
		return nil, d.explain(err)
	}
	return value, nil
}

// Get returns the first of the named fields that the object has and that is not null.
func (o Object) Get(names ...string) (member Member, found bool) {
	for _, name := range names {
		for _, m := range o {
			if m.Name == name && m.Value.Kind() != 'n' {
				return m, true
			}
		}
	}
	return member, false
}

// Without returns the object without the named fields.
func (o Object) Without(names ...string) (rest Object) {
	without := map[string]bool{}
	for _, name := range names {
		without[name] = true
	}
	for _, m := range o {
		if !without[m.Name] {
			rest = append(rest, m)
		}
	}
	return rest
}

// Text returns the text of the first of the named fields that the object has, "" if it
// has none.
func (o Object) Text(names ...string) (text string, err error) {
	m, found := o.Get(names...)
	if !found {
		return "", nil
	}
	if m.Value.Kind() != '"' {
		return "", fmt.Errorf("%s: must be text, not %s", m.Name, jsonerr.KindName(m.Value.Kind()))
	}
	return text, json.Unmarshal(m.Value, &text)
}

// Count returns the integer in the first of the named fields that the object has, 0 if
// it has none.
func (o Object) Count(names ...string) (int64, error) {
	m, found := o.Get(names...)
	if !found {
		return 0, nil
	}
	number, err := strconv.ParseInt(string(m.Value), 10, 64)
	switch {
	case m.Value.Kind() != '0':
		return 0, fmt.Errorf("%s: must be an integer, not %s", m.Name, jsonerr.KindName(m.Value.Kind()))
	case errors.Is(err, strconv.ErrRange), err == nil && (number > LargestCount || number < -LargestCount):
		return 0, fmt.Errorf("%s: %s is too large", m.Name, m.Value)
	case err != nil:
		return 0, fmt.Errorf("%s: must be an integer, not %s", m.Name, m.Value)
	}
	return number, nil
}

// Entry is an object with its id and its path in the file.
type Entry struct {
	ID       string
	Nameless bool // it is in a list and has no id
	Path     string
	Object
}

// Entries reads the objects in an object with their ids as names, or in a list, in which
// they may lack ids.
func (m Member) Entries() (entries []Entry, err error) {
	switch m.Value.Kind() {
	case '{':
		members, err := ParseMembers(string(m.Value))
		if err != nil {
			return nil, err
		}
		for _, member := range members {
			entry, err := newEntry(memberPath("items", member.Name), member.Value)
			if err != nil {
				return nil, fmt.Errorf("%s%w", m.Name, err)
			}
			if entry.ID == "" {
				entry.ID = member.Name
			} else if entry.ID != member.Name {
				return nil, fmt.Errorf("%s: id is %q, but its key is %q: they must be the same", m.Name+entry.Path, entry.ID, member.Name)
			}
			entries = append(entries, entry)
		}
	case '[':
		var values []jsontext.Value
		if err := json.Unmarshal(m.Value, &values); err != nil {
			return nil, err
		}
		for i, value := range values {
			entry, err := newEntry(fmt.Sprintf("items[%d]", i), value)
			entry.Nameless = entry.ID == ""
			if err != nil {
				return nil, fmt.Errorf("%s%w", m.Name, err)
			}
			entries = append(entries, entry)
		}
	default:
		return nil, fmt.Errorf("%s: must be an object or a list of objects, not %s", m.Name, jsonerr.KindName(m.Value.Kind()))
	}
	for i := range entries {
		entries[i].Path = m.Name + entries[i].Path
	}
	return entries, nil
}

// newEntry reads an entry. The path must begin with "items", which newEntry removes.
func newEntry(path string, value jsontext.Value) (entry Entry, err error) {
	entry.Path = path[len("items"):]
	if value.Kind() != '{' {
		return entry, fmt.Errorf("%s: must be an object, not %s", entry.Path, jsonerr.KindName(value.Kind()))
	}
	if entry.Object, err = ParseMembers(string(value)); err != nil {
		return entry, err
	}
	if entry.ID, err = entry.Text("id"); err != nil {
		return entry, fmt.Errorf("%s.%w", entry.Path, err)
	}
	if _, _, _, err := Number(entry.ID); err != nil {
		return entry, fmt.Errorf("%s: %w", entry.Path, err)
	}
	return entry, nil
}

// Item reads the fields that all formats have: id, content, counts and created_at.
func (e Entry) Item() (item Item, err error) {
	item.ID = e.ID
	if _, _, _, err := Number(e.ID); err != nil {
		return item, fmt.Errorf("%s: %w", e.Path, err)
	}
	content, found := e.Get("content")
	if !found {
		return item, fmt.Errorf("%s: content is missing", e.Path)
	}
	var problems []error
	note := func(err error) { problems = append(problems, err) }
	item.Content, err = Object{content}.Text("content")
	note(err)
	item.Helpful, err = e.Count("helpful_count", "helpful")
	note(err)
	item.Harmful, err = e.Count("harmful_count", "harmful")
	note(err)
	item.CreatedAt, err = e.Text("created_at")
	note(err)
	for _, err := range problems {
		if err != nil {
			return item, fmt.Errorf("%s.%w", e.Path, err)
		}
	}
	return item, nil
}

// Version reads a version as [Decode] does.
func (o Object) Version() (int64, error) {
	m, found := o.Get("version")
	if !found {
		return 1, nil
	}
	number, err := strconv.ParseInt(string(m.Value), 10, 64)
	if err != nil || number > LargestVersion {
		return 0, fmt.Errorf("version: must be an integer of at most 64 bits, not %s", m.Value)
	}
	return number, nil
}
