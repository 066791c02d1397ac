package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"atomizer-db/cmd/atomizer-db/mcp"
)

func (a *app) mcpCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "mcp",
		Short: "Serve the playbook and the study to an agent (Model Context Protocol)",
		Long: `Serve the playbook and the study to an agent, by the Model Context Protocol over standard
input and output. A client such as an agent's program starts this command by itself: README.md
shows its configuration.

The tools get_context, find_items, study_status and query read; record_trial, record_error,
add_item and finalize_study record. --read-only serves the first four. The study is that of
the flags, unless a call names another.`,
		Example: `  atomizer-db mcp --study-dir bracket
  atomizer-db mcp --db studies.db --read-only
  atomizer-db mcp --tools get_context,record_trial`,
		Args: cobra.NoArgs,
	}
	options := mcp.Options{Version: programVersion(), Hint: withHint}
	var how recording
	flags := cmd.Flags()
	flags.BoolVar(&options.ReadOnly, "read-only", false, "serve only tools that change nothing")
	flags.StringSliceVar(&options.Tools, "tools", nil, "serve only these `TOOLS`, with commas between them (default: all)")
	how.register(cmd)
	before(cmd, func() error {
		if flags.Changed("tools") && len(options.Tools) == 0 {
			return usagef("--tools is empty: name some, or leave the flag out")
		}
		if options.ReadOnly && (how.strict || how.commitEvery > 0) {
			return usagef("--strict and --commit-every are for recording, and the server is read-only: leave them out")
		}
		for i, name := range options.Tools {
			options.Tools[i] = strings.TrimSpace(name)
		}
		if err := options.Check(); err != nil {
			return usagef("--tools: %w", err)
		}
		return nil
	})
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		database, err := a.sessionDatabase(how)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, database.close()) }()
		options.Database, options.Address, options.StudyGiven = database, a.target.db, a.target.studyGiven
		return mcp.Run(cmd.Context(), options, a.stdin, a.stdout)
	}
	return cmd
}
