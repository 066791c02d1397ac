package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helpCommand returns the command help. Help about an unknown command is an error.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Print the help of a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, left, err := cmd.Root().Find(args)
			switch {
			case err != nil:
				return err
			case len(left) > 0:
				return noCommand(about, left[0])
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

// explainArguments makes a command and its subcommands explain what is wrong
// with their arguments.
func explainArguments(cmd *cobra.Command) {
	cmd.SuggestionsMinimumDistance = 2
	for _, c := range cmd.Commands() {
		explainArguments(c)
	}
	if !cmd.Runnable() {
		cmd.RunE = needCommand
	}
	check := cmd.Args
	if check == nil {
		return
	}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		switch {
		case check(cmd, args) == nil:
			return nil
		case cmd.HasAvailableSubCommands():
			return noCommand(cmd, args[0])
		}
		return usagef("got %s, but the usage is `%s`: see `%s --help`",
			count(len(args), "argument"), strings.TrimSuffix(cmd.UseLine(), " [flags]"), cmd.CommandPath())
	}
}

// needCommand returns the error of a command that only groups subcommands.
func needCommand(cmd *cobra.Command, _ []string) error {
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return usagef("%s needs a subcommand, one of %s: see `%s --help`", cmd.Name(), strings.Join(names, ", "), cmd.CommandPath())
}

// listByDefault adds list to the subcommands of a command, and makes the command without a
// subcommand do the same, with the same flags.
func listByDefault(cmd, list *cobra.Command) {
	cmd.Flags().AddFlagSet(list.Flags())
	cmd.PreRunE, cmd.RunE = list.PreRunE, list.RunE
	cmd.AddCommand(list)
}

// noCommand returns the error of an unknown command.
func noCommand(parent *cobra.Command, name string) error {
	hint := ""
	if similar := parent.SuggestionsFor(name); len(similar) > 0 {
		hint = " (did you mean " + strings.Join(similar, " or ") + "?)"
	}
	return usagef("unknown command %q%s: see `%s --help`", parent.CommandPath()+" "+name, hint, parent.CommandPath())
}

// explainFlag returns the usage error of a flag.
func explainFlag(cmd *cobra.Command, err error) error {
	see := fmt.Sprintf("see `%s --help`", cmd.CommandPath())
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		kind := map[string]string{"bool": "true or false", "float64": "a number", "uint64": "an integer of 0 or more", "duration": "a duration such as 2s or 1m30s", "size": "a size such as 512MiB"}[invalid.GetFlag().Value.Type()]
		if kind == "" {
			kind = "an integer"
		}
		return usagef("--%s must be %s, not %q: %s", invalid.GetFlag().Name, kind, invalid.GetValue(), see)
	}
	return usagef("%w: %s", err, see)
}

// onlyOne returns which of the flags were given. Several are an error.
func onlyOne(cmd *cobra.Command, names ...string) (given []string, err error) {
	for _, name := range names {
		if cmd.Flags().Changed(name) {
			given = append(given, "--"+name)
		}
	}
	if len(given) > 1 {
		return nil, usagef("%s cannot be combined: give one of them", strings.Join(given, " and "))
	}
	return given, nil
}
