package history

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

// newer takes over what a file says of an item that the playbook already has. What
// changed in the file since it was last imported is taken over. Where nothing tells what
// changed, and for counts, what is here stays, and the change says so.
type newer struct {
	*importer
	item    playbook.Item // in the file
	same    *store.Item   // here
	base    imported      // as a file had it last
	isKnown bool          // there is a base
	isSame  bool          // it is of the same file: what it no longer has was removed

	taken []string // the names of fields
	kept  []string
}

// notTaken begins what a change says of fields whose values in the file are others.
const notTaken = "not taken over: "

func (n *newer) take() error {
	agrees, err := n.takeState()
	if err != nil || !agrees {
		return err
	}
	updated := *n.same
	if err := n.takeFields(&updated); err != nil {
		return err
	}
	if len(n.taken) > 0 {
		updated.Fingerprint = playbook.Fingerprint(playbook.Category(updated.Category), updated.Content)
		if err := n.tx.UpdateItem(updated, false); err != nil {
			return err
		}
	}
	if err := n.takeSources(); err != nil {
		return err
	}
	helpful, harmful, err := n.takeCounts()
	if err != nil {
		return err
	}
	n.taken = append(n.taken, n.newOrigin()...)
	n.noteEdit(changeOf(n.item.ID, n.same), n.taken, helpful, harmful)
	if len(n.kept) > 0 {
		change := changeOf(n.item.ID, n.same)
		change.Action, change.Detail = Kept, notTaken+strings.Join(n.kept, ", ")
		n.note(change)
	}
	return nil
}

// takeState retires or restores the item, as the file does. agrees is false for one that is
// retired here, and live in the file.
func (n *newer) takeState() (agrees bool, err error) {
	change := changeOf(n.item.ID, n.same)
	retired, wasArchived := n.same.Retirement != nil, n.isKnown && n.base.Archived
	switch {
	case retired && n.item.Archived:
		return true, nil
	case retired:
		removed, err := n.isRemoved()
		if err != nil {
			return false, err
		}
		if !wasArchived || !removed || !n.isSame {
			change.Action, change.Detail = LeftOut, "it is retired here"
			n.note(change)
			return false, nil
		}
		change.Action, change.Detail = Restored, "no longer archived in the file"
		n.note(change)
		return true, n.tx.Restore(n.same.No, nil, n.tx.Now())
	case n.item.Archived && wasArchived:
		change.Action, change.Detail = Kept, "it is archived in the file, and was restored here"
		n.note(change)
	case n.item.Archived:
		change.Action, change.Detail = Retired, "archived in the file"
		n.note(change)
		return true, n.retire(n.same.No)
	}
	return true, nil
}

// isRemoved reports whether an import retired the item.
func (n *newer) isRemoved() (bool, error) {
	retirements, err := n.tx.Retirements(n.same.No)
	return len(retirements) > 0 && retirements[0].Reason == store.Removed, err
}

// takeFields takes over the fields of the item besides counts.
func (n *newer) takeFields(updated *store.Item) error {
	n.takeContent(updated)
	n.takeText("category", string(n.item.Category), n.base.Category, &updated.Category)
	n.takeText("created_at", n.item.CreatedAt, n.base.CreatedAt, &updated.CreatedAt)
	if err := n.takeTags(updated); err != nil {
		return err
	}
	ours, err := parseExtra(n.same.Extra)
	if err != nil {
		return err
	}
	base, err := n.base.members()
	if err != nil {
		return err
	}
	merged, taken, kept := mergeMembers(ours, base, n.item.Extra, n.isSame)
	n.taken, n.kept = append(n.taken, taken...), append(n.kept, kept...)
	if len(taken) > 0 {
		updated.Extra, err = marshalExtra(merged)
	}
	return err
}

// takeContent takes over the content, unless it changed here since the file had it.
func (n *newer) takeContent(updated *store.Item) {
	switch n.item.Content {
	case n.same.Content:
	case n.base.Content: // it changed here only
	default:
		if n.base.Content == n.same.Content {
			n.taken, updated.Content = append(n.taken, "content"), n.item.Content
		} else {
			n.kept = append(n.kept, "content (it was changed here)")
		}
	}
}

// takeText takes over a text that changed in the file.
func (n *newer) takeText(name, theirs, base string, ours *string) {
	switch {
	case theirs == "" || theirs == *ours || n.isKnown && theirs == base:
	case n.isKnown && base != "":
		n.taken, *ours = append(n.taken, name), theirs
	default:
		n.kept = append(n.kept, name)
	}
}

