package store

import "time"

// ItemReader reads items: their content, counts and history.
type ItemReader interface {
	// Items lists the live items in order of arrival; if all is true, also the retired
	// ones.
	Items(all bool) ([]Item, error)

	// ItemIDs lists the ids of all items, live or retired, in order of arrival.
	ItemIDs() (ids []string, err error)

	// Item finds an item, live or retired, by its id.
	Item(id string) (item Item, found bool, err error)

	// LiveItemLike finds the live item with the category and fingerprint of an insight.
	// If there are several, it returns the first that arrived.
	LiveItemLike(category string, fingerprint []byte) (item int64, found bool, err error)

	// Retirements lists the retirements of an item, newest first.
	Retirements(item int64) ([]Retirement, error)

	// LiveItemsAtOrBelow lists the live items with a net score of at most
	// threshold, in order of arrival.
	LiveItemsAtOrBelow(threshold int64) ([]Item, error)

	// PrunedItems lists the ids of the items that a finalize pruned, in order of arrival.
	PrunedItems(event int64) ([]string, error)

	// CountItems returns the number of live items.
	CountItems() (n int64, err error)

	// ItemByNumber finds an item by its item_no.
	ItemByNumber(no int64) (item Item, err error)

	// ItemChangeOf finds the change of an event.
	ItemChangeOf(event int64) (change NamedChange, found bool, err error)

	// ItemChanges lists the changes of an item and the merges into it, newest first.
	ItemChanges(item int64) ([]NamedChange, error)

	// MergeOf finds the merge by which an item is retired; found is false if it is live, or
	// retired otherwise.
	MergeOf(item int64) (merge NamedChange, found bool, err error)

	// MergedInto lists the merges of the items that are merged into an item, in order.
	MergedInto(item int64) ([]NamedChange, error)

	// MergedUsages lists the usages of a trial that count for items that are merged by now.
	MergedUsages(trial int64) ([]MergedUsage, error)

	// InsightChoices lists the insights that an event names, in its order.
	InsightChoices(event int64) ([]InsightChoice, error)

	// Reason returns why an event happened, "" if nobody said so.
	Reason(event int64) (reason string, err error)

	// Adjustments lists an item's adjustments, newest first.
	Adjustments(item int64) ([]Adjustment, error)

	// AdjustmentsBy lists the adjustments of an event, in order.
	AdjustmentsBy(event int64) ([]Adjustment, error)

	// CountsTakenFrom reports whether the counts in a file with this digest have already
	// been added to an item.
	CountsTakenFrom(item int64, digest []byte) (taken bool, err error)

	// LiveItemFor finds the live item that an insight with this category and fingerprint
	// merges into: the first that says the same or, if there is none, the first that stands for
	// what says the same.
	LiveItemFor(category string, fingerprint []byte) (item int64, found bool, err error)

	// ItemNumbers lists the ranges of the numbers of an item, in the order of their places.
	ItemNumbers(item int64) ([]ItemNumber, error)

	// AllItemNumbers lists the ranges of the numbers of all items, by item and place.
	AllItemNumbers() ([]ItemNumber, error)

	// CommittedContents lists what the insights said that were committed into an item.
	CommittedContents(item int64) (contents []string, err error)

	// CountSourceTrials counts the trials that each item was learned from, by item_no.
	CountSourceTrials() (map[int64]int64, error)

	// SourceTrials returns the numbers of the trials that an item was learned from, each
	// once, in order of arrival.
	SourceTrials(item int64) ([]int64, error)

	// AllSourceTrials returns the trial numbers of every item, as SourceTrials does, by
	// item_no.
	AllSourceTrials() (map[int64][]int64, error)

	// ItemTrials counts the latest trials of a study that count, at most limit of them, and their
	// errors. An item that left the playbook is with a trial that names it, as in TrialsUsedIn.
	ItemTrials(study, item int64, limit int) (t ItemTrials, err error)

	// Performance lists the performance of live items in an order, at most limit of them,
	// or all if limit is negative. Helpful and Harmful are counts over all studies.
	// TrialsUsedIn counts the trials of one study, or of all studies if study is nil.
	Performance(study *int64, order Order, limit int) ([]Performance, error)

	// TrialsUsedIn counts the trials that used an item, of a study, or of all studies if
	// it is nil: since the last reset, by the latest attempt at each trial number.
	TrialsUsedIn(study *int64, item int64) (n int64, err error)
}

// ItemWriter writes items: their content, counts and history.
type ItemWriter interface {
	// AddItem puts a new item at the end of the playbook, with counts of zero, and
	// returns its item_no. Earlier trials may have used its id: they count in
	// trials_used_in.
	AddItem(i Item) (int64, error)

	// UpdateItem stores the fields of an item that another tool may change: category,
	// content, times, tags and unknown fields. If resetUse is true, LastUsedAt also
	// replaces LastUsedUS.
	UpdateItem(i Item, resetUse bool) error

	// Retire removes an item from the playbook. Its row and its place in the order of
	// arrival stay.
	Retire(r Retirement) error

	// Restore returns a retired item to its old place in the playbook. event is nil for an
	// import.
	Restore(item int64, event *int64, at time.Time) error

	// AddItemChange stores the content of an event that changes an item.
	AddItemChange(c ItemChange) error

	// AddInsightChoices stores which pending insights an event names.
	AddInsightChoices(event int64, choices []InsightChoice) error

	// AddReason stores why an event happened, unless the reason is "".
	AddReason(event int64, reason string) error

	// Adjust changes an item's counts and stores why. The change is placed after the
	// newest event. Its time is now, unless it has one.
	Adjust(a Adjustment) error

	// AddImport stores that a file was imported at a time, and returns the import's id.
	AddImport(path string, digest []byte, at time.Time) (int64, error)

	// AddItemText makes an item stand for a text, from an event on.
	AddItemText(item int64, category string, fingerprint []byte, event int64) error

	// CopyItemTexts makes an item stand for what another says and stands for, from an event on.
	CopyItemTexts(from, to, event int64) error

	// RemoveItemTexts takes back what an event made items stand for.
	RemoveItemTexts(event int64) error

	// SetItemNumber stores the range of a number.
	SetItemNumber(n ItemNumber) error

	// RemoveItemNumbers forgets the ranges of an item, because its text was changed.
	RemoveItemNumbers(item int64) error

	// AddSourceTrial stores that an item was learned from a trial. study is nil for a
	// number that came from a playbook.json. added is false if it was already stored, unless a
	// merge brought it: then it becomes the item's own.
	AddSourceTrial(item, number int64, study *int64) (added bool, err error)

	// CopySourceTrials adds the source trials of an item to those of another that lacks them,
	// for a merge.
	CopySourceTrials(from, to, merge int64) error

	// RemoveCopiedSourceTrials takes back what a merge added to the source trials of an item.
	RemoveCopiedSourceTrials(merge int64) error

	// RemoveSourceTrial removes a trial number from the source trials of an item, for all
	// studies.
	RemoveSourceTrial(item, number int64) error
}
