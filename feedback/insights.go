package feedback

import (
	"context"

	"atomizer-db/store"
)

// PendingInsight is advice that waits for a finalize.
type PendingInsight struct {
	Study    string `json:"study"`
	Category string `json:"category"`
	Content  string `json:"content"`
	Helpful  bool   `json:"helpful"`
	Trial    *int64 `json:"trial"` // null: drawn from the study as a whole
}

// Pending lists the loop's pending insights, oldest first, study by study.
func (l *Loop) Pending(ctx context.Context) (pending []PendingInsight, err error) {
	err = l.store.View(ctx, func(rx *store.Rx) error {
		pending = []PendingInsight{}
		studies, err := rx.Studies()
		if err != nil {
			return err
		}
		for _, study := range studies {
			if l.study != nil && study.Name != *l.study {
				continue
			}
			insights, err := rx.PendingInsights(study.ID, -1)
			if err != nil {
				return err
			}
			for _, i := range insights {
				pending = append(pending, PendingInsight{
					Study: study.Name, Category: i.Category, Content: i.Content, Helpful: i.Helpful, Trial: i.TrialNumber,
				})
			}
		}
		return nil
	})
	return pending, err
}
