package feedback

import (
	"slices"
	"strings"

	"atomizer-db/feedback/history"
	"atomizer-db/feedback/playbook"
	"atomizer-db/feedback/search"
	"atomizer-db/store"
)

// filter returns the items that the options allow, in their order.
func (o ContextOptions) filter(items []store.Item) (allowed []store.Item, err error) {
	contain := slices.Repeat([]bool{true}, len(items))
	if o.searches() {
		contain = search.NewIndex(contents(items)).Containing(o.Search)
	}
	for n, item := range items {
		tagged, err := o.isTagged(item)
		if err != nil {
			return nil, err
		}
		inCategory := len(o.Categories) == 0 || slices.Contains(o.Categories, playbook.Category(item.Category))
		if inCategory && tagged && contain[n] {
			allowed = append(allowed, item)
		}
	}
	return allowed, nil
}

// isTagged reports whether the item has one of the tags asked for.
func (o ContextOptions) isTagged(item store.Item) (bool, error) {
	if len(o.Tags) == 0 {
		return true, nil
	}
	entry, err := history.ToPlaybook(item, nil)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(o.Tags, func(tag string) bool { return slices.Contains(entry.Tags, tag) }), nil
}

func (o ContextOptions) searches() bool { return strings.TrimSpace(o.Search) != "" }

func (o ContextOptions) isAbout() bool { return strings.TrimSpace(o.About) != "" }

func contents(items []store.Item) []string {
	contents := make([]string, len(items))
	for n, item := range items {
		contents[n] = item.Content
	}
	return contents
}
