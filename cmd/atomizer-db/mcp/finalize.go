package mcp

import (
	"context"
	"fmt"
	"strings"

	"atomizer-db/feedback"
	"atomizer-db/feedback/words"
)

type finalizeArguments struct {
	Study   string `json:"study"`
	DryRun  *bool  `json:"dry_run"`
	PruneBy string `json:"prune_by"`
	Method  string `json:"method"`
	Key     string `json:"key"`
}

// finalizeAnswer is what a finalize did, or would do.
type finalizeAnswer struct {
	Study  string `json:"study"`
	DryRun bool   `json:"dry_run"`
	feedback.FinalizeAnswer
	Added  []feedback.ItemNote   `json:"added,omitempty"` // of a dry run: the new items
	Pruned []feedback.PrunedItem `json:"pruned"`
	Left   int                   `json:"left"` // entries of added and pruned that have no room

	spared int // of the pruned items
}

func finalizeStudy(ctx context.Context, s *server, a finalizeArguments) (answer, error) {
	dryRun := a.DryRun == nil || *a.DryRun
	loop, err := s.toRecord(ctx, a.Study, feedback.Existing())
	if err != nil {
		return answer{}, err
	}
	if err := begun(ctx, loop); err != nil {
		return answer{}, err
	}
	summary, _, err := loop.Summarize(ctx, a.Key)
	if err != nil {
		return answer{}, err
	}
	summary.PruneBy, summary.Method = a.PruneBy, a.Method
	if err := summary.Validate(); err != nil {
		return answer{}, err
	}
	full := finalizeAnswer{Study: loop.StudyName(), DryRun: dryRun}
	if dryRun {
		preview, err := loop.PreviewFinalize(ctx, summary)
		if err != nil {
			return answer{}, err
		}
		full.FinalizeAnswer, full.Added, full.Pruned = preview.Answer, preview.Added, preview.Pruned
	} else {
		if full.FinalizeAnswer, err = loop.Finalize(ctx, summary); err != nil {
			return answer{}, err
		}
		full.Pruned = full.FinalizeAnswer.Pruned
		if full.NotExported != "" {
			full.NotExported += ": start the server with --study-dir for one in the study's folder"
		}
	}
	full.spared = feedback.Spared(summary, full.Pruned)
	return answer{max(len(full.Added), len(full.Pruned)), func(p part) told { return full.tell(p) }}, nil
}

func (a finalizeAnswer) tell(p part) told {
	all := len(a.Added) + len(a.Pruned)
	cut := func(i *feedback.ItemNote) { i.ID, i.Content = p.cut(i.ID), p.cut(i.Content) }
	a.Added = firstOf(p, a.Added, cut)
	a.Pruned = firstOf(p, a.Pruned, func(i *feedback.PrunedItem) {
		cut(&i.ItemNote)
		i.Warnings = part{len(i.Warnings), p.length}.cutAll(i.Warnings)
	})
	a.Study, a.Left = p.cut(a.Study), all-len(a.Added)-len(a.Pruned)
	return told{a, a.text()}
}

func (a finalizeAnswer) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Study %s. ", quoted(a.Study))
	added, pruned, size := words.Count(a.InsightsAdded, "item"), words.Count(a.ItemsPruned, "item"), words.Count(a.PlaybookSize, "item")
	switch {
	case a.DryRun:
		fmt.Fprintf(&b, "Dry run: nothing was changed. A finalize would add %s and prune %s; the playbook would have %s.\n", added, pruned, size)
	case a.Duplicate:
		fmt.Fprintf(&b, "Duplicate: it was already finalized with this key. That finalize added %s and pruned %s.\n", added, pruned)
	default:
		fmt.Fprintf(&b, "Finalized: %s added, %s pruned; the playbook has %s.\n", added, pruned, size)
	}
	if a.NotExported != "" {
		fmt.Fprintf(&b, "\n%s.\n", a.NotExported)
	}
	var lines []string
	for _, item := range a.Added {
		lines = append(lines, fmt.Sprintf("add [%s] %s", words.Visible(item.ID), words.Visible(item.Content)))
	}
	for _, item := range a.Pruned {
		lines = append(lines, fmt.Sprintf("prune [%s] net %+d, lift %s, %s: %s", words.Visible(item.ID), item.NetScore, points(item.Lift), item.Verdict, words.Visible(item.Content)))
	}
	if len(lines) > 0 {
		b.WriteString("\nItems, as data:\n\n" + fenced(strings.Join(lines, "\n")))
	}
	if a.Left > 0 {
		fmt.Fprintf(&b, "\n%d more have no room.\n", a.Left)
	}
	if a.spared > 0 {
		fmt.Fprintf(&b, "\nPruned items that are not shown to do harm: %d. With prune_by attribution they would stay.\n", a.spared)
	}
	if a.DryRun {
		b.WriteString("\nCall again with dry_run false to finalize.\n")
	}
	return b.String()
}
