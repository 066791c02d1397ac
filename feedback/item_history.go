package feedback

import (
	"context"
	"errors"

	"atomizer-db/feedback/playbook"
	"atomizer-db/store"
)

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
	Event int64  `json:"event"` // the finalize or commit that settled it
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

// ItemHistory returns an item, live or retired, and its history. It returns
// [ErrNoItem] if no item has the id.
func (l *Loop) ItemHistory(ctx context.Context, id string) (history ItemHistory, err error) {
	err = l.store.View(ctx, func(rx store.Reader) error {
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

func (h *ItemHistory) fill(rx store.Reader, no int64) error {
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

// ItemTrials is what the latest trials of the loop's study say about an item.
type ItemTrials struct {
	store.ItemTrials
	Most int64 // the number of trials that are considered
}

// mostItemTrials is the number of trials that an item is compared over, so that the answer
// takes the same time in a long study.
const mostItemTrials = 5_000

// ItemTrials compares the latest trials of the loop's study that named an item with those that
// did not: their success and their errors. It returns [ErrNoItem] if no item has the id.
func (l *Loop) ItemTrials(ctx context.Context, id string) (ItemTrials, error) {
	return ask(ctx, l, func(rx store.Reader, study *int64) (t ItemTrials, err error) {
		if study == nil {
			return t, errors.New("the trials of an item are of one study: name it")
		}
		row, err := findItem(rx, id)
		if err != nil {
			return t, err
		}
		t.Most = mostItemTrials
		t.ItemTrials, err = rx.ItemTrials(*study, row.No, mostItemTrials)
		return t, err
	})
}
