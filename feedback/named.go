package feedback

import (
	"fmt"
	"strings"

	"atomizer-db/feedback/words"
	"atomizer-db/store"
)

// unknownItems returns what an answer says of the items that an event named in vain.
func (r *recorder) unknownItems(unknown []string) (named Named, err error) {
	named.UnknownItems = unknown
	for _, id := range unknown {
		item, found, err := r.tx.Item(id)
		if err != nil || !found || item.Retirement == nil {
			if err != nil {
				return named, err
			}
			continue
		}
		into, err := r.mergedInto(item.No)
		if err != nil {
			return named, err
		}
		if into != nil {
			if named.MergedItems == nil {
				named.MergedItems = map[string]string{}
			}
			named.MergedItems[id] = *into
		}
	}
	return named, nil
}

// namedInVain returns what the answer of a trial or an error said that was recorded before.
func (r *recorder) namedInVain(id int64) (Named, error) {
	unknown, err := r.tx.UncountedItems(id)
	if err != nil {
		return Named{}, err
	}
	return r.unknownItems(unknown)
}

// namings says what the events of receipts named in vain. It returns an [ErrNoItem] for the
// first of them, as an [*EventError], if the loop refuses such events.
func (r *recorder) namings(receipts []store.Receipt) ([]Named, error) {
	named := make([]Named, len(receipts))
	for i, receipt := range receipts {
		if len(receipt.Uncounted) == 0 {
			continue
		}
		var err error
		if named[i], err = r.unknownItems(receipt.Uncounted); err != nil {
			return nil, err
		}
		if r.loop.strict {
			return nil, &EventError{Index: i, Err: named[i].refusal()}
		}
	}
	return named, nil
}

// Problem says what is wrong with an id that was named in vain, and what to name instead. It
// is an [ErrNotFound], and an [ErrNoItem] if the playbook may have an item with a similar id.
func (n Named) Problem(id string) error {
	into, merged := n.MergedItems[id]
	switch {
	case merged:
		return store.Fail(ErrNotFound, "item %q was merged into %q: name that one", id, into)
	case words.IsBlank(id):
		return store.Fail(ErrNotFound, "the id of an item is blank: leave it out")
	case strings.Contains(id, ","):
		return store.Fail(ErrNotFound, "%q is one id with a comma: give each id by itself", id)
	}
	return store.Fail(ErrNoItem, "the playbook has no item %q", id)
}

// refusal is the error about an event that named items in vain.
func (n Named) refusal() error {
	return fmt.Errorf("context_items_used: %w", n.Problem(n.UnknownItems[0]))
}
