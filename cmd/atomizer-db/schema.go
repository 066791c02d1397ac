package main

import (
	"strings"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/migrations"
	"atomizer-db/store"
	"atomizer-db/store/engine"
)

func (a *app) schemaCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "schema [VIEW]",
		Short: "Describe the views for SQL and their columns",
		Long: `Describe the views for SQL and their columns. The views stay the same from version to
version; the tables behind them may change. This command needs no database: it looks only
whether --db is the address of PostgreSQL, where a few columns differ.`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, view := range engine.Views(a.target.db) {
				if len(args) == 0 {
					names = append(names, view.Name+"\t"+view.About)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
	asJSON := wantJSON(cmd)
	asMarkdown := cmd.Flags().Bool("markdown", false, "print Markdown")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if _, err := onlyOne(cmd, "json", "markdown"); err != nil {
			return err
		}
		views := engine.Views(a.target.db)
		if len(args) == 1 {
			view, found := findView(views, args[0])
			if !found {
				return store.Fail(feedback.ErrNotFound, "there is no view %q: `atomizer-db schema` lists them", args[0])
			}
			views = []migrations.View{view}
		}
		switch {
		case *asJSON:
			return a.printJSON(views)
		case *asMarkdown:
			a.printMarkdown(views)
			return nil
		}
		for i, view := range views {
			if i > 0 {
				a.printf("\n")
			}
			a.printf("%s: %s\n", view.Name, view.About)
			facts := make([][2]any, len(view.Columns))
			for i, column := range view.Columns {
				facts[i] = [2]any{"  " + column.Name, column.About}
			}
			a.printFacts(facts)
		}
		return nil
	}
	return cmd
}

func findView(views []migrations.View, name string) (migrations.View, bool) {
	for _, view := range views {
		if strings.EqualFold(view.Name, name) {
			return view, true
		}
	}
	return migrations.View{}, false
}

func (a *app) printMarkdown(views []migrations.View) {
	for i, view := range views {
		if i > 0 {
			a.printf("\n")
		}
		a.printf("**%s**: %s\n\n| column | what |\n|---|---|\n", view.Name, view.About)
		for _, column := range view.Columns {
			a.printf("| `%s` | %s |\n", column.Name, column.About)
		}
	}
}
