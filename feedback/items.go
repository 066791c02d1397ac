package feedback

import (
	"context"

	"atomizer-db/feedback/event"
	"atomizer-db/feedback/history"
	"atomizer-db/feedback/playbook"
	"atomizer-db/feedback/report"
	"atomizer-db/feedback/words"
	"atomizer-db/store"
)

// Item is one piece of advice, by the names of playbook.json.
type Item struct {
	ID           string      `json:"id"`
	Category     string      `json:"category"`
	Content      string      `json:"content"`
	Generalized  string      `json:"generalized,omitempty"` // how a mistake of several trials is shown: see [playbook.Generalize]
	HelpfulCount int64       `json:"helpful_count"`
	HarmfulCount int64       `json:"harmful_count"`
	NetScore     int64       `json:"net_score"`
	Confidence   float64     `json:"confidence"` // see [report.Confidence]
	CreatedAt    string      `json:"created_at"`
	LastUsed     *string     `json:"last_used"`
	SourceTrials []int64     `json:"source_trials"`
	Tags         []string    `json:"tags"`
	Retired      *Retirement `json:"retired"` // null: live
}

// Retirement says when and why an item left the playbook.
type Retirement struct {
	Reason     string  `json:"reason"`      // pruned, retired, merged, or removed from an imported playbook.json
	Event      *int64  `json:"event"`       // what retired it: its position in the ledger; null: an import
	RetiredAt  string  `json:"retired_at"`  //
	RestoredAt *string `json:"restored_at"` // null: it is still retired
}

// ItemHistory is an item and its history. Each list begins with the latest entry.
type ItemHistory struct {
	Item
	TrialsUsedIn int64            `json:"trials_used_in"` // of the loop's study
	Uses         []ItemUse        `json:"uses"`           // events that named it, at most HistoryLength
	Origins      []ItemOrigin     `json:"origins"`        // insights that were committed into it, at most HistoryLength
	Changes      []ItemChange     `json:"changes"`        // by events
	Adjustments  []ItemAdjustment `json:"adjustments"`
	Retirements  []Retirement     `json:"retirements"`
}

// HistoryLength limits the uses and the origins in an item's history.
const HistoryLength = 20

// ItemUse is an event that named an item.
type ItemUse struct {
	Event   int64  `json:"event"` // its position in the ledger
	Type    string `json:"type"`  // trial or error
	Study   string `json:"study"`
	Trial   int64  `json:"trial"`
	Success bool   `json:"success"`
	Named   int64  `json:"named"`   // how often the event named it
	Counted int64  `json:"counted"` // how often that counted
	Void    bool   `json:"void"`    // the trial is void: it does not count
	Time    string `json:"time"`
}

// ItemOrigin is an insight that was committed into an item.
type ItemOrigin struct {
	Study string `json:"study"`
	Trial *int64 `json:"trial"` // null: drawn from the study as a whole
	Added bool   `json:"added"` // the item was created from it
	Event int64  `json:"event"` // the finalize that committed it
	Time  string `json:"time"`
}

// ItemChange is an event that changed an item, or merged another one into it.
type ItemChange struct {
	Item   string  `json:"item"`   // id of the item that was changed
	Type   string  `json:"type"`   // edit_item, tag_item, retire_item, merge_items or restore_item
	Before *string `json:"before"` // what it said or its tags (a JSON array); null: neither changed
	After  *string `json:"after"`
	Into   *string `json:"into"`   // id of the item that it was merged into
	Reason string  `json:"reason"` // "" for none
	Event  int64   `json:"event"`  // its position in the ledger
	Time   string  `json:"time"`
}

// ItemAdjustment is a change of counts that no trial and no error explains.
type ItemAdjustment struct {
	Helpful    int64  `json:"helpful"`
	Harmful    int64  `json:"harmful"`
	Reason     string `json:"reason"`      // import, merge or restore
	AfterEvent int64  `json:"after_event"` // the last event before it, or the merge or the restore: its position in the ledger
	Time       string `json:"time"`

	OtherItem string `json:"other_item,omitempty"` // of a merge: the item that counts came from or went to
}

// Items lists the live items in order of arrival; if all is true, also the retired
// ones.
func (l *Loop) Items(ctx context.Context, all bool) (items []Item, err error) {
	err = l.store.View(ctx, func(rx *store.Rx) error {
		rows, err := rx.Items(all)
		if err != nil {
			return err
		}
		sources, err := rx.AllSourceTrials()
		if err != nil {
			return err
		}
		general, err := newGeneralizer(rx)
		if err != nil {
			return err
		}
		items = make([]Item, 0, len(rows))
		for _, row := range rows {
			item, err := toItem(rx, row, sources[row.No], general)
			if err != nil {
				return err
			}
			items = append(items, item)
		}
		return nil
	})
	return items, err
}

// oneItem is toItem for a single item, whose source trials it reads.
func oneItem(rx *store.Rx, row store.Item) (Item, error) {
	sources, err := rx.SourceTrials(row.No)
	if err != nil {
		return Item{}, err
	}
	general, err := newGeneralizer(rx)
	if err != nil {
		return Item{}, err
	}
	return toItem(rx, row, sources, general)
}