// takeTags adds the tags that are new in the file, and removes those that it no longer has.
func (n *newer) takeTags(updated *store.Item) error {
	var tags []string
	if err := json.Unmarshal([]byte(n.same.Tags), &tags); err != nil {
		return store.Inconsistent("the tags of item %q: %v", n.same.ID, err)
	}
	before := len(tags)
	tags = slices.DeleteFunc(tags, func(tag string) bool {
		return n.isSame && slices.Contains(n.base.Tags, tag) && !slices.Contains(n.item.Tags, tag)
	})
	changed := len(tags) != before
	for _, tag := range n.item.Tags {
		if !slices.Contains(tags, tag) && !slices.Contains(n.base.Tags, tag) {
			tags, changed = append(tags, tag), true
		}
	}
	if !changed {
		return nil
	}
	n.taken = append(n.taken, "tags")
	text, err := json.Marshal(append([]string{}, tags...))
	updated.Tags = string(text)
	return err
}

// takeSources adds the source trials that are new in the file.
func (n *newer) takeSources() error {
	changed := false
	for _, number := range n.item.SourceTrials {
		if slices.Contains(n.base.SourceTrials, number) {
			continue
		}
		added, err := n.tx.AddSourceTrial(n.same.No, number, nil)
		if err != nil {
			return err
		}
		changed = changed || added
	}
	if changed {
		n.taken = append(n.taken, "source_trials")
	}
	return nil
}

// takeCounts takes over the counts as the options say.
func (n *newer) takeCounts() (helpful, harmful int64, err error) {
	switch n.counts {
	case TheirCounts:
		helpful, harmful = n.item.Helpful-n.same.Helpful, n.item.Harmful-n.same.Harmful
	case AddCounts:
		taken, err := n.tx.CountsTakenFrom(n.same.No, n.digest)
		if err != nil || taken {
			return 0, 0, err
		}
		helpful, harmful = n.item.Helpful, n.item.Harmful
	default:
		n.keepCounts()
	}
	if helpful == 0 && harmful == 0 {
		return 0, 0, nil
	}
	return helpful, harmful, n.adjust(n.same.No, helpful, harmful)
}

// keepCounts says what of the counts is new in the file.
func (n *newer) keepCounts() {
	isNew := n.item.Helpful != n.base.Helpful || n.item.Harmful != n.base.Harmful
	if isNew && (n.item.Helpful != n.same.Helpful || n.item.Harmful != n.same.Harmful) {
		n.kept = append(n.kept, fmt.Sprintf("counts (helpful %d, harmful %d)", n.item.Helpful, n.item.Harmful))
		n.keptCounts++
	}
	if used := n.item.LastUsed; used != nil && !equalText(used, n.base.LastUsed) && !equalText(used, lastUsed(*n.same)) {
		n.kept = append(n.kept, "last_used")
	}
}

// newOrigin returns the names of the fields that only the file's format has, and that
// changed in it. They are kept with the file.
func (n *newer) newOrigin() []string {
	if !n.isKnown || n.base.Origin == nil || n.item.Origin == nil {
		return nil
	}
	was, err1 := playbook.ParseMembers(string(n.base.Origin))
	now, err2 := playbook.ParseMembers(string(n.item.Origin))
	if err1 != nil || err2 != nil {
		return nil
	}
	_, taken, _ := mergeMembers(was, was, now, true)
	return slices.DeleteFunc(taken, func(name string) bool {
		return slices.Contains([]string{
			"content", "text", "helpful", "helpful_count", "helpfulCount", "harmful", "harmful_count", "harmfulCount",
			"status", "archived", "tags", "created_at", "createdAt", "category", "after", "bare",
		}, name)
	})
}

// mergeMembers merges the fields that changed between base and theirs into ours. taken
// and kept are the names of those that were, and of those that differ but could not be
// told to be newer than ours. Fields that theirs lacks are removed if removes is true.
func mergeMembers(ours, base, theirs playbook.Object, removes bool) (merged playbook.Object, taken, kept []string) {
	merged = slices.Clone(ours)
	for _, m := range theirs {
		was, had := value(base, m.Name)
		have, known := value(merged, m.Name)
		switch {
		case had && was == string(m.Value) || known && have == string(m.Value):
		case !known:
			merged, taken = append(merged, m), append(taken, m.Name)
		case had && was == have:
			at := slices.IndexFunc(merged, func(o playbook.Member) bool { return o.Name == m.Name })
			merged[at].Value, taken = m.Value, append(taken, m.Name)
		default:
			kept = append(kept, m.Name)
		}
	}
	for _, m := range base {
		_, has := value(theirs, m.Name)
		if have, known := value(merged, m.Name); removes && !has && known && have == string(m.Value) {
			merged, taken = merged.Without(m.Name), append(taken, m.Name)
		}
	}
	return merged, taken, kept
}

func value(o playbook.Object, name string) (text string, found bool) {
	for _, m := range o {
		if m.Name == name {
			return string(m.Value), true
		}
	}
	return "", false
}

// changeOf returns a change of an item that has the given id in the file.
func changeOf(id string, same *store.Item) Change {
	if same.ID == id {
		return Change{ID: id}
	}
	return Change{ID: id, As: same.ID}
}

func countsDetail(helpful, harmful int64) string {
	return fmt.Sprintf("helpful %+d, harmful %+d", helpful, harmful)
}
