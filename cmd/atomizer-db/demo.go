package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"atomizer-db/cmd/atomizer-db/demo"
	"atomizer-db/feedback"
	"atomizer-db/feedback/words"
)

func (a *app) demoCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run a real study: the ten-bar truss, sized by a driver that learns",
		Long: `Run a real study: the ten-bar planar truss, analysed with finite elements and sized by a
driver that follows the playbook. The playbook starts with rules of thumb, good and bad
ones: the study learns which are which. One of ten trials is held out and gets no advice.
A study that was interrupted continues with the next trial.`,
		Args: cobra.NoArgs,
	}
	options := demo.Options{Out: a.stdout, Notify: a.say, Show: a.printDemo}
	cmd.Flags().StringVar(&options.Folder, "dir", "demo", "the study `FOLDER`")
	cmd.Flags().IntVar(&options.Trials, "trials", 600, "stop after `N` trials, those of earlier runs included")
	cmd.Flags().Uint64Var(&options.Seed, "seed", 4, "the `SEED` of the driver's choices")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if options.Trials < 1 {
			return usagef("--trials must be 1 or more, not %d", options.Trials)
		}
		for _, name := range []string{"db", "study-dir", "global", "study"} {
			if cmd.Flags().Changed(name) {
				return usagef("demo keeps its study in the folder of --dir: leave --%s out", name)
			}
		}
		return demo.Run(cmd.Context(), options)
	}
	return cmd
}

func (a *app) printDemo(ctx context.Context, loop *feedback.Loop) error {
	answer, err := loop.Attribution(ctx)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(a.stdout)
	a.printAttribution(answer)
	a.printf("\nThe study is in %s and %s.\n", words.Visible(loop.Path()), words.Visible(loop.PlaybookFile()))
	return nil
}
