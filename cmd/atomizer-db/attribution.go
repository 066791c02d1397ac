package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/attribution"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/report"
	"atomizer-db/feedback/words"
)

func (a *app) attributionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "attribution",
		Short: "Show what each item does to the success rate",
		Long: `Show what each item does to the success rate. A study gets better while it runs, so an item
that came late looks good beside all other trials, and one that was used early looks bad.
Trials with an item are therefore only compared with trials without it from the same
window: 20 consecutive trials of one study, in the order in which they were recorded.

LIFT is the success rate with the item minus the rate without it, in percentage points: the
mean over the windows that have both kinds of trials (Mantel and Haenszel). ADJUSTED 95% is
its interval for all items at once (Sato, Klingenberg; Benjamini and Yekutieli): it contains 0
unless the item is called helpful or harmful. Of the items that are so called, one in
twenty is expected to be so by chance (exact stratified test, beyond 50 windows that of
Cochran, Mantel and Haenszel; Benjamini and Hochberg). WITH and WITHOUT are successes and
trials in those windows; a verdict needs ten trials of each kind.

BEATS is the probability that a trial with the item is better than a trial without it in
the same window: a success beats a failure, and of two successes the one with the better
objective by the study's direction (Mann and Whitney). 50% is no difference.

The line "playbook" compares trials with the playbook and trials that were held out: see
` + "`atomizer-db context --help`" + `. Held-out trials count in this line only.

Two things still fool the comparison, and a note says where they apply: items that come in
long blocks of trials, if success comes and goes with the blocks, and items that nearly
always come together.

Only the latest attempt of each trial since the last reset is considered, and a use that
counted for nothing, because the playbook did not have the item yet, is no use. --json has
more: p-values, and the 95% interval of each item by itself (lift_low, lift_high). Items are
sorted by lift, those without a verdict as if it were zero.`,
		Args: cobra.NoArgs,
	}
	return studyQuestion(a, cmd, (*feedback.Loop).Attribution, func(_ *feedback.Loop, answer report.Attribution) {
		a.printAttribution(answer)
	})
}

func (a *app) printAttribution(answer report.Attribution) {
	if len(answer.Items) == 0 {
		a.sayNoItems()
		return
	}
	columns := []column{
		{name: "id"},
		{name: "verdict"},
		{name: "lift", number: true},
		{name: "adjusted 95%", number: true},
		{name: "with", number: true},
		{name: "without", number: true},
		{name: "beats", number: true},
		{name: "content", text: true},
	}
	row := func(id string, c report.Comparison, content string) []any {
		return []any{
			id, verdict(c.Verdict), points(c.Lift), interval(c.AdjustedLow, c.AdjustedHigh),
			successes(c.Compared.With), successes(c.Compared.Without), share(c.Superiority), content,
		}
	}
	var rows [][]any
	notes, ranks := notes{}, false
	if answer.Playbook.Without.Trials > 0 {
		rows = append(rows, row("playbook", answer.Playbook, "the trials that were not held out, against those that were"))
		notes.addAll("playbook", answer.Playbook)
	}
	for _, c := range answer.Items {
		rows = append(rows, row(c.ID, c.Comparison, c.Preview))
		notes.addAll(c.ID, c.Comparison)
		ranks = ranks || c.Superiority != nil
	}
	a.printTable(columns, rows)
	if len(notes.list) > 0 || ranks {
		_, _ = fmt.Fprintln(a.stdout)
	}
	if ranks {
		a.printf("BEATS: a success beats a failure, and of two successes the one with the %s.\n", better(answer.Direction))
	}
	a.printNotes(notes)
}

func (a *app) printNotes(notes notes) {
	for _, note := range notes.list {
		a.printf("%s: %s\n", words.Visible(note.subjects()), words.Visible(note.text))
	}
}

// verdict returns a verdict as the table has it. The notes say why there is none.
func verdict(v attribution.Verdict) string {
	switch v {
	case attribution.TooFewTrials:
		return "too few"
	case attribution.BeyondJudging:
		return "-"
	}
	return string(v)
}

func better(direction string) string {
	switch direction {
	case event.Minimize:
		return "lower objective"
	case event.Maximize:
		return "higher objective"
	}
	return "better objective in its study"
}

func share(s *float64) string {
	if s == nil {
		return "-"
	}
	return fmt.Sprintf("%.0f%%", *s*100)
}

// notes are remarks about items, each with the items that it applies to.
type notes struct {
	list  []*note
	index map[string]*note
}

type note struct {
	text string
	ids  []string
}

// addAll adds why something cannot be judged, and what may fool the comparison.
func (n *notes) addAll(id string, c report.Comparison) {
	n.add(id, c.Reason)
	for _, warning := range c.Warnings {
		n.add(id, warning)
	}
}

func (n *notes) add(id, text string) {
	if text == "" {
		return
	}
	if n.index[text] == nil {
		if n.index == nil {
			n.index = map[string]*note{}
		}
		n.index[text] = &note{text: text}
		n.list = append(n.list, n.index[text])
	}
	n.index[text].ids = append(n.index[text].ids, id)
}

// mostNamed is the number of items that a note names.
const mostNamed = 5

func (n note) subjects() string {
	named := strings.Join(n.ids[:min(len(n.ids), mostNamed)], ", ")
	if more := len(n.ids) - mostNamed; more > 0 {
		named += fmt.Sprintf(" and %d more", more)
	}
	return named
}

func successes(c report.TrialCount) string {
	if c.Trials == 0 {
		return "-"
	}
	if c.Trials >= manyTrials {
		return fmt.Sprintf("%.0fk/%.0fk", float64(c.Successes)/1000, float64(c.Trials)/1000)
	}
	return fmt.Sprintf("%d/%d", c.Successes, c.Trials)
}

// manyTrials is the number of trials from which on the table counts in thousands.
const manyTrials = 10_000
