package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

func (a *app) finalizeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "finalize",
		Short: "End the study: commit its insights, prune the playbook, export playbook.json",
		Long: `End the study. Finalize draws an insight from the study as a whole, commits the study's
pending insights to the playbook, prunes every item of the playbook with a net score of
-3 or less, and exports playbook.json. The net score is the helpful count minus the
harmful count. Either all of this happens, or nothing.

If another tool has changed playbook.json, it is not overwritten and finalize fails:
import it first, or give --overwrite.`,
		Args: cobra.NoArgs,
	}
	asJSON := wantJSON(cmd)
	summary := event.Summary{}
	flags := cmd.Flags()
	flags.StringVar(&summary.Name, "name", event.UnknownName, "the `NAME` of the study in its insight")
	flags.Int64Var(&summary.TotalTrials, "total-trials", 0, "the study had `N` trials")
	flags.Float64Var(&summary.BestValue, "best-value", 0, "the best objective `VALUE`")
	flags.Float64Var(&summary.ConvergenceRate, "convergence-rate", 0, "the `FRACTION` of trials that succeeded, 0 to 1")
	flags.StringVar(&summary.Method, "method", "", "the `NAME` of the optimizer")
	flags.BoolVar(&summary.NoSave, "no-save", false, "do not export playbook.json")
	flags.BoolVar(&summary.Overwrite, "overwrite", false, "replace playbook.json even if another tool has changed it")
	flags.StringVar(&summary.Key, "key", "", keyUsage)
	dryRun := flags.Bool("dry-run", false, "show what would be added and pruned, and change nothing")
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		if *dryRun {
			return a.previewFinalize(cmd, summary, *asJSON)
		}
		loop, err := a.open(cmd.Context())
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		answer, err := loop.Finalize(cmd.Context(), summary)
		if err != nil {
			return err
		}
		if *asJSON {
			return a.printJSON(answer)
		}
		a.printFinalize(answer)
		switch {
		case answer.Duplicate:
			a.sayDuplicate()
		case !summary.NoSave:
			a.sayExported(loop)
		}
		return nil
	}
	return cmd
}

func (a *app) printFinalize(answer feedback.FinalizeAnswer) {
	a.printFacts([][2]any{
		{"insights added", answer.InsightsAdded},
		{"insights merged", answer.InsightsMerged},
		{"items pruned", answer.ItemsPruned},
		{"playbook", fmt.Sprintf("%s, version %d", count(answer.PlaybookSize, "item"), answer.PlaybookVersion)},
		{"trials", fmt.Sprintf("%d, %s successful", answer.TotalTrialsProcessed, percent(answer.SuccessRate))},
	})
}

func (a *app) previewFinalize(cmd *cobra.Command, summary event.Summary, asJSON bool) (err error) {
	loop, err := a.open(cmd.Context(), feedback.Existing())
	if err != nil {
		return err
	}
	defer func() { err = closing(loop, err) }()
	preview, err := loop.PreviewFinalize(cmd.Context(), summary)
	if err != nil {
		return err
	}
	if asJSON {
		return a.printJSON(preview)
	}
	a.printFinalize(preview.Answer)
	rows := make([][]any, 0, len(preview.Added)+len(preview.Pruned))
	for _, item := range preview.Added {
		rows = append(rows, []any{"add", item.ID, item.NetScore, item.Content})
	}
	for _, item := range preview.Pruned {
		rows = append(rows, []any{"prune", item.ID, item.NetScore, item.Content})
	}
	if len(rows) > 0 {
		_, _ = fmt.Fprintln(a.stdout)
		a.printTable([]column{{name: "action"}, {name: "id"}, {name: "net", number: true}, {name: "content", text: true}}, rows)
	}
	a.say("dry run: nothing was changed")
	return nil
}
