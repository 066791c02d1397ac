package main

import (
	"context"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
)

// question makes cmd open a loop, call ask, and print the answer: as JSON with
// --json, else with show.
func question[T any](
	a *app, cmd *cobra.Command, open func(context.Context) (*feedback.Loop, error),
	ask func(*feedback.Loop, context.Context) (T, error), show func(*feedback.Loop, T),
) *cobra.Command {
	asJSON := wantJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		loop, err := open(cmd.Context())
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		answer, err := ask(loop, cmd.Context())
		if err != nil {
			return err
		}
		if *asJSON {
			return a.printJSON(answer)
		}
		show(loop, answer)
		return nil
	}
	return cmd
}

// studyQuestion makes cmd a question about a study, or about all with --all-studies.
func studyQuestion[T any](
	a *app, cmd *cobra.Command, ask func(*feedback.Loop, context.Context) (T, error), show func(*feedback.Loop, T),
) *cobra.Command {
	a.target.registerAll(cmd)
	return question(a, cmd, a.ask, ask, show)
}
