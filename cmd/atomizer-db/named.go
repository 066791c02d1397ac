package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
)

// recording are the flags of commands that record trials.
type recording struct {
	strict      bool
	commitEvery int
}

func (r *recording) register(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&r.strict, "strict", false, "refuse a trial or error that names an item that the playbook does not have")
	cmd.Flags().IntVar(&r.commitEvery, "commit-every", 0, "commit the study's pending insights after every `N` trials (default: wait for a finalize)")
	before(cmd, func() error {
		if r.commitEvery < 1 && cmd.Flags().Changed("commit-every") {
			return usagef("--commit-every must be 1 or more, not %d", r.commitEvery)
		}
		return nil
	})
}

func (r *recording) options() []feedback.Option {
	options := []feedback.Option{feedback.CommitEvery(r.commitEvery)}
	if r.strict {
		options = append(options, feedback.Strict())
	}
	return options
}

// namedBy returns what an event named in vain.
func namedBy(answer feedback.Answer) feedback.Named {
	switch answer := answer.(type) {
	case feedback.TrialAnswer:
		return answer.Named
	case feedback.ErrorAnswer:
		return answer.Named
	}
	return feedback.Named{}
}

// warnOfNamed says which ids of an event counted for nothing, and why.
func (a *app) warnOfNamed(named feedback.Named) {
	for _, id := range named.UnknownItems {
		a.sayf("warning: an item counted for nothing: %v", named.Problem(id))
	}
}

// unknown are the ids that the events of an ingest named in vain.
type unknown struct {
	events int
	ids    []string // the first few different ones
	more   bool
}

func (u *unknown) add(named feedback.Named) {
	if len(named.UnknownItems) == 0 {
		return
	}
	u.events++
	for _, id := range named.UnknownItems {
		switch {
		case slices.Contains(u.ids, id):
		case len(u.ids) == mostNamed:
			u.more = true
		default:
			u.ids = append(u.ids, id)
		}
	}
}

func (a *app) warnOfUnknown(u unknown) {
	if u.events == 0 {
		return
	}
	quoted := make([]string, len(u.ids))
	for i, id := range u.ids {
		quoted[i] = fmt.Sprintf("%q", id)
	}
	list := strings.Join(quoted, ", ")
	if u.more {
		list += " and others"
	}
	a.sayf("warning: %s named items that the playbook does not have, which counted for nothing: %s", count(u.events, "event"), list)
}
