package feedback

import (
	"slices"
	"strings"

	"atomizer-db/feedback/playbook"
	"atomizer-db/feedback/search"
	"atomizer-db/store"
)

// filter returns the items that the options allow, in their order.
func (o ContextOptions) filter(items []store.Item) []store.Item {
	if len(o.Categories) > 0 {
		items = slices.DeleteFunc(items, func(i store.Item) bool { return !slices.Contains(o.Categories, playbook.Category(i.Category)) })
	}
	if o.searches() {
		containing := search.NewIndex(contents(items)).Containing(o.Search)
		place := -1
		items = slices.DeleteFunc(items, func(store.Item) bool {
			place++
			return !containing[place]
		})
	}
	return items
}

func (o ContextOptions) searches() bool { return strings.TrimSpace(o.Search) != "" }

func contents(items []store.Item) []string {
	contents := make([]string, len(items))
	for n, item := range items {
		contents[n] = item.Content
	}
	return contents
}
