package main

import (
	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/atomicfile"
)

func (a *app) exportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write playbook.json, for the older tools",
		Long: `Write the playbook as playbook.json: to its place beside the database, or where -o
says. A playbook.json in its place that another tool has changed is not overwritten
unasked: import it first, or say --overwrite.`,
		Args: cobra.NoArgs,
	}
	output := cmd.Flags().StringP("output", "o", "", "write to another `file`, - for standard output")
	overwrite := cmd.Flags().Bool("overwrite", false, "replace playbook.json even if another tool has changed it")
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		if cmd.Flags().Changed("output") {
			return a.exportTo(cmd, *output)
		}
		loop, err := a.open(cmd.Context(), feedback.Existing())
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		if err := loop.Export(cmd.Context(), *overwrite); err != nil {
			return err
		}
		a.sayExported(loop)
		return nil
	}
	return cmd
}

func (a *app) sayExported(loop *feedback.Loop) {
	a.sayf("playbook written to %s", feedback.JSONPath(loop.Path()))
}

func (a *app) exportTo(cmd *cobra.Command, output string) (err error) {
	if output == "" {
		return usagef("-o is empty: name the file, or - for standard output")
	}
	loop, err := a.openToRead(cmd.Context())
	if err != nil {
		return err
	}
	defer func() { err = closing(loop, err) }()
	book, err := loop.Playbook(cmd.Context())
	if err != nil {
		return err
	}
	text, err := book.Encode()
	if err != nil {
		return err
	}
	if output == "-" {
		_, err := a.stdout.Write(text)
		return err
	}
	if err := atomicfile.Write(output, text); err != nil {
		return err
	}
	a.sayf("playbook written to %s", output)
	return nil
}
