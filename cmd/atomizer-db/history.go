package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

func (a *app) printHistory(h feedback.ItemHistory) {
	lastUsed := "never"
	if h.LastUsed != nil {
		lastUsed = shortTime(*h.LastUsed)
	}
	facts := [][2]any{
		{"id", h.ID},
		{"category", h.Category},
		{"content", shownContent(h.Item)},
		{"net score", fmt.Sprintf("%d (helpful %d, harmful %d, confidence %s)", h.NetScore, h.HelpfulCount, h.HarmfulCount, percent(h.Confidence))},
		{"used in", count(h.TrialsUsedIn, "trial")},
		{"created", shortTime(h.CreatedAt)},
		{"last used", lastUsed},
	}
	if len(h.SourceTrials) > 0 {
		facts = append(facts, [2]any{"source trials", joined(h.SourceTrials, 12)})
	}
	if len(h.Tags) > 0 {
		facts = append(facts, [2]any{"tags", strings.Join(h.Tags, ", ")})
	}
	if h.Retired != nil {
		facts = append(facts, [2]any{"retired", h.Retired.Reason + " on " + shortTime(h.Retired.RetiredAt)})
	}
	a.printFacts(facts)
	entries := historyOf(h)
	if len(entries) == 0 {
		return
	}
	rows := make([][]any, 0, len(entries))
	for _, e := range entries {
		rows = append(rows, []any{shortTime(e.time), e.what, e.study, e.trial, e.detail})
	}
	_, _ = fmt.Fprintln(a.stdout)
	a.printTable([]column{{name: "time (UTC)"}, {name: "event"}, {name: "study"}, {name: "trial", number: true}, {name: "detail", text: true}}, rows)
}

// shownContent returns what an item says as people are shown it.
func shownContent(item feedback.Item) string {
	if item.Generalized != "" {
		return item.Generalized
	}
	return item.Content
}

// entry is one thing that happened to an item.
type entry struct {
	place  int64 // in the order of commit: twice the event's number, plus one for a change after it
	time   string
	what   string
	study  string
	trial  any
	detail string
}

// historyOf returns what happened to an item, the last commit first.
func historyOf(h feedback.ItemHistory) []entry {
	var entries []entry
	for _, u := range h.Uses {
		entries = append(entries, entryOfUse(u))
	}
	for _, o := range h.Origins {
		trial, detail := any("-"), "an insight had the same content"
		if o.Trial != nil {
			trial = *o.Trial
		}
		if o.Added {
			detail = "the item was created from this insight"
		}
		entries = append(entries, entry{place: 2 * o.Event, time: o.Time, what: "insight", study: o.Study, trial: trial, detail: detail})
	}
	for _, adj := range h.Adjustments {
		detail := fmt.Sprintf("helpful %+d, harmful %+d", adj.Helpful, adj.Harmful)
		if adj.OtherItem != "" {
			detail += ", with " + adj.OtherItem
		}
		entries = append(entries, entry{place: 2*adj.AfterEvent + 1, time: adj.Time, what: adj.Reason, trial: "", detail: detail})
	}
	reasons := map[int64]string{}
	for _, c := range h.Changes {
		e := entry{place: 2 * c.Event, time: c.Time, trial: ""}
		switch {
		case c.Into != nil && *c.Into == h.ID:
			e.what, e.detail = "took over", c.Item
		case c.Into != nil:
			reasons[c.Event] = "into " + *c.Into
			continue
		case c.Type == event.TypeRetireItem:
			reasons[c.Event] = c.Reason
			continue
		case c.Type == event.TypeEditItem:
			e.what, e.detail = "edited", fmt.Sprintf("it said %q", *c.Before)
		case c.Type == event.TypeTagItem:
			e.what, e.detail = "tagged", fmt.Sprintf("its tags were %s", *c.Before)
		default:
			e.what = "restored"
		}
		entries = append(entries, e)
	}
	var removed []entry
	for _, r := range h.Retirements {
		e := entry{time: r.RetiredAt, what: r.Reason, trial: ""}
		if r.Event != nil {
			e.detail = reasons[*r.Event]
		}
		if r.RestoredAt != nil {
			e.detail = strings.TrimPrefix(e.detail+"; restored on "+shortTime(*r.RestoredAt), "; ")
		}
		if r.Event == nil {
			removed = append(removed, e)
			continue
		}
		e.place = 2 * *r.Event
		entries = append(entries, e)
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(b.place, a.place) })
	// For a removal by an import, only the time is known.
	for _, e := range slices.Backward(removed) {
		at := slices.IndexFunc(entries, func(other entry) bool { return other.time <= e.time })
		if at < 0 {
			at = len(entries)
		}
		entries = slices.Insert(entries, at, e)
	}
	return entries
}

func entryOfUse(u feedback.ItemUse) entry {
	e := entry{place: 2 * u.Event, time: u.Time, what: "harmful", study: u.Study, trial: u.Trial}
	switch {
	case u.Type == "error":
		e.what = "error"
	case u.Success:
		e.what = "helpful"
	}
	switch {
	case u.Void:
		e.detail = "not counted: the trial is void"
	case u.Counted == 0:
		e.detail = "not counted: the item was not in the playbook then"
	case u.Counted > 1:
		e.detail = fmt.Sprintf("named %d times", u.Counted)
	}
	return e
}

// joined returns the first numbers of a list, at most that many.
func joined(numbers []int64, most int) string {
	texts := make([]string, 0, most+1)
	for i, n := range numbers {
		if i == most {
			texts = append(texts, fmt.Sprintf("… (%d in total)", len(numbers)))
			break
		}
		texts = append(texts, fmt.Sprint(n))
	}
	return strings.Join(texts, ", ")
}

// shortTime returns a time that we wrote to the second, and any other unchanged.
func shortTime(text string) string {
	if len(text) == len("2026-01-31T12:00:00.000000+00:00") && strings.HasSuffix(text, "+00:00") {
		return text[:10] + " " + text[11:19]
	}
	return text
}
