package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/report"
)

func (a *app) attributionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "attribution",
		Short: "Show what each item does to the success rate",
		Long: `Show what each item does to the success rate. An item that is in every context has the
study's success rate, whatever its advice is worth. Therefore the trials with an item
are compared with the trials without it.

LIFT is the difference of the two success rates in percentage points, with its 95%
interval (Newcombe). P is the p-value of Fisher's exact test, adjusted for the number of
items (Benjamini and Hochberg): at most one in twenty of the items that are called
helpful or harmful is expected to be so by chance. OBJECTIVE is the median objective of
the successful trials with the item, minus the median of those without it. A verdict needs
ten trials with the item and ten trials without it.

Only the latest attempt of each trial since the last reset is considered. With
--all-studies, trials are compared within each study, and the differences are averaged.`,
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
	rows := make([][]any, 0, len(answer.Items))
	for _, c := range answer.Items {
		note := c.Preview
		if len(c.Together) > 0 {
			note = fmt.Sprintf("(nearly always with %s) %s", strings.Join(c.Together, ", "), note)
		}
		if c.Reason != "" {
			note = fmt.Sprintf("(%s) %s", c.Reason, note)
		}
		rows = append(rows, []any{
			c.ID, c.Verdict, points(c.Lift), interval(c.LiftLow, c.LiftHigh), probability(c.Adjusted),
			successes(c.With), successes(c.Without), c.Shown.Trials, difference(c.ObjectiveDifference), note,
		})
	}
	a.printTable([]column{
		{name: "id"},
		{name: "verdict"},
		{name: "lift", number: true},
		{name: "95% interval", number: true},
		{name: "p", number: true},
		{name: "with", number: true},
		{name: "without", number: true},
		{name: "only shown", number: true},
		{name: "objective", number: true},
		{name: "content", text: true},
	}, rows)
}

func successes(c report.TrialCount) string { return fmt.Sprintf("%d/%d", c.Successes, c.Trials) }

func probability(p *float64) string {
	switch {
	case p == nil:
		return "-"
	case *p < 0.001:
		return "<0.001"
	}
	return fmt.Sprintf("%.3f", *p)
}

func difference(d *float64) string {
	if d == nil {
		return "-"
	}
	text := strconv.FormatFloat(*d, 'g', 4, 64)
	if *d > 0 {
		text = "+" + text
	}
	return text
}
