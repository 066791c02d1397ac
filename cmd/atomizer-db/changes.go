package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/words"
)

func live(item feedback.Item) bool { return item.Retired == nil }

// itemChange makes cmd change an item: change gets the arguments and the flags of every
// event.
func (a *app) itemChange(
	cmd *cobra.Command, change func(context.Context, *feedback.Loop, event.Header, []string) (feedback.ItemAnswer, error),
	say func(item feedback.ItemAnswer, args []string),
) *cobra.Command {
	asJSON := wantJSON(cmd)
	var head headerFlags
	head.register(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		header, err := head.header()
		if err != nil {
			return err
		}
		loop, err := a.open(cmd.Context(), feedback.Existing())
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		answer, err := change(cmd.Context(), loop, header, args)
		if err != nil {
			return err
		}
		if *asJSON {
			return a.printJSON(answer)
		}
		if answer.Duplicate {
			a.sayDuplicate()
			return nil
		}
		say(answer, args)
		return nil
	}
	return cmd
}

func (a *app) itemsEditCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "edit ID TEXT",
		Short: "Change what an item says",
		Long: `Change what an item says. Its counts and its history stay, and insights that say what it
said before still merge into it. playbook.json is written by the next finalize or export.`,
		Example:           `  atomizer-db items edit str-00001 "Thicken the web before the flange"`,
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: a.completeItems(live),
	}
	edit := func(ctx context.Context, loop *feedback.Loop, header event.Header, args []string) (feedback.ItemAnswer, error) {
		if words.IsBlank(args[1]) {
			return feedback.ItemAnswer{}, usagef("TEXT is blank: give the text of the advice")
		}
		return loop.EditItem(ctx, event.EditItem{Header: header, Item: args[0], Content: args[1]})
	}
	return a.itemChange(cmd, edit, func(item feedback.ItemAnswer, _ []string) { a.sayf("item %s edited", item.ID) })
}

func (a *app) itemsTagCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "tag ID TAG...",
		Short: "Add tags to an item, or remove them",
		Long: `Add tags to an item, or remove them with --remove. context --tag chooses among the items
with a tag.`,
		Args:              cobra.MinimumNArgs(2),
		ValidArgsFunction: a.completeItems(live),
	}
	remove := cmd.Flags().Bool("remove", false, "remove the tags")
	tag := func(ctx context.Context, loop *feedback.Loop, header event.Header, args []string) (feedback.ItemAnswer, error) {
		tags := event.TagItem{Header: header, Item: args[0], Add: args[1:]}
		if *remove {
			tags.Add, tags.Remove = nil, args[1:]
		}
		return loop.TagItem(ctx, tags)
	}
	return a.itemChange(cmd, tag, func(item feedback.ItemAnswer, _ []string) {
		a.sayf("item %s has %s: %s", item.ID, count(int64(len(item.Tags)), "tag"), strings.Join(item.Tags, ", "))
	})
}

func (a *app) itemsRetireCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "retire ID",
		Short: "Remove an item from the playbook",
		Long: `Remove an item from the playbook. It is kept with its history, and ` + "`items restore`" + ` brings it
back.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.completeItems(live),
	}
	reason := cmd.Flags().String("reason", "", "why, in a `TEXT` that its history shows")
	retire := func(ctx context.Context, loop *feedback.Loop, header event.Header, args []string) (feedback.ItemAnswer, error) {
		return loop.RetireItem(ctx, event.RetireItem{Header: header, Item: args[0], Reason: *reason})
	}
	return a.itemChange(cmd, retire, func(item feedback.ItemAnswer, _ []string) {
		a.sayf("item %s retired: `atomizer-db items restore %s` brings it back", item.ID, item.ID)
	})
}

func (a *app) itemsMergeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "merge A B",
		Short: "Merge item B into item A",
		Long: `Merge item B into item A. B is retired, and A takes over its counts and the trials that it
was learned from. Insights that say what B said merge into A. A trial that names B counts
for nothing, and its answer says so. ` + "`items restore B`" + ` undoes all of it.

` + "`items similar`" + ` lists items that say nearly the same.`,
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: a.completeItems(live),
	}
	merge := func(ctx context.Context, loop *feedback.Loop, header event.Header, args []string) (feedback.ItemAnswer, error) {
		return loop.MergeItems(ctx, event.MergeItems{Header: header, Item: args[1], Into: args[0]})
	}
	return a.itemChange(cmd, merge, func(item feedback.ItemAnswer, args []string) {
		a.sayf("item %s merged into %s: helpful %d, harmful %d", args[1], item.ID, item.HelpfulCount, item.HarmfulCount)
	})
}

func (a *app) itemsRestoreCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "restore ID",
		Short: "Bring a retired item back to its old place",
		Long: `Bring a retired item back to its old place in the playbook. If a finalize pruned it, its
net score is set to zero by an adjustment that lowers the larger of its two counts. If it
was merged into another item, it takes back its counts and the trials that it was learned
from.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.completeItems(func(item feedback.Item) bool { return !live(item) }),
	}
	restore := func(ctx context.Context, loop *feedback.Loop, header event.Header, args []string) (feedback.ItemAnswer, error) {
		return loop.RestoreItem(ctx, event.RestoreItem{Header: header, Item: args[0]})
	}
	return a.itemChange(cmd, restore, func(item feedback.ItemAnswer, _ []string) {
		a.sayf("item %s restored: helpful %d, harmful %d", item.ID, item.HelpfulCount, item.HarmfulCount)
	})
}
