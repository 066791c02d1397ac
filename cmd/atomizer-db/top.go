package main

import (
	"context"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/report"
	"atomizer-db/feedback/words"
)

func (a *app) topCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "top",
		Short: "Show the items with the highest net scores, or those first in another ranking",
		Long: `Show the items that rank first. --by selects the ranking: by net-score, the helpful count
minus the harmful count; by lower-bound, the lower bound of the confidence (Wilson, 95%),
which a few lucky trials do not raise; or by lift, the effect on the success rate (see
` + "`atomizer-db attribution --help`" + `). Ties keep the order of arrival.`,
		Args: cobra.NoArgs,
	}
	q := newTopQuestion()
	howMany(cmd, &q.N)
	by := rankBy(cmd)
	before(cmd, func() error { q.By = *by; return asFlag(q.check()) })
	ask := func(loop *feedback.Loop, ctx context.Context) (any, error) { return q.ask(loop, ctx) }
	return studyQuestion(a, cmd, ask, func(_ *feedback.Loop, items any) {
		switch items := items.(type) {
		case []report.Performance:
			if q.N > 0 {
				a.printPerformance(items)
			}
		case []feedback.RankedItem:
			if q.N > 0 {
				a.printRanked(items, q.By)
			}
		}
	})
}

// topQuestion asks for the items that rank first.
type topQuestion struct {
	N  int              `json:"n"`
	By feedback.Ranking `json:"by"`
}

func newTopQuestion() topQuestion { return topQuestion{N: defaultNumber, By: feedback.ByNetScore} }

// check returns an [*event.FieldError] for fields that are wrong.
func (q topQuestion) check() error {
	if _, err := feedback.ParseRanking(string(q.By)); err != nil {
		return wrongField("by", "%v", err)
	}
	return checkNumber(q.N)
}

func (q topQuestion) ask(loop *feedback.Loop, ctx context.Context) (any, error) {
	if q.By == feedback.ByNetScore {
		return loop.Top(ctx, q.N) // the legacy answer
	}
	return loop.TopBy(ctx, q.By, q.N)
}

// defaultNumber is how many items top and worst list.
const defaultNumber = 10

// howMany adds --number to a command.
func howMany(cmd *cobra.Command, n *int) {
	cmd.Flags().IntVarP(n, "number", "n", defaultNumber, "show at most `N` items")
}

// checkNumber returns an error for a number of items, whose field is n.
func checkNumber(n int) error {
	if n < 0 {
		return wrongField("n", "must be 0 or more, not %d", n)
	}
	return nil
}

// rankBy adds --by to a command.
func rankBy(cmd *cobra.Command) *feedback.Ranking {
	by := feedback.ByNetScore
	cmd.Flags().StringVar((*string)(&by), "by", string(by), "rank by `RANKING`: net-score, lower-bound or lift")
	return &by
}

// before adds a check of the flags to a command.
func before(cmd *cobra.Command, check func() error) {
	earlier := cmd.PreRunE
	cmd.PreRunE = func(cmd *cobra.Command, args []string) error {
		if earlier != nil {
			if err := earlier(cmd, args); err != nil {
				return err
			}
		}
		return check()
	}
}

func (a *app) printRanked(items []feedback.RankedItem, by feedback.Ranking) {
	if len(items) == 0 {
		a.sayNoItems()
		return
	}
	rows := make([][]any, 0, len(items))
	for _, i := range items {
		row := []any{i.ID, percent(i.LowerBound), i.Helpful, i.Harmful, percent(i.Confidence), i.Preview}
		if by == feedback.ByLift {
			row = []any{i.ID, points(i.Lift), interval(i.AdjustedLow, i.AdjustedHigh), verdict(i.Verdict), i.NetScore, i.TrialsUsedIn, i.Preview}
		}
		rows = append(rows, row)
	}
	columns := []column{
		{name: "id"},
		{name: "lower bound", number: true},
		{name: "helpful", number: true},
		{name: "harmful", number: true},
		{name: "confidence", number: true},
		{name: "content", text: true},
	}
	if by == feedback.ByLift {
		columns = []column{
			{name: "id"},
			{name: "lift", number: true},
			{name: "adjusted 95%", number: true},
			{name: "verdict"},
			{name: "net", number: true},
			{name: "trials", number: true},
			{name: "content", text: true},
		}
	}
	a.printTable(columns, rows)
}

// points formats a difference of rates in percentage points.
func points(difference *float64) string {
	if difference == nil {
		return "-"
	}
	return words.Points(*difference)
}

func interval(low, high *float64) string {
	if low == nil {
		return "-"
	}
	return points(low) + " to " + points(high)
}
