package main

import (
	"fmt"
	"slices"
	"strings"

	"atomizer-db/feedback"
)

func (a *app) printHistory(h feedback.ItemHistory) {
	lastUsed := "never"
	if h.LastUsed != nil {
		lastUsed = shortTime(*h.LastUsed)
	}
	facts := [][2]any{
		{"id", h.ID},
		{"category", h.Category},
		{"content", h.Content},
		{"net score", fmt.Sprintf("%d (helpful %d, harmful %d, confidence %s)", h.NetScore, h.HelpfulCount, h.HarmfulCount, percent(h.Confidence))},
		{"used in", count(h.TrialsUsedIn, "trial")},
		{"created", shortTime(h.CreatedAt)},
		{"last used", lastUsed},
	}
	if len(h.SourceTrials) > 0 {
		facts = append(facts, [2]any{"taught by", "trials " + joined(h.SourceTrials, 12)})
	}
	if len(h.Tags) > 0 {
		facts = append(facts, [2]any{"tags", strings.Join(h.Tags, ", ")})
	}
	if h.Retired != nil {
		facts = append(facts, [2]any{"retired", h.Retired.Reason + " on " + shortTime(h.Retired.RetiredAt)})
	}
	a.printFacts(facts)
	rows := historyRows(h)
	if len(rows) == 0 {
		return
	}
	_, _ = fmt.Fprintln(a.stdout)
	a.printTable([]column{{name: "time (UTC)"}, {name: "what"}, {name: "study"}, {name: "trial", number: true}, {name: "detail", text: true}}, rows)
}

// historyRows lists what happened to an item, newest first.
func historyRows(h feedback.ItemHistory) [][]any {
	var rows [][]any
	for _, u := range h.Uses {
		what, detail := "helpful", ""
		if !u.Success {
			what = "harmful"
		}
		if u.Type == "error" {
			what = "blamed"
		}
		if u.Counted == 0 {
			detail = "not counted: it was not in the playbook then"
		} else if u.Counted > 1 {
			detail = fmt.Sprintf("named %d times", u.Counted)
		}
		rows = append(rows, []any{u.Time, what, u.Study, u.Trial, detail})
	}
	for _, o := range h.Origins {
		trial, detail := any("-"), "an insight said the same"
		if o.Trial != nil {
			trial = *o.Trial
		}
		if o.Added {
			detail = "the item began with this insight"
		}
		rows = append(rows, []any{o.Time, "insight", o.Study, trial, detail})
	}
	for _, adj := range h.Adjustments {
		rows = append(rows, []any{adj.Time, adj.Reason, "", "", fmt.Sprintf("helpful %+d, harmful %+d", adj.Helpful, adj.Harmful)})
	}
	for _, r := range h.Retirements {
		detail := ""
		if r.RestoredAt != nil {
			detail = "restored on " + shortTime(*r.RestoredAt)
		}
		rows = append(rows, []any{r.RetiredAt, r.Reason, "", "", detail})
	}
	slices.SortStableFunc(rows, func(a, b []any) int { return strings.Compare(b[0].(string), a[0].(string)) })
	for _, row := range rows {
		row[0] = shortTime(row[0].(string))
	}
	return rows
}

// joined lists the first numbers of a list.
func joined(numbers []int64, most int) string {
	texts := make([]string, 0, most+1)
	for i, n := range numbers {
		if i == most {
			texts = append(texts, fmt.Sprintf("… (%d in all)", len(numbers)))
			break
		}
		texts = append(texts, fmt.Sprint(n))
	}
	return strings.Join(texts, ", ")
}

// shortTime shows a time of ours to the second, and any other as it is.
func shortTime(text string) string {
	if len(text) == len("2026-01-31T12:00:00.000000+00:00") && strings.HasSuffix(text, "+00:00") {
		return text[:10] + " " + text[11:19]
	}
	return text
}
