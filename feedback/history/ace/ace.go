// Package ace reads and writes playbooks in the format of ACE: text with sections and
// bullets. Each bullet has an id and usually counts of how often it helped and harmed.
package ace

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/playbook"
)

// Field is the unknown field of a playbook, and of each of its items, that stores the
// content of an ACE playbook for which they have no other field.
const Field = "ace"

// about is the content of an ACE playbook besides its bullets.
type about struct {
	Preamble string    `json:"preamble,omitzero"` // text before the first section: a title, front matter
	Sections []section `json:"sections"`          // including empty ones
}

type section struct {
	Name string `json:"name"`
	Mark string `json:"mark,omitzero"` // of the header, if it is not ##
	Text string `json:"text,omitzero"` // before its first bullet
}

// origin is the content of a bullet besides its advice and counts.
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
		// A field of another tool is ignored.
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

// add adds a section, unless there is one with that name. It returns its index.
func (a *about) add(s section) int {
	for i := range a.Sections {
		if a.Sections[i].Name == s.Name {
			return i
		}
	}
	a.Sections = append(a.Sections, s)
	return len(a.Sections) - 1
}
