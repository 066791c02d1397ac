package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

func (a *app) finalizeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "finalize [FILE]",
		Short: "End the study: commit its insights, prune the playbook, export playbook.json",
		Long: `End the study. Finalize draws an insight from the study as a whole, commits the study's
pending insights to the playbook, prunes the playbook, and exports playbook.json. Either
all of this happens, or nothing.

--prune-by net-score prunes every item with a net score of -3 or less, as the legacy loop
does. The net score is the helpful count minus the harmful count, so in a hard study it
also prunes items that do no harm, and in an easy one it spares items that do.
--prune-by attribution prunes the items that ` + "`atomizer-db attribution --all-studies`" + ` says do
harm, and no others. --prune-by none prunes nothing.

What the options do not tell of the study comes from the ledger: its name, its trials since
the last reset, the best objective by its direction, and the share of trials that succeeded.

If another tool has changed playbook.json, it is not overwritten and finalize fails:
import it first, or give --overwrite.

FILE is written instead of the playbook.json beside the database.

` + rememberedFiles + ``,
		Args: cobra.MaximumNArgs(1),
	}
	asJSON := wantJSON(cmd)
	summary := event.Summary{}
	flags := cmd.Flags()
	flags.StringVar(&summary.Name, "name", "", "the `NAME` of the study in its insight (default: its name)")
	flags.Int64Var(&summary.TotalTrials, "total-trials", 0, "the study had `N` trials (default: as recorded)")
	flags.Float64Var(&summary.BestValue, "best-value", 0, "the best objective `VALUE` (default: as recorded)")
	flags.Float64Var(&summary.ConvergenceRate, "convergence-rate", 0, "the `FRACTION` of trials that succeeded, 0 to 1 (default: as recorded)")
	flags.StringVar(&summary.Method, "method", "", "the `NAME` of the optimizer")
	pruneBelow := int64(event.DefaultPruneBelow)
	flags.StringVar(&summary.PruneBy, "prune-by", event.PruneByNetScore, "prune by `RULE`: net-score, attribution or none")
	flags.Int64Var(&pruneBelow, "prune-below", pruneBelow, "the net `SCORE` at or below which net-score prunes")
	flags.BoolVar(&summary.NoSave, "no-save", false, "do not export playbook.json")
	flags.BoolVar(&summary.Overwrite, "overwrite", false, "replace playbook.json even if another tool has changed it")
	flags.StringVar(&summary.Key, "key", "", keyUsage)
	dryRun := flags.Bool("dry-run", false, "show what would be added and pruned, and change nothing")
	before(cmd, func() error {
		switch rate := summary.ConvergenceRate; {
		case summary.TotalTrials < 0:
			return usagef("--total-trials must be 0 or more, not %d", summary.TotalTrials)
		case !(rate >= 0 && rate <= 1): // NaN too
			return usagef("--convergence-rate must be 0 to 1, not %v", rate)
		}
		switch rule := summary.PruneBy; rule {
		case event.PruneByNetScore, event.PruneByAttribution, event.PruneNothing:
		default:
			return usagef("--prune-by %q is not one of %s, %s, %s", rule, event.PruneByNetScore, event.PruneByAttribution, event.PruneNothing)
		}
		if flags.Changed("prune-below") {
			if summary.PruneBy != event.PruneByNetScore {
				return usagef("--prune-below is for --prune-by %s, not %s", event.PruneByNetScore, summary.PruneBy)
			}
			summary.PruneBelow = &pruneBelow
		}
		return nil
	})
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		switch {
		case len(args) == 1 && args[0] == "":
			return usagef("FILE is empty: give a path, or leave it out")
		case len(args) == 1 && summary.NoSave:
			return usagef("--no-save exports nothing: leave it out, or FILE")
		}
		var options []feedback.Option
		if *dryRun {
			options = append(options, feedback.Existing())
		}
		loop, err := a.open(cmd.Context(), options...)
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		to, err := exportingTo(cmd.Context(), loop, args)
		if err != nil {
			return err
		}
		summary, differences, err := fromLedger(cmd, to, summary)
		if err != nil {
			return err
		}
		if *dryRun {
			return a.previewFinalize(cmd.Context(), to, summary, differences, *asJSON)
		}
		return a.finalize(cmd.Context(), to, summary, differences, *asJSON)
	}
	return cmd
}

