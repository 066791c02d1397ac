// Package demo runs a real study from end to end: the ten-bar planar truss, a classic
// benchmark of structural sizing. The truss is analysed with finite elements and sized
// by a driver whose moves are the items of the playbook.
//
// The package uses package feedback as any other program does.
package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/playbook"
)

// Options configure a run of the study.
type Options struct {
	Folder string // the study folder
	Trials int    // in total, including those of earlier runs
	Seed   uint64 // of the driver's choices
	Out    io.Writer
	Notify func(string) // is called with each notice for the user

	// Show prints the study after it was finalized.
	Show func(context.Context, *feedback.Loop) error
}

// blockLength is the number of trials that one line of progress sums up.
const blockLength = 50

// Run runs the study or continues it: a trial that was recorded is not run again. Run
// returns when the study is finalized; the database and playbook.json are then in the
// folder. When ctx is done, it stops between two trials.
func Run(ctx context.Context, options Options) (err error) {
	loop, err := feedback.OpenStudy(ctx, options.Folder, feedback.WithNotices(options.Notify))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, loop.Close()) }()
	s := study{loop: loop, options: options, state: NewState()}
	if err := s.resume(ctx); err != nil {
		return err
	}
	if err := s.teach(ctx); err != nil {
		return err
	}
	s.say("Ten-bar truss: minimize the weight within 25 ksi and 2 in. The best known weight is about 5,060.9 lb.")
	switch {
	case s.done >= options.Trials:
		s.say("%d trials were recorded before: no trials are left to run.", s.done)
	case s.done > 0:
		s.say("%d trials were recorded before: continuing with trial %d.", s.done, s.next)
	}
	for s.done < options.Trials {
		if err := s.trial(ctx); err != nil {
			return err
		}
	}
	if err := s.finalize(ctx); err != nil {
		return err
	}
	return options.Show(ctx, loop)
}

// study is the state of a run.
type study struct {
	loop    *feedback.Loop
	options Options
	state   State
	next    int64 // the next trial's number
	done    int   // trials recorded
	good    int   // the feasible ones of them
	block   int   // the feasible ones of the current block
}

func (s *study) say(format string, args ...any) {
	_, _ = fmt.Fprintf(s.options.Out, format+"\n", args...)
}

// resume restores the state at which an earlier run stopped, by analysing the designs
// that it recorded.
func (s *study) resume(ctx context.Context) error {
	s.next = 1
	trials, err := s.loop.Trials(ctx)
	if err != nil {
		return err
	}
	for _, t := range trials {
		design, err := DesignOf(t.DesignVariables)
		if err != nil {
			return fmt.Errorf("trial %d was not recorded by the demo: %w: give the demo a new folder with --dir", t.Number, err)
		}
		s.count(Evaluate(design))
		s.next = max(s.next, t.Number+1)
	}
	return nil
}

// teach adds the driver's moves to the playbook. A move that was pruned is not added
// again.
func (s *study) teach(ctx context.Context) error {
	items, err := s.loop.Items(ctx, true)
	if err != nil {
		return err
	}
	for _, move := range Moves {
		if slices.ContainsFunc(items, func(i feedback.Item) bool { return i.Content == move.Content }) {
			continue
		}
		if _, _, err := s.loop.AddItem(ctx, playbook.Category(move.Category), move.Content); err != nil {
			return err
		}
	}
	return nil
}

// ContextOptions returns how the context of a trial is chosen. One of ten trials gets no
// advice, to show what the playbook is worth.
func ContextOptions(seed uint64, trial int64) feedback.ContextOptions {
	return feedback.ContextOptions{Explore: true, Holdout: 0.1, Seed: seed<<32 + uint64(trial)}
}

// trial runs one trial with the current playbook and records it.
func (s *study) trial(ctx context.Context) error {
	shown, err := s.loop.Context(ctx, ContextOptions(s.options.Seed, s.next))
	if err != nil {
		return err
	}
	proposal := Propose(s.options.Seed, s.next, byRank(shown.Advice), s.state)
	began := time.Now()
	outcome := Evaluate(proposal.Design)
	trial := event.Trial{
		Number: s.next, Success: outcome.Feasible(), DesignVariables: proposal.Design.Variables(), ContextItems: proposal.Items,
		ConstraintViolations: outcome.Violations, DurationSeconds: time.Since(began).Seconds(), Holdout: shown.Holdout,
		ShownItems: slices.DeleteFunc(shown.Items, func(id string) bool { return slices.Contains(proposal.Items, id) }),
	}
	if outcome.Err != nil {
		trial.Errors = []string{outcome.Err.Error()}
	} else {
		trial.Objective = &outcome.Weight
		trial.Details = jsontext.Value(fmt.Sprintf(`{"limit_use":%.6f}`, TenBarLimits.Use(outcome.Analysis)))
	}
	if _, err := s.loop.RecordTrial(ctx, trial); err != nil {
		return err
	}
	s.next++
	s.count(outcome)
	if s.done%blockLength == 0 {
		s.say("trial %4d  best %s, %2d of the last %d feasible", s.next-1, s.best(), s.block, blockLength)
		s.block = 0
	}
	return nil
}

// byRank returns the advice in order of rank, in which the driver follows it.
func byRank(advice []feedback.ContextItem) []feedback.ContextItem {
	return slices.SortedFunc(slices.Values(advice), func(a, b feedback.ContextItem) int { return cmp.Compare(a.Rank, b.Rank) })
}

func (s *study) count(outcome Outcome) {
	if s.done%blockLength == 0 {
		s.block = 0
	}
	s.state.Record(outcome)
	s.done++
	if outcome.Feasible() {
		s.good++
		s.block++
	}
}

func (s *study) best() string {
	if s.state.Best == nil {
		return "none yet"
	}
	return fmt.Sprintf("%.1f lb", s.state.Best.Weight)
}

// finalize ends the study. Its key makes a study of that length end only once, however
// often the demo is started. It prunes nothing, so that attribution shows all moves.
func (s *study) finalize(ctx context.Context) error {
	summary := event.Summary{
		Header: event.Header{Key: fmt.Sprintf("finalize after %d trials", s.done)},
		Name:   "the ten-bar truss", TotalTrials: int64(s.done),
		ConvergenceRate: float64(s.good) / float64(s.done), Method: "Thompson sampling over moves",
		PruneBy: event.PruneNothing,
	}
	if s.state.Best != nil {
		summary.BestValue = s.state.Best.Weight
	}
	answer, err := s.loop.Finalize(ctx, summary)
	if err != nil {
		return err
	}
	s.say("\nFinalized: %d of %d trials feasible, best %s; insights added %d, merged %d; playbook version %d.",
		s.good, s.done, s.best(), answer.InsightsAdded, answer.InsightsMerged, answer.PlaybookVersion)
	return nil
}
