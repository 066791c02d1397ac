package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/playbook"
)

func (a *app) itemsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "items",
		Short: "The playbook's items: list, show, add, restore",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usagef("items needs one of list, show ID, add CATEGORY CONTENT, restore ID")
		},
	}
	cmd.AddCommand(a.itemsListCommand(), a.itemsShowCommand(), a.itemsAddCommand(), a.itemsRestoreCommand())
	return cmd
}

func (a *app) itemsListCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List the items in order of arrival", Args: cobra.NoArgs}
	asJSON := wantJSON(cmd)
	all := cmd.Flags().Bool("all", false, "list the retired items too")
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		loop, err := a.open(cmd.Context(), feedback.ReadOnly())
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		items, err := loop.Items(cmd.Context(), *all)
		if err != nil {
			return err
		}
		if *asJSON {
			return a.printJSON(items)
		}
		a.printItems(items)
		return nil
	}
	return cmd
}

func (a *app) printItems(items []feedback.Item) {
	if len(items) == 0 {
		a.say("no items in the playbook yet: finalize commits insights, `items add` adds advice of your own")
		return
	}
	rows := make([][]any, 0, len(items))
	for _, item := range items {
		state := "live"
		if item.Retired != nil {
			state = item.Retired.Reason
		}
		rows = append(rows, []any{item.ID, item.NetScore, item.HelpfulCount, item.HarmfulCount, state, item.Content})
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

func (a *app) itemsShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:               "show ID",
		Short:             "Show one item and what happened to it",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.completeItems,
	}
	a.target.registerAll(cmd)
	asJSON := wantJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		loop, err := a.open(cmd.Context(), feedback.ReadOnly())
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		if a.target.allStudies {
			loop = loop.AllStudies()
		}
		history, err := loop.ItemHistory(cmd.Context(), args[0])
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

func (a *app) printHistory(h feedback.ItemHistory) {
	lastUsed := "never"
	if h.LastUsed != nil {
		lastUsed = shortTime(*h.LastUsed)
	}
	facts := [][2]any{
		{"id", h.ID},
		{"category", h.Category},
		{"content", h.Content},
		{"net score", fmt.Sprintf("%d (helpful %d, harmful %d, confidence %s)", h.NetScore, h.HelpfulCount, h.HarmfulCount, percent(h.Confidence))},
		{"used in", count(h.TrialsUsedIn, "trial")},
		{"created", shortTime(h.CreatedAt)},
		{"last used", lastUsed},
	}
	if len(h.SourceTrials) > 0 {
		facts = append(facts, [2]any{"taught by", "trials " + joined(h.SourceTrials, 12)})
	}
	if len(h.Tags) > 0 {
		facts = append(facts, [2]any{"tags", strings.Join(h.Tags, ", ")})
	}
	if h.Retired != nil {
		facts = append(facts, [2]any{"retired", h.Retired.Reason + " on " + shortTime(h.Retired.RetiredAt)})
	}
	a.printFacts(facts)
	rows := historyRows(h)
	if len(rows) == 0 {
		return
	}
	_, _ = fmt.Fprintln(a.stdout)
	a.printTable([]column{{name: "time (UTC)"}, {name: "what"}, {name: "study"}, {name: "trial", number: true}, {name: "detail", text: true}}, rows)
}

// historyRows lists what happened to an item, by kind and newest first in each.
func historyRows(h feedback.ItemHistory) [][]any {
	var rows [][]any
	for _, u := range h.Uses {
		what, detail := "helpful", ""
		if !u.Success {
			what = "harmful"
		}
		if u.Type == "error" {
			what = "blamed"
		}
		if u.Counted == 0 {
			detail = "not counted: it was not in the playbook then"
		} else if u.Counted > 1 {
			detail = fmt.Sprintf("named %d times", u.Counted)
		}
		rows = append(rows, []any{shortTime(u.Time), what, u.Study, u.Trial, detail})
	}
	for _, o := range h.Origins {
		trial, detail := any("-"), "an insight said the same"
		if o.Trial != nil {
			trial = *o.Trial
		}
		if o.Added {
			detail = "the item began with this insight"
		}
		rows = append(rows, []any{shortTime(o.Time), "insight", o.Study, trial, detail})
	}
	for _, adj := range h.Adjustments {
		rows = append(rows, []any{shortTime(adj.Time), adj.Reason, "", "", fmt.Sprintf("helpful %+d, harmful %+d", adj.Helpful, adj.Harmful)})
	}
	for _, r := range h.Retirements {
		detail := ""
		if r.RestoredAt != nil {
			detail = "restored on " + shortTime(*r.RestoredAt)
		}
		rows = append(rows, []any{shortTime(r.RetiredAt), r.Reason, "", "", detail})
	}
	return rows
}

// joined lists the first numbers of a list.
func joined(numbers []int64, most int) string {
	texts := make([]string, 0, most+1)
	for i, n := range numbers {
		if i == most {
			texts = append(texts, fmt.Sprintf("… (%d in all)", len(numbers)))
			break
		}
		texts = append(texts, fmt.Sprint(n))
	}
	return strings.Join(texts, ", ")
}

// shortTime shows a time of ours to the second, and any other as it is.
func shortTime(text string) string {
	if len(text) == len("2026-01-31T12:00:00.000000+00:00") && strings.HasSuffix(text, "+00:00") {
		return text[:10] + " " + text[11:19]
	}
	return text
}

func (a *app) itemsAddCommand() *cobra.Command {
	names := make([]string, 0, len(playbook.Categories))
	for _, c := range playbook.Categories {
		names = append(names, string(c))
	}
	cmd := &cobra.Command{
		Use:   "add CATEGORY CONTENT",
		Short: "Add advice of your own",
		Long: fmt.Sprintf(`Add advice of your own, unless an item already says it. CATEGORY is one of %s
(strategy, calculation, mistake, tool, domain, workflow).`, strings.Join(names, ", ")),
		Args:      cobra.ExactArgs(2),
		ValidArgs: names,
	}
	asJSON := wantJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		category := playbook.Category(args[0])
		if !category.Valid() {
			return usagef("category %q is not one of %s", args[0], strings.Join(names, ", "))
		}
		loop, err := a.open(cmd.Context())
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		item, added, err := loop.AddItem(cmd.Context(), category, args[1])
		if err != nil {
			return err
		}
		if *asJSON {
			return a.printJSON(struct {
				feedback.Item
				Added bool `json:"added"`
			}{item, added})
		}
		_, _ = fmt.Fprintln(a.stdout, visible(item.ID))
		if !added {
			a.sayf("item %s already says this", item.ID)
		}
		return nil
	}
	return cmd
}

func (a *app) itemsRestoreCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "restore ID",
		Short: "Bring a retired item back to its old place",
		Long: `Bring a retired item back to its old place. A negative net score is set to zero, by an
adjustment of the harmful count.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.completeItems,
	}
	asJSON := wantJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		loop, err := a.open(cmd.Context(), feedback.Existing())
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		item, err := loop.RestoreItem(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		if *asJSON {
			return a.printJSON(item)
		}
		a.sayf("item %s is back, with %d helpful and %d harmful", item.ID, item.HelpfulCount, item.HarmfulCount)
		return nil
	}
	return cmd
}

// completeItems offers the ids of items to the shell.
func (a *app) completeItems(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 || a.target.check(cmd) != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	loop, err := a.open(cmd.Context(), feedback.ReadOnly())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	items, err := loop.Items(cmd.Context(), true)
	if closing(loop, err) != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ids := make([]string, 0, len(items))
	for _, item := range items {
		ids = append(ids, item.ID+"\t"+visible(item.Content))
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}
