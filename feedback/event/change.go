package event

// InsightText identifies pending insights of a study by what they say: those of the
// category whose content is the same, as finalize compares contents.
type InsightText struct {
	Category string
	Content  string
}

// CommitInsights commits pending insights of the study to the playbook, as a finalize
// does, which also prunes and exports.
type CommitInsights struct {
	Header
	Insights []InsightText // nil: all
}

// RejectInsights drops pending insights of the study.
type RejectInsights struct {
	Header
	Insights []InsightText
	Reason   string // "" for none
}

// EditInsight changes what pending insights say.
type EditInsight struct {
	Header
	Category   string
	Content    string // what they say
	NewContent string // what they are to say
}

// EditItem changes what an item says. Insights that say what it said before still merge
// into it.
type EditItem struct {
	Header
	Item    string // id
	Content string
}

// TagItem adds tags to an item and removes others.
type TagItem struct {
	Header
	Item   string // id
	Add    []string
	Remove []string
}

// RetireItem removes an item from the playbook.
type RetireItem struct {
	Header
	Item   string // id
	Reason string // "" for none
}

// MergeItems retires an item and moves its counts and source trials to another. Insights
// that say what it said then merge into the other.
type MergeItems struct {
	Header
	Item string // id of the item that leaves the playbook
	Into string // id of the other
}

// RestoreItem returns a retired item to its old place in the playbook. If it was pruned,
// its net score becomes zero. If it was merged, it takes its counts and source trials
// back.
type RestoreItem struct {
	Header
	Item string // id
}

// Type returns "commit_insights".
func (CommitInsights) Type() string { return TypeCommitInsights }

// Type returns "reject_insights".
func (RejectInsights) Type() string { return TypeRejectInsights }

// Type returns "edit_insight".
func (EditInsight) Type() string { return TypeEditInsight }

// Type returns "edit_item".
func (EditItem) Type() string { return TypeEditItem }

// Type returns "tag_item".
func (TagItem) Type() string { return TypeTagItem }

// Type returns "retire_item".
func (RetireItem) Type() string { return TypeRetireItem }

// Type returns "merge_items".
func (MergeItems) Type() string { return TypeMergeItems }

// Type returns "restore_item".
func (RestoreItem) Type() string { return TypeRestoreItem }

// Validate returns a [*FieldError] for an invalid field.
func (c CommitInsights) Validate() error {
	if c.Insights != nil && len(c.Insights) == 0 {
		return wrong("insights", "is empty: leave it out to commit all")
	}
	return commits.check(&c)
}

// Validate returns a [*FieldError] for an invalid field.
func (r RejectInsights) Validate() error {
	if len(r.Insights) == 0 {
		return wrong("insights", "is empty: name at least one")
	}
	return rejections.check(&r)
}

// Validate returns a [*FieldError] for an invalid field.
func (e EditInsight) Validate() error { return insightEdits.check(&e) }

// Validate returns a [*FieldError] for an invalid field.
func (e EditItem) Validate() error { return itemEdits.check(&e) }

// Validate returns a [*FieldError] for an invalid field.
func (t TagItem) Validate() error {
	if len(t.Add)+len(t.Remove) == 0 {
		return wrong("add", "is empty, and so is remove: name at least one tag")
	}
	return taggings.check(&t)
}

// Validate returns a [*FieldError] for an invalid field.
func (r RetireItem) Validate() error { return retirements.check(&r) }

// Validate returns a [*FieldError] for an invalid field.
func (m MergeItems) Validate() error {
	if m.Item == m.Into {
		return wrong("into", "is the item itself: name another one")
	}
	return merges.check(&m)
}

// Validate returns a [*FieldError] for an invalid field.
func (r RestoreItem) Validate() error { return restorations.check(&r) }
