package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/playbook"
	"atomizer-db/feedback/words"
)

func (a *app) itemsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "items",
		Short: "Manage the items of the playbook: list, show, add, edit, tag, retire, similar, merge, restore",
		Args:  cobra.NoArgs,
	}
	listByDefault(cmd, a.itemsListCommand())
	cmd.AddCommand(a.itemsShowCommand(), a.itemsAddCommand(), a.itemsEditCommand(), a.itemsTagCommand(),
		a.itemsRetireCommand(), a.itemsMergeCommand(), a.itemsRestoreCommand(), a.itemsSimilarCommand())
	return cmd
}

func (a *app) itemsListCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List the items in order of arrival", Args: cobra.NoArgs}
	var q itemsQuestion
	cmd.Flags().BoolVar(&q.All, "all", false, "include retired items")
	ask := func(loop *feedback.Loop, ctx context.Context) ([]feedback.Item, error) { return q.ask(loop, ctx) }
	return question(a, cmd, a.openToRead, ask, a.printItems)
}

// itemsQuestion asks for the items of the playbook.
type itemsQuestion struct {
	All bool `json:"all"`
}

func (q itemsQuestion) check() error { return nil }

func (q itemsQuestion) ask(loop *feedback.Loop, ctx context.Context) ([]feedback.Item, error) {
	return loop.Items(ctx, q.All)
}

func (a *app) printItems(_ *feedback.Loop, items []feedback.Item) {
	if len(items) == 0 {
		a.sayNoItems()
		return
	}
	rows := make([][]any, 0, len(items))
	for _, item := range items {
		state := "live"
		if item.Retired != nil {
			state = item.Retired.Reason
		}
		rows = append(rows, []any{item.ID, item.NetScore, item.HelpfulCount, item.HarmfulCount, state, shownContent(item)})
	}
	a.printTable([]column{
		{name: "id"},
		{name: "net", number: true},
		{name: "helpful", number: true},
		{name: "harmful", number: true},
		{name: "state"},
		{name: "content", text: true},
	}, rows)
}

func (a *app) sayNoItems() {
	a.say("the playbook has no items yet: `finalize` commits insights, and `items add` adds your own advice")
}

func (a *app) itemsShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:               "show ID",
		Short:             "Show one item and its history",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.completeItems(func(feedback.Item) bool { return true }),
	}
	a.target.registerAll(cmd)
	asJSON := wantJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		loop, err := a.openStudyToRead(cmd.Context())
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		if a.target.allStudies {
			loop = loop.AllStudies()
		} else if a.target.studyGiven {
			if err := requireStudy(cmd.Context(), loop, orAllStudies); err != nil {
				return err
			}
		}
		history, err := itemQuestion{ID: &args[0]}.ask(loop, cmd.Context())
		if err != nil {
			return err
		}
		if *asJSON {
			return a.printJSON(history)
		}
		a.printHistory(history)
		return nil
	}
	return cmd
}

// itemQuestion asks for an item and its history.
type itemQuestion struct {
	ID *string `json:"id"`
}

func (q itemQuestion) check() error { return require("id", q.ID) }

func (q itemQuestion) ask(loop *feedback.Loop, ctx context.Context) (feedback.ItemHistory, error) {
	return loop.ItemHistory(ctx, *q.ID)
}

func (a *app) itemsAddCommand() *cobra.Command {
	names := playbook.CategoryNames()
	cmd := &cobra.Command{
		Use:   "add CATEGORY CONTENT",
		Short: "Add advice of your own",
		Long: fmt.Sprintf(`Add advice of your own, unless an item already has the same content. CATEGORY is one of
%s (strategy, calculation, mistake, tool, domain, workflow).`, strings.Join(names, ", ")),
		Args:      cobra.ExactArgs(2),
		ValidArgs: names,
	}
	asJSON := wantJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		category := playbook.Category(args[0])
		advice := addItem{Category: &category, Content: &args[1]}
		if err := advice.check(); err != nil {
			return usageError{err}
		}
		loop, err := a.open(cmd.Context())
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		item, err := advice.ask(loop, cmd.Context())
		if err != nil {
			return err
		}
		if *asJSON {
			return a.printJSON(item)
		}
		_, _ = fmt.Fprintln(a.stdout, words.Visible(item.ID))
		if !item.Added {
			a.sayf("item %s already has this content", item.ID)
		}
		return nil
	}
	return cmd
}

// addItem adds advice to the playbook.
type addItem struct {
	repeatable
	Category *playbook.Category `json:"category"`
	Content  *string            `json:"content"`
}

func (q addItem) check() error {
	if err := cmp.Or(require("category", q.Category), require("content", q.Content)); err != nil {
		return err
	}
	return feedback.CheckItem(*q.Category, *q.Content)
}

func (q addItem) ask(loop *feedback.Loop, ctx context.Context) (item addedItem, err error) {
	item.Item, item.Added, err = loop.AddItem(ctx, *q.Category, *q.Content)
	return item, err
}

// addedItem is an item, and whether it is new.
type addedItem struct {
	feedback.Item
	Added bool `json:"added"`
}

// completeItems completes the ids of items in the shell.
func (a *app) completeItems(wanted func(feedback.Item) bool) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 || a.target.check(cmd) != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		loop, err := a.openToRead(cmd.Context())
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		items, err := loop.Items(cmd.Context(), true)
		if closing(loop, err) != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ids := make([]string, 0, len(items))
		for _, item := range items {
			if wanted(item) {
				ids = append(ids, item.ID+"\t"+words.Visible(item.Content))
			}
		}
		return ids, cobra.ShellCompDirectiveNoFileComp
	}
}
