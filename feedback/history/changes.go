package history

import (
	"encoding/json"
	"errors"
	"fmt"

	"atomizer-db/feedback/event"
	"atomizer-db/store"
)

// insights returns an event about pending insights.
func (p page) insights(h event.Header, entry store.LedgerEntry) (event.Event, error) {
	choices, err := p.rx.InsightChoices(entry.ID)
	if err != nil {
		return nil, err
	}
	var texts []event.InsightText
	for _, c := range choices {
		texts = append(texts, event.InsightText{Category: c.Category, Content: c.Content})
	}
	switch entry.Type {
	case store.CommitEvent:
		return event.CommitInsights{Header: h, Insights: texts}, nil
	case store.RejectEvent:
		reason, err := p.rx.Reason(entry.ID)
		return event.RejectInsights{Header: h, Insights: texts, Reason: reason}, err
	}
	if len(choices) != 1 || choices[0].NewContent == nil {
		return nil, inconsistent(entry, "what it made of an insight is missing")
	}
	return event.EditInsight{Header: h, Category: texts[0].Category, Content: texts[0].Content, NewContent: *choices[0].NewContent}, nil
}

// change returns an event about an item.
func (p page) change(h event.Header, entry store.LedgerEntry) (event.Event, error) {
	c, found, err := p.rx.ItemChangeOf(entry.ID)
	switch {
	case err != nil:
		return nil, err
	case !found:
		return nil, inconsistent(entry, fmt.Sprintf("what the %s changed is missing", entry.Type))
	}
	switch {
	case entry.Type == store.EditItemEvent && c.After != nil:
		return event.EditItem{Header: h, Item: c.ID, Content: *c.After}, nil
	case entry.Type == store.TagEvent && c.Added != nil && c.Removed != nil:
		e := event.TagItem{Header: h, Item: c.ID}
		if err := errors.Join(json.Unmarshal([]byte(*c.Added), &e.Add), json.Unmarshal([]byte(*c.Removed), &e.Remove)); err != nil {
			return nil, inconsistent(entry, err)
		}
		return e, nil
	case entry.Type == store.RetireEvent:
		return event.RetireItem{Header: h, Item: c.ID, Reason: c.Reason}, nil
	case entry.Type == store.MergeEvent && c.IntoID != nil:
		return event.MergeItems{Header: h, Item: c.ID, Into: *c.IntoID}, nil
	case entry.Type == store.RestoreEvent:
		return event.RestoreItem{Header: h, Item: c.ID}, nil
	}
	return nil, inconsistent(entry, fmt.Sprintf("its type %q is unknown, or its content is missing", entry.Type))
}
