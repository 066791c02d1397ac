package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (a *app) reportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report",
		Short: "The learning report of the study",
		Long: `The learning report of the study: its statistics, the best and the worst items, and
the playbook. -o writes the JSON that the legacy report has.`,
		Args: cobra.NoArgs,
	}
	a.target.registerAll(cmd)
	asJSON := wantJSON(cmd)
	output := cmd.Flags().StringP("output", "o", "", "write the JSON report to a `file`, - for standard output")
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		if cmd.Flags().Changed("output") && *output == "" {
			return usagef("-o is empty: name the file, or - for standard output")
		}
		loop, err := a.ask(cmd.Context())
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		if *output != "" && *output != "-" {
			if err := loop.ExportReport(cmd.Context(), *output); err != nil {
				return err
			}
			a.sayf("report written to %s", *output)
			return nil
		}
		report, err := loop.Report(cmd.Context())
		if err != nil {
			return err
		}
		if *asJSON || *output == "-" {
			return a.printJSON(report)
		}
		a.printStatistics(loop, report.Statistics)
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
