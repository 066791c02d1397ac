package skillbook

import (
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback/playbook"
)

// Encode returns a playbook as a skillbook, each item in the section that sectionOf
// returns. It includes archived items if they came from a skillbook, with a status that
// is not active.
func Encode(file playbook.File, sectionOf func(playbook.Item) string) ([]byte, error) {
	about, _ := said(file.Extra)
	container, err := about.Text("container")
	if err != nil || container == "" {
		container = containers[0]
	}
	var book sections
	if m, found := about.Get("sections"); found {
		book = readSections(m.Value)
	}
	next, _ := about.Count("next_id")
	skills, taken := playbook.Object{}, map[string]bool{}
	for _, item := range file.Items {
		from, known := said(item.Extra)
		if item.Archived && !known {
			continue
		}
		id, err := from.Text("id")
		if err != nil || id == "" || taken[id] {
			id = item.ID
		}
		taken[id] = true
		section := sectionOf(item)
		value, err := encodeSkill(id, section, item, from)
		if err != nil {
			return nil, err
		}
		skills = append(skills, playbook.Member{Name: id, Value: value})
		book.add(section, id)
		next = max(next, numberOf(id))
	}
	list, err := playbook.MarshalMembers(skills)
	if err != nil {
		return nil, err
	}
	root := playbook.Object{{Name: container, Value: jsontext.Value(list)}}
	encoded, err := book.encode()
	if err != nil {
		return nil, err
	}
	root = append(root, playbook.Member{Name: "sections", Value: encoded}, number("next_id", next))
	return indented(append(root, about.Without("container", "sections", "next_id")...))
}

// encodeSkill returns an item as a skill. A skill that was imported keeps its fields,
// except for those that changed here. Other items get the fields of a new skill.
func encodeSkill(id, section string, item playbook.Item, from playbook.Object) (jsontext.Value, error) {
	skill := playbook.Object{text("id", id), text("section", section), text("content", item.Content)}
	if from == nil {
		skill = append(skill, number("helpful", item.Helpful), number("harmful", item.Harmful), number("neutral", 0),
			text("created_at", item.CreatedAt), text("updated_at", item.CreatedAt), text("status", active))
		value, err := playbook.MarshalMembers(skill)
		return jsontext.Value(value), err
	}
	rest := from.Without("id", "section")
	counts := []struct {
		names []string
		value int64
	}{{[]string{"helpful", "helpful_count"}, item.Helpful}, {[]string{"harmful", "harmful_count"}, item.Harmful}}
	for _, count := range counts {
		set(&rest, count.names, number(count.names[0], count.value), count.value != 0)
	}
	status, _ := from.Text("status")
	switch archived := status != "" && status != active; {
	case item.Archived && !archived:
		set(&rest, []string{"status"}, text("status", "invalid"), true)
	case !item.Archived && archived:
		set(&rest, []string{"status"}, text("status", active), true)
	}
	value, err := playbook.MarshalMembers(append(skill, rest...))
	return jsontext.Value(value), err
}

// set sets the value of a field that has one of several names. If the field is missing,
// set adds it if add is true.
func set(members *playbook.Object, names []string, to playbook.Member, add bool) {
	for i, m := range *members {
		if slices.Contains(names, m.Name) {
			if m.Value.Kind() != 'n' || add {
				(*members)[i].Value = to.Value
			}
			return
		}
	}
	if add {
		*members = append(*members, to)
	}
}
