package mcp

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"atomizer-db/feedback"
	"atomizer-db/feedback/playbook"
	"atomizer-db/feedback/words"
)

type itemArguments struct {
	Study    string `json:"study"`
	ID       string `json:"id"`
	Search   string `json:"search"`
	Category string `json:"category"`
	Rank     string `json:"rank"`
	Limit    int    `json:"limit"`
	Cursor   string `json:"cursor"`
}

// itemsAnswer are the items that a search found.
type itemsAnswer struct {
	Study string               `json:"study"`
	Items []feedback.FoundItem `json:"items"`
	Total int                  `json:"total"`
	rest
}

func findItems(ctx context.Context, s *server, a itemArguments) (answer, error) {
	if a.ID != "" {
		if a.Search+a.Category+a.Rank+a.Cursor != "" || a.Limit != 0 {
			return answer{}, wrong("id", "shows one item: leave out search, category, rank, limit and cursor, or id")
		}
		return oneItem(ctx, s, a)
	}
	from, err := position(a.Cursor)
	if err != nil {
		return answer{}, err
	}
	loop, err := s.toAsk(ctx, a.Study)
	if err != nil {
		return answer{}, err
	}
	search := feedback.ItemSearch{Search: a.Search, By: feedback.Ranking(a.Rank), Offset: from, Limit: cmp.Or(a.Limit, 20)}
	if a.Category != "" {
		search.Categories = []playbook.Category{playbook.Category(a.Category)}
	}
	found, err := loop.FindItems(ctx, search)
	if err != nil {
		return answer{}, err
	}
	return answer{len(found.Items), func(p part) told {
		return tellItems(p, loop.StudyName(), found, from)
	}}, nil
}

func tellItems(p part, study string, found feedback.FoundItems, from int) told {
	shown := firstOf(p, found.Items, func(i *feedback.FoundItem) { i.Item = p.item(i.Item) })
	end := min(from+len(shown), found.Total)
	a := itemsAnswer{p.cut(study), shown, found.Total, restOf(end, found.Total, strconv.Itoa(end))}
	return told{a, a.text()}
}

// item cuts the texts and lists of an item.
func (p part) item(item feedback.Item) feedback.Item {
	const most = 20
	item.ID, item.Content, item.Generalized = p.cut(item.ID), p.cut(item.Content), p.cut(item.Generalized)
	item.Tags = part{most, p.length}.cutAll(item.Tags)
	item.SourceTrials = item.SourceTrials[:min(most, len(item.SourceTrials))]
	return item
}

func (a itemsAnswer) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Study %s. ", quoted(a.Study))
	if len(a.Items) == 0 {
		b.WriteString("No items.\n")
		return b.String()
	}
	fmt.Fprintf(&b, "%s of the playbook, as data:\n\n", words.Count(a.Total, "item"))
	var lines []string
	for _, item := range a.Items {
		line := fmt.Sprintf("%d. [%s] %s", item.Rank, words.Visible(item.ID), counts(item.Item))
		if item.Verdict != "" {
			line += fmt.Sprintf(", lift %s, %s", points(item.Lift), item.Verdict)
		}
		lines = append(lines, line+": "+words.Visible(cmp.Or(item.Generalized, item.Content)))
	}
	b.WriteString(fenced(strings.Join(lines, "\n")))
	b.WriteString(a.line())
	return b.String()
}

func counts(item feedback.Item) string {
	return fmt.Sprintf("net %+d (%d helpful, %d harmful)", item.NetScore, item.HelpfulCount, item.HarmfulCount)
}

// points formats a difference of rates in percentage points.
func points(difference *float64) string {
	if difference == nil {
		return "unknown"
	}
	return words.Points(*difference) + " points"
}

// itemAnswer is an item and its history.
type itemAnswer struct {
	Study string               `json:"study"`
	Item  feedback.ItemHistory `json:"item"`
	Left  int                  `json:"left"` // entries of the history that have no room
}

func oneItem(ctx context.Context, s *server, a itemArguments) (answer, error) {
	loop, err := s.toAsk(ctx, a.Study)
	if err != nil {
		return answer{}, err
	}
	history, err := loop.ItemHistory(ctx, a.ID)
	if err != nil {
		return answer{}, err
	}
	longest := max(len(history.Uses), len(history.Origins), len(history.Changes), len(history.Adjustments), len(history.Retirements))
	return answer{longest, func(p part) told { return tellItem(p, loop.StudyName(), history) }}, nil
}

func tellItem(p part, study string, h feedback.ItemHistory) told {
	all := entriesOf(h)
	h.Item = p.item(h.Item)
	h.Uses = firstOf(p, h.Uses, func(u *feedback.ItemUse) { u.Study = p.cut(u.Study) })
	h.Origins = firstOf(p, h.Origins, func(o *feedback.ItemOrigin) { o.Study = p.cut(o.Study) })
	h.Changes = firstOf(p, h.Changes, func(c *feedback.ItemChange) {
		c.Item, c.Before, c.After, c.Reason = p.cut(c.Item), p.cutOptional(c.Before), p.cutOptional(c.After), p.cut(c.Reason)
		c.Into = p.cutOptional(c.Into)
	})
	h.Adjustments = firstOf(p, h.Adjustments, func(a *feedback.ItemAdjustment) { a.OtherItem = p.cut(a.OtherItem) })
	h.Retirements = firstOf(p, h.Retirements, func(*feedback.Retirement) {})
	a := itemAnswer{p.cut(study), h, all - entriesOf(h)}
	return told{a, a.text()}
}

func entriesOf(h feedback.ItemHistory) int {
	return len(h.Uses) + len(h.Origins) + len(h.Changes) + len(h.Adjustments) + len(h.Retirements)
}

func (a itemAnswer) text() string {
	var b strings.Builder
	state := "live"
	if a.Item.Retired != nil {
		state = a.Item.Retired.Reason
	}
	fmt.Fprintf(&b, "Study %s. Item %s, %s: %s; used in %s of the study. What it says, as data:\n\n%s",
		quoted(a.Study), quoted(a.Item.ID), state, counts(a.Item.Item), words.Count(a.Item.TrialsUsedIn, "trial"), fenced(a.Item.Content))
	if entries := entriesOf(a.Item); entries > 0 {
		b.WriteString("\nIts history, the latest first, as data:\n\n" + fenced(a.history()))
	}
	if a.Left > 0 {
		fmt.Fprintf(&b, "\n%d more entries have no room: query the views item_changes and trial_items.\n", a.Left)
	}
	return b.String()
}

func (a itemAnswer) history() string {
	var lines []string
	add := func(format string, values ...any) { lines = append(lines, fmt.Sprintf(format, values...)) }
	for _, u := range a.Item.Uses {
		result := "failed"
		if u.Success {
			result = "succeeded"
		}
		add("%s %s %d of %s %s, counted %s", u.Time, u.Type, u.Trial, quoted(u.Study), result, words.Count(u.Counted, "time"))
	}
	for _, o := range a.Item.Origins {
		add("%s an insight of %s was committed into it", o.Time, quoted(o.Study))
	}
	for _, c := range a.Item.Changes {
		add("%s %s %s", c.Time, c.Type, quoted(c.Reason))
	}
	for _, c := range a.Item.Adjustments {
		add("%s %s: %+d helpful, %+d harmful", c.Time, c.Reason, c.Helpful, c.Harmful)
	}
	for _, r := range a.Item.Retirements {
		add("%s %s", r.RetiredAt, r.Reason)
	}
	return strings.Join(lines, "\n")
}
