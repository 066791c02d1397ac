package feedback

import (
	"context"

	"atomizer-db/feedback/event"
	"atomizer-db/feedback/history"
	"atomizer-db/feedback/playbook"
	"atomizer-db/feedback/report"
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

// Items lists the live items in order of arrival; if all is true, also the retired
// ones.
func (l *Loop) Items(ctx context.Context, all bool) (items []Item, err error) {
	err = l.store.View(ctx, func(rx store.Reader) error {
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
func oneItem(rx store.Reader, row store.Item) (Item, error) {
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

func toItem(rx store.Reader, row store.Item, sources []int64, general generalizer) (Item, error) {
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

func findItem(rx store.Reader, id string) (store.Item, error) {
	row, found, err := rx.Item(id)
	if err == nil && !found {
		err = store.Fail(ErrNoItem, "the playbook has no item %q, live or retired", id)
	}
	return row, err
}

// CheckItem returns an [*event.FieldError] for advice that cannot be added.
func CheckItem(category playbook.Category, content string) error {
	if err := event.CheckCategory("category", string(category)); err != nil {
		return err
	}
	return event.CheckWords("content", content)
}

// AddItem adds advice to the playbook. If a live item has the same fingerprint, it
// returns that item and added is false.
func (l *Loop) AddItem(ctx context.Context, category playbook.Category, content string) (item Item, added bool, err error) {
	if err := CheckItem(category, content); err != nil {
		return item, false, err
	}
	err = l.store.Update(ctx, func(tx store.Writer) error {
		r := recorder{loop: l, tx: tx}
		before, err := tx.Playbook()
		if err != nil {
			return err
		}
		no, note, err := r.addInsight(store.Insight{Category: string(category), Content: content}, nil, tx.Now())
		if err != nil {
			return err
		}
		added = note != nil
		row, err := tx.ItemByNumber(no)
		if err != nil {
			return err
		}
		if added {
			if err := history.RecordAddition(tx, before, row); err != nil {
				return err
			}
		}
		item, err = oneItem(tx, row)
		return err
	})
	return item, added, err
}
