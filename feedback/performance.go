package feedback

import (
	"context"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/store"
)

// Performance is how an item has done: its counts, and in how many trials of
// the study (since its last reset, by each trial's latest attempt) it was used.
type Performance = store.Performance

// Performances are all live items in order of arrival. Encoded as JSON it is
// the legacy call's answer, an object by item id in that order.
type Performances []Performance

// MarshalJSONTo writes the legacy form.
func (p Performances) MarshalJSONTo(to *jsontext.Encoder) error {
	if err := to.WriteToken(jsontext.BeginObject); err != nil {
		return err
	}
	for _, item := range p {
		for _, token := range [...]jsontext.Token{ // half the time that a struct takes
			jsontext.String(item.ID), jsontext.BeginObject,
			jsontext.String("helpful_count"), jsontext.Int(item.Helpful),
			jsontext.String("harmful_count"), jsontext.Int(item.Harmful),
			jsontext.String("net_score"), jsontext.Int(item.NetScore),
			jsontext.String("confidence"), jsontext.Float(item.Confidence),
			jsontext.String("trials_used_in"), jsontext.Int(item.TrialsUsedIn),
			jsontext.String("category"), jsontext.String(item.Category),
			jsontext.String("content_preview"), jsontext.String(item.Preview),
			jsontext.EndObject,
		} {
			if err := to.WriteToken(token); err != nil {
				return err
			}
		}
	}
	return to.WriteToken(jsontext.EndObject)
}

// MarshalJSON writes the same for encoding/json.
func (p Performances) MarshalJSON() ([]byte, error) { return json.Marshal(p) }

// Performance tells how all live items have done.
func (l *Loop) Performance(ctx context.Context) (Performances, error) {
	return l.performance(ctx, store.ByArrival, -1)
}

// Top lists the n items with the highest net scores, best first. Ties keep the
// order of arrival.
func (l *Loop) Top(ctx context.Context, n int) ([]Performance, error) {
	return l.firstPerformers(ctx, store.BestFirst, n)
}

// Worst lists the n items with the lowest net scores, worst first. Ties keep
// the order of arrival.
func (l *Loop) Worst(ctx context.Context, n int) ([]Performance, error) {
	return l.firstPerformers(ctx, store.WorstFirst, n)
}

func (l *Loop) firstPerformers(ctx context.Context, order store.Order, n int) ([]Performance, error) {
	if n < 0 {
		return nil, badNumber(n)
	}
	return l.performance(ctx, order, n)
}

func badNumber(n int) error { return fmt.Errorf("%d is no number of items: give 0 or more", n) }

func (l *Loop) performance(ctx context.Context, order store.Order, limit int) (items []Performance, err error) {
	err = l.store.View(ctx, func(rx *store.Rx) error {
		study, err := l.find(rx)
		if err != nil {
			return err
		}
		items, err = rx.Performance(study, order, limit)
		return err
	})
	return items, err
}

// find gives the number of the loop's study: nil for all studies, and one that
// no row has for a study that has not begun.
func (l *Loop) find(rx *store.Rx) (*int64, error) {
	if l.study == nil {
		return nil, nil
	}
	study, _, err := rx.Study(*l.study)
	return &study, err
}
