// Package legacy reads playbook.json, also in the variants that older tools wrote: with
// items as a list, other names of counts, and archived items.
package legacy

import (
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"

	"atomizer-db/feedback/playbook"
)

// archives are the fields under which older tools put archived items.
var archives = []string{"archived_items", "archived", "archive"}

// Decode reads a playbook.json or a variant of it.
func Decode(data []byte) (playbook.File, error) {
	root, err := playbook.DecodeObject(data)
	if err != nil {
		return playbook.Decode(data) // its error says what is expected
	}
	if !varies(root) {
		return playbook.Decode(data)
	}
	return decode(root)
}

// varies reports whether a file is a variant that only older tools write.
func varies(root playbook.Object) bool {
	items, found := root.Get("items")
	if !found {
		return false
	}
	if items.Value.Kind() == '[' {
		return true
	}
	entries, err := items.Entries()
	if err != nil {
		return false
	}
	if _, found := root.Get(archives...); found {
		return true
	}
	return slices.ContainsFunc(entries, func(e playbook.Entry) bool { return isArchived(e) || hasOtherCounts(e) })
}

func hasOtherCounts(e playbook.Entry) bool {
	for _, names := range [][2]string{{"helpful_count", "helpful"}, {"harmful_count", "harmful"}} {
		_, usual := e.Get(names[0])
		if _, other := e.Get(names[1]); other && !usual {
			return true
		}
	}
	return false
}

// isArchived reports whether an item is marked as archived.
func isArchived(e playbook.Entry) bool {
	for _, name := range []string{"archived", "is_archived"} {
		if m, found := e.Get(name); found && m.Value.Kind() == 't' {
			return true
		}
	}
	status, err := e.Text("status")
	return err == nil && slices.Contains([]string{"archived", "invalid", "inactive", "retired", "pruned", "removed"}, status)
}

func decode(root playbook.Object) (file playbook.File, err error) {
	items, _ := root.Get("items")
	entries, err := items.Entries()
	if err != nil {
		return file, err
	}
	if file.Version, err = root.Version(); err != nil {
		return file, err
	}
	if file.CreatedAt, err = root.Text("created_at"); err != nil {
		return file, err
	}
	if file.LastUpdated, err = root.Text("last_updated"); err != nil {
		return file, err
	}
	if file.Items, err = decodeItems(entries, false); err != nil {
		return playbook.File{}, err
	}
	file.Extra = root.Without("version", "created_at", "last_updated", "items")
	archive, found := root.Get(archives...)
	if !found || archive.Value.Kind() != '{' && archive.Value.Kind() != '[' {
		return file, nil
	}
	archived, err := archive.Entries()
	if err != nil {
		return playbook.File{}, err
	}
	out, err := decodeItems(archived, true)
	if err != nil {
		return playbook.File{}, err
	}
	file.Items = append(file.Items, out...)
	file.Extra = playbook.Object(file.Extra).Without(archive.Name)
	return file, nil
}

func decodeItems(entries []playbook.Entry, archived bool) ([]playbook.Item, error) {
	items := make([]playbook.Item, 0, len(entries))
	for _, e := range entries {
		item, err := decodeItem(e)
		if err != nil {
			return nil, err
		}
		item.Archived = archived || isArchived(e)
		items = append(items, item)
	}
	return items, nil
}

func decodeItem(e playbook.Entry) (item playbook.Item, err error) {
	if e.Nameless {
		return item, fmt.Errorf("%s: id is missing", e.Path)
	}
	if item, err = e.Item(); err != nil {
		return item, err
	}
	category, err := e.Text("category")
	if err != nil {
		return item, fmt.Errorf("%s.%w", e.Path, err)
	}
	if item.Category = playbook.Category(category); !item.Category.Valid() {
		return item, fmt.Errorf("%s.category: %q is not a category: choose one of %v", e.Path, category, playbook.Categories)
	}
	if m, found := e.Get("last_used"); found {
		text, err := playbook.Object{m}.Text("last_used")
		if err != nil {
			return item, fmt.Errorf("%s.%w", e.Path, err)
		}
		item.LastUsed = &text
	}
	if err := list(e, "source_trials", &item.SourceTrials); err != nil {
		return item, err
	}
	if err := list(e, "tags", &item.Tags); err != nil {
		return item, err
	}
	item.SourceTrials = once(item.SourceTrials)
	used := []string{"id", "content", "category", "created_at", "last_used", "source_trials", "tags", "archived", "is_archived"}
	for _, names := range [][]string{{"helpful_count", "helpful"}, {"harmful_count", "harmful"}} {
		if m, found := e.Get(names...); found {
			used = append(used, m.Name)
		}
		used = append(used, names[0])
	}
	if isArchived(e) {
		used = append(used, "status")
	}
	item.Extra = e.Without(used...)
	return item, nil
}

// list reads a list of one type of values.
func list(e playbook.Entry, name string, into any) error {
	m, found := e.Get(name)
	if !found {
		return nil
	}
	if err := json.Unmarshal(m.Value, into); err != nil {
		return fmt.Errorf("%s.%s: must be a list of numbers or of texts, as playbook.json has it, not %s", e.Path, name, m.Value)
	}
	return nil
}

func once(numbers []int64) (distinct []int64) {
	for _, n := range numbers {
		if !slices.Contains(distinct, n) {
			distinct = append(distinct, n)
		}
	}
	return distinct
}
