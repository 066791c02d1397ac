package main

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"atomizer-db/cmd/atomizer-db/page"
	"atomizer-db/feedback"
	"atomizer-db/feedback/report"
)

func (a *app) reportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Show the learning report of the study",
		Long: `Show the learning report of the study: its statistics, the best and the worst items, and
the state of the playbook. -o writes the report to a file, as the JSON of the legacy
report. With --html the report is a page with charts for a browser. The page needs no
network.`,
		Args: cobra.NoArgs,
	}
	a.target.registerAll(cmd)
	asJSON := wantJSON(cmd)
	asHTML := cmd.Flags().Bool("html", false, "make an HTML page with charts")
	output := cmd.Flags().StringP("output", "o", "", "write the report, as JSON or HTML, to `FILE`, or to standard output with -")
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		if cmd.Flags().Changed("output") && *output == "" {
			return usagef("-o is empty: give a file, or - for standard output")
		}
		if *asJSON && *asHTML {
			return usagef("--json and --html cannot be combined: give one of them")
		}
		loop, err := a.ask(cmd.Context())
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		if *asHTML {
			return a.reportPage(cmd.Context(), loop, *output)
		}
		if *output != "" && *output != "-" {
			if err := loop.ExportReport(cmd.Context(), *output); err != nil {
				return err
			}
			a.sayReport(*output)
			return nil
		}
		report, err := loop.Report(cmd.Context())
		if err != nil {
			return err
		}
		if *asJSON || *output == "-" {
			return a.printJSON(report)
		}
		best, err := askBest(loop, cmd.Context())
		if err != nil {
			return err
		}
		a.printStatistics(loop, statistics{report.Statistics, best})
		stats := report.PlaybookStats
		a.printFacts([][2]any{
			{"playbook version", stats.Version},
			{"last updated", stats.LastUpdated},
			{"net scores", fmt.Sprintf("%d to %d, mean %.2f", stats.MinScore, stats.MaxScore, stats.AvgScore)},
		})
		if len(report.TopPerformers) == 0 {
			a.sayNoItems()
			return nil
		}
		_, _ = fmt.Fprintln(a.stdout, "\nTop items")
		a.printPerformance(report.TopPerformers)
		_, _ = fmt.Fprintln(a.stdout, "\nWorst items")
		a.printPerformance(report.WorstPerformers)
		return nil
	}
	return cmd
}

// reportPage writes the report as a page to a file, or to standard output.
func (a *app) reportPage(ctx context.Context, loop *feedback.Loop, output string) error {
	var text bytes.Buffer
	if err := a.writePage(ctx, loop, &text); err != nil {
		return err
	}
	if output == "" || output == "-" {
		_, err := a.stdout.Write(text.Bytes())
		return err
	}
	if err := report.Write(output, text.Bytes()); err != nil {
		return err
	}
	a.sayReport(output)
	return nil
}

func (a *app) writePage(ctx context.Context, loop *feedback.Loop, text io.Writer) error {
	if a.target.allStudies {
		all, err := loop.AllOverviews(ctx)
		if err != nil {
			return err
		}
		return page.ReportAll(text, all)
	}
	overview, err := loop.Overview(ctx)
	if err != nil {
		return err
	}
	return page.Report(text, overview, loop.Path())
}

func (a *app) sayReport(output string) { a.sayf("report written to %s", output) }
