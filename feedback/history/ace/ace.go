// Package ace reads and writes playbooks as ACE keeps them: text with sections
// and bullets, each with an id and, mostly, how often it helped and harmed.
package ace

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/playbook"
)

// Field is where the playbook, and each of its items, keep what else an ACE
// playbook says of them.
const Field = "ace"

// about is what a playbook says beside its bullets.
type about struct {
	Preamble string    `json:"preamble,omitzero"` // text before the first section: a title, front matter
	Sections []section `json:"sections"`          // empty ones too
}

type section struct {
	Name string `json:"name"`
	Mark string `json:"mark,omitzero"` // of the header, where it is another than ##
	Text string `json:"text,omitzero"` // before its first bullet
}

// origin is what a bullet says beside its content and counts.
type origin struct {
	ID      string `json:"id"`
	Section string `json:"section"`
	Marker  string `json:"marker,omitzero"` // of a list
	Neutral int64  `json:"neutral,omitzero"`
}

// Section returns the section of an item that came from ACE.
func Section(item playbook.Item) (section string, known bool) {
	from, known := originOf(item)
	return from.Section, known
}

func originOf(item playbook.Item) (from origin, known bool) {
	m, found := playbook.Object(item.Extra).Get(Field)
	return from, found && json.Unmarshal(m.Value, &from) == nil
}

func aboutOf(file playbook.File) (a about) {
	if m, found := playbook.Object(file.Extra).Get(Field); found {
		// What is not ours to read is left out.
		_ = json.Unmarshal(m.Value, &a)
	}
	return a
}

func field(value any) ([]playbook.Member, error) {
	text, err := json.Marshal(value)
	return []playbook.Member{{Name: Field, Value: text}}, err
}

// Join adds the sections of another ACE playbook.
func Join(have, more jsontext.Value) (jsontext.Value, error) {
	var ours, theirs about
	if err := json.Unmarshal(have, &ours); err != nil {
		return nil, fmt.Errorf("the playbook's field %q is not that of an ACE playbook: %w", Field, err)
	}
	if err := json.Unmarshal(more, &theirs); err != nil {
		return nil, err
	}
	for _, s := range theirs.Sections {
		ours.add(s)
	}
	return json.Marshal(ours)
}

// add adds a section, unless there is one of that name. It returns its place.
func (a *about) add(s section) int {
	for i := range a.Sections {
		if a.Sections[i].Name == s.Name {
			return i
		}
	}
	a.Sections = append(a.Sections, s)
	return len(a.Sections) - 1
}