// rememberedFiles says of which files a database remembers what they held.
const rememberedFiles = `A database in a file remembers what the playbook.json beside it holds, and no other FILE.
One that exists is replaced if it holds the playbook as it is, or with --overwrite.

A database on PostgreSQL has a playbook.json only in the folder that --study-dir names. It
remembers what that and each FILE hold on each machine. Without both, none is written.`

// exportingTo returns the loop that exports to the file that is named, if one is.
func exportingTo(ctx context.Context, loop *feedback.Loop, named []string) (*feedback.Loop, error) {
	if len(named) == 0 {
		return loop, nil
	}
	return loop.ExportingTo(ctx, named[0])
}

func (a *app) finalize(ctx context.Context, loop *feedback.Loop, summary event.Summary, differences []string, asJSON bool) error {
	answer, err := loop.Finalize(ctx, summary)
	if err != nil {
		return err
	}
	if !answer.Duplicate {
		a.sayAll(differences)
	}
	a.warnOfPruning(summary, answer.Pruned)
	adviseFinalize(&answer)
	if asJSON {
		return a.printJSON(answer)
	}
	a.printFinalize(answer)
	a.printChanges(nil, answer.Pruned)
	switch {
	case answer.Duplicate:
		a.sayDuplicate()
	case answer.NotExported != "":
		a.say(answer.NotExported)
	case !summary.NoSave:
		a.sayExported(loop)
	}
	return nil
}

func (a *app) printFinalize(answer feedback.FinalizeAnswer) {
	a.printFacts(append([][2]any{
		{"insights added", answer.InsightsAdded},
		{"insights merged", answer.InsightsMerged},
		{"items pruned", answer.ItemsPruned},
		{"playbook", fmt.Sprintf("%s, version %d", count(answer.PlaybookSize, "item"), answer.PlaybookVersion)},
		{"trials", fmt.Sprintf("%d, %s successful", answer.TotalTrialsProcessed, percent(answer.SuccessRate))},
	}, factsOfBest(answer.BestObjective)...))
}

func (a *app) previewFinalize(ctx context.Context, loop *feedback.Loop, summary event.Summary, differences []string, asJSON bool) error {
	preview, err := loop.PreviewFinalize(ctx, summary)
	if err != nil {
		return err
	}
	a.sayAll(differences)
	a.warnOfPruning(summary, preview.Pruned)
	if asJSON {
		return a.printJSON(preview)
	}
	a.printFinalize(preview.Answer)
	a.printChanges(preview.Added, preview.Pruned)
	a.say("dry run: nothing was changed")
	return nil
}

// printChanges lists the items that a finalize added and pruned, or would.
func (a *app) printChanges(added []feedback.ItemNote, pruned []feedback.PrunedItem) {
	rows := make([][]any, 0, len(added)+len(pruned))
	for _, item := range added {
		rows = append(rows, []any{"add", item.ID, item.NetScore, "-", "-", item.Content})
	}
	for _, item := range pruned {
		rows = append(rows, []any{"prune", item.ID, item.NetScore, points(item.Lift), verdict(item.Verdict), item.Content})
	}
	if len(rows) == 0 {
		return
	}
	_, _ = fmt.Fprintln(a.stdout)
	a.printTable([]column{
		{name: "action"},
		{name: "id"},
		{name: "net", number: true},
		{name: "lift", number: true},
		{name: "verdict"},
		{name: "content", text: true},
	}, rows)
	var notes notes
	for _, item := range pruned {
		for _, warning := range item.Warnings {
			notes.add(item.ID, warning)
		}
	}
	a.printNotes(notes)
}

// warnOfPruning says how many of the items that the net score prunes are not shown to do
// harm.
func (a *app) warnOfPruning(summary event.Summary, pruned []feedback.PrunedItem) {
	spared := feedback.Spared(summary, pruned)
	if spared == 0 {
		return
	}
	are := "are"
	if spared == 1 {
		are = "is"
	}
	a.say(fmt.Sprintf("%d of %d pruned items %s not shown to do harm: see --prune-by attribution", spared, len(pruned), are))
}