func toItem(rx *store.Rx, row store.Item, sources []int64, general generalizer) (Item, error) {
	entry, err := history.ToPlaybook(row, sources)
	if err != nil {
		return Item{}, err
	}
	item := Item{
		ID: row.ID, Category: row.Category, Content: row.Content,
		HelpfulCount: row.Helpful, HarmfulCount: row.Harmful, NetScore: row.Helpful - row.Harmful, Confidence: report.Confidence(row.Helpful, row.Harmful),
		CreatedAt: row.CreatedAt, LastUsed: entry.LastUsed,
		SourceTrials: append([]int64{}, sources...), Tags: append([]string{}, entry.Tags...),
	}
	text, err := general.text(row)
	if err != nil {
		return Item{}, err
	}
	if text != row.Content {
		item.Generalized = text
	}
	if row.Retirement == nil {
		return item, nil
	}
	retirements, err := rx.Retirements(row.No)
	if len(retirements) > 0 {
		last := toRetirement(retirements[0])
		item.Retired = &last
	}
	return item, err
}

func toRetirement(r store.Retirement) Retirement {
	retirement := Retirement{Reason: r.Reason, Event: r.Event, RetiredAt: playbook.FormatMicros(r.RetiredUS)}
	if r.RestoredUS != nil {
		at := playbook.FormatMicros(*r.RestoredUS)
		retirement.RestoredAt = &at
	}
	return retirement
}

// ItemHistory returns an item, live or retired, and its history. It returns
// [ErrNoItem] if no item has the id.
func (l *Loop) ItemHistory(ctx context.Context, id string) (history ItemHistory, err error) {
	err = l.store.View(ctx, func(rx *store.Rx) error {
		row, err := findItem(rx, id)
		if err != nil {
			return err
		}
		if history.Item, err = oneItem(rx, row); err != nil {
			return err
		}
		study, err := l.find(rx)
		if err != nil {
			return err
		}
		if history.TrialsUsedIn, err = rx.TrialsUsedIn(study, row.No); err != nil {
			return err
		}
		return history.fill(rx, row.No)
	})
	return history, err
}

func findItem(rx *store.Rx, id string) (store.Item, error) {
	row, found, err := rx.Item(id)
	if err == nil && !found {
		err = store.Fail(ErrNoItem, "the playbook has no item %q, live or retired", id)
	}
	return row, err
}

func (h *ItemHistory) fill(rx *store.Rx, no int64) error {
	uses, err := rx.Uses(no, HistoryLength)
	if err != nil {
		return err
	}
	h.Uses = make([]ItemUse, 0, len(uses))
	for _, u := range uses {
		h.Uses = append(h.Uses, ItemUse{
			Event: u.Event, Type: string(u.Type), Study: u.Study, Trial: u.TrialNumber, Success: u.Success,
			Named: u.Named, Counted: u.Counted, Void: u.Void, Time: playbook.FormatMicros(u.TimeUS),
		})
	}
	origins, err := rx.Origins(no, HistoryLength)
	if err != nil {
		return err
	}
	h.Origins = make([]ItemOrigin, 0, len(origins))
	for _, o := range origins {
		h.Origins = append(h.Origins, ItemOrigin{Study: o.Study, Trial: o.TrialNumber, Added: o.Added, Event: o.SettledBy, Time: playbook.FormatMicros(o.TimeUS)})
	}
	changes, err := rx.ItemChanges(no)
	if err != nil {
		return err
	}
	h.Changes = make([]ItemChange, 0, len(changes))
	for _, c := range changes {
		h.Changes = append(h.Changes, ItemChange{
			Item: c.ID, Type: c.Type, Before: c.Before, After: c.After, Into: c.IntoID, Reason: c.Reason, Event: c.Event, Time: playbook.FormatMicros(c.TimeUS),
		})
	}
	adjustments, err := rx.Adjustments(no)
	if err != nil {
		return err
	}
	h.Adjustments = make([]ItemAdjustment, 0, len(adjustments))
	for _, a := range adjustments {
		adjustment := ItemAdjustment{
			Helpful: a.Helpful, Harmful: a.Harmful, Reason: a.Reason, AfterEvent: a.AfterEvent, Time: playbook.FormatMicros(a.TimeUS),
		}
		if a.Reason == store.ByMerge && a.Event != nil {
			merge, _, err := rx.ItemChangeOf(*a.Event)
			if err != nil {
				return err
			}
			if adjustment.OtherItem = merge.ID; merge.Item == no && merge.IntoID != nil {
				adjustment.OtherItem = *merge.IntoID
			}
		}
		h.Adjustments = append(h.Adjustments, adjustment)
	}
	retirements, err := rx.Retirements(no)
	if err != nil {
		return err
	}
	h.Retirements = make([]Retirement, 0, len(retirements))
	for _, r := range retirements {
		h.Retirements = append(h.Retirements, toRetirement(r))
	}
	return nil
}

// CheckItem returns an [*event.FieldError] for advice that cannot be added.
func CheckItem(category playbook.Category, content string) error {
	switch {
	case !category.Valid():
		return wrong("category", "%q is not one of %s", category, listed(playbook.Categories))
	case words.IsBlank(content):
		return wrong("content", "is blank: give it some words")
	}
	return event.CheckText("content", content)
}

// AddItem adds advice to the playbook. If a live item has the same fingerprint, it
// returns that item and added is false.
func (l *Loop) AddItem(ctx context.Context, category playbook.Category, content string) (item Item, added bool, err error) {
	if err := CheckItem(category, content); err != nil {
		return item, false, err
	}
	err = l.store.Update(ctx, func(tx *store.Tx) error {
		r := recorder{loop: l, tx: tx}
		no, note, err := r.addInsight(store.Insight{Category: string(category), Content: content}, nil, tx.Now())
		if err != nil {
			return err
		}
		added = note != nil
		row, err := tx.ItemByNumber(no)
		if err != nil {
			return err
		}
		item, err = oneItem(&tx.Rx, row)
		return err
	})
	return item, added, err
}
