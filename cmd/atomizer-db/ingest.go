package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/history"
)

func (a *app) ingestCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ingest FILE",
		Short: "Record the events of a file or of standard input",
		Long: `Record the events of a file of JSON Lines, in order. If FILE is -, read standard input.

The first wrong event stops ingest; all events before it are kept. With --keep-going,
wrong events are reported and skipped, and the exit code is 1 at the end. An event that
belongs to another playbook than the one here always stops ingest.

The position in a file is stored with its events. If the same file is ingested again,
ingest continues at that position and records the events that were added since. If the
part before the position has changed, the file is refused. The position in standard input
is stored only with --source; send the input again from its start. A database on
PostgreSQL knows a file by the machine and its path, HOST:/PATH.

A program that wants an answer to each event keeps ` + "`atomizer-db session`" + ` open instead.`,
		Args: cobra.ExactArgs(1),
	}
	asJSON := wantJSON(cmd)
	i := ingest{app: a, tally: tally{}}
	flags := cmd.Flags()
	source := flags.String("source", "", "store the position in the input under this `NAME` (default: the path of a file; no position for standard input)")
	follow := flags.Bool("follow", false, "keep reading as the file grows, until interrupted")
	flags.BoolVar(&i.keepGoing, "keep-going", false, "skip wrong events and continue")
	i.how.register(cmd)
	flags.StringVar(&i.rejectsPath, "rejects", "", "with --keep-going: append wrong lines to `FILE`, to be corrected and ingested")
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		switch {
		case flags.Changed("source") && *source == "":
			return usagef("--source is empty: give the input a name, or leave the flag out")
		case *follow && args[0] == "-":
			return usagef("--follow needs a file: standard input is always read to its end")
		case flags.Changed("rejects") && !i.keepGoing:
			return usagef("--rejects needs --keep-going: give both, or neither")
		}
		if i.input, err = a.openInput(cmd.Context(), args[0], *source, *follow); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, i.input.Close()) }()
		return i.run(cmd.Context(), *asJSON)
	}
	return cmd
}

// ingest is one run of the command.
type ingest struct {
	app         *app
	input       *input
	keepGoing   bool
	rejectsPath string
	how         recording

	loop    *feedback.Loop
	rejects *rejects
	bar     *progressbar.ProgressBar
	tally   tally
	unknown unknown

	notExported string // why a finalize wrote no playbook.json
}

func (i *ingest) run(ctx context.Context, asJSON bool) (err error) {
	if i.rejectsPath != "" {
		if i.rejects, err = newRejects(i.rejectsPath, i.input); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, i.rejects.close()) }()
	}
	if i.loop, err = i.app.open(ctx, i.how.options()...); err != nil {
		return err
	}
	defer func() { err = closing(i.loop, err) }()
	if err := i.input.remember(ctx, i.loop); err != nil {
		return err
	}
	if i.input.taken.Lines > 0 {
		i.app.sayf("%s: continuing after line %d", i.input.name, i.input.taken.Lines)
	}
	i.startBar()
	err = i.record(ctx)
	if i.bar != nil {
		_ = i.bar.Clear()
	}
	i.app.warnOfUnknown(i.unknown)
	if i.notExported != "" {
		i.app.say(i.notExported)
	}
	if printed := i.app.printTally(i.tally, asJSON); err == nil {
		err = printed
	}
	if err == nil && i.tally.Wrong > 0 {
		err = i.skipped()
	}
	return err
}

// skipped returns the error of a run that skipped wrong events.
func (i *ingest) skipped() error {
	skipped := fmt.Sprintf("%s: skipped %s", i.input.name, count(i.tally.Wrong, "wrong event"))
	if i.rejects != nil {
		return fmt.Errorf("%s, see above: correct the lines in %s and ingest that file", skipped, i.rejectsPath)
	}
	return fmt.Errorf("%s, see above", skipped)
}

func (i *ingest) startBar() {
	if i.input.grows || i.input.size <= 0 || terminalWidth(i.app.stderr) == 0 {
		return
	}
	i.bar = progressbar.NewOptions64(i.input.size,
		progressbar.OptionSetWriter(i.app.stderr), progressbar.OptionShowBytes(true), progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetDescription("ingest"), progressbar.OptionClearOnFinish())
}

// flush records the events of a batch in order. Events up to the next wrong one go
// into one transaction.
func (i *ingest) flush(ctx context.Context, batch []line) error {
	for len(batch) > 0 {
		good := 0
		for good < len(batch) && batch[good].err == nil {
			good++
		}
		done := 1
		var err error
		if good == 0 {
			err = i.reject(ctx, batch[0], batch[0].err)
		} else {
			done, err = i.apply(ctx, batch[:good])
		}
		if err != nil {
			return err
		}
		batch = batch[done:]
	}
	return nil
}

// apply records events and returns how many lines are done.
func (i *ingest) apply(ctx context.Context, batch []line) (done int, err error) {
	events := make([]event.Event, len(batch))
	for n, l := range batch {
		events[n] = l.event
	}
	answers, err := i.send(ctx, batch, events)
	i.input.take(batch[:len(answers)])
	for n, answer := range answers {
		i.tally.add(batch[n].event, answer)
		i.unknown.add(namedBy(answer))
		if answer, ok := answer.(feedback.FinalizeAnswer); ok && answer.NotExported != "" {
			adviseFinalize(&answer)
			i.notExported = answer.NotExported
		}
		if i.bar != nil {
			_ = i.bar.Set64(batch[n].end)
		}
	}
	if failed, ok := errors.AsType[*feedback.EventError](err); ok {
		return failed.Index + 1, i.reject(ctx, batch[failed.Index], failed.Err)
	}
	return len(answers), err
}

// send records events, together with the position in the input.
func (i *ingest) send(ctx context.Context, batch []line, events []event.Event) ([]feedback.Answer, error) {
	if i.input.source == "" {
		return i.loop.Apply(ctx, events...)
	}
	return i.loop.ApplyFrom(ctx, i.input.source, func(n int) feedback.Position { return i.input.after(batch[:n]) }, events...)
}

// skip stores the position after a wrong line.
func (i *ingest) skip(ctx context.Context, l line) error {
	if i.input.source != "" {
		after := i.input.after([]line{l})
		if _, err := i.loop.ApplyFrom(ctx, i.input.source, func(int) feedback.Position { return after }); err != nil {
			return err
		}
	}
	i.input.take([]line{l})
	return nil
}

// atTheEnd handles the last line that was read. An incomplete line is left for the
// next run if the position is stored, and is wrong otherwise.
func (i *ingest) atTheEnd(ctx context.Context, l line) error {
	if !errors.Is(l.readErr, errNotWhole) {
		return fmt.Errorf("%s: %w", i.input.name, l.readErr)
	}
	if i.input.source == "" {
		return i.reject(ctx, l, l.err)
	}
	i.app.sayf("%s: line %d is incomplete: it is left for the next run", i.input.name, l.number)
	return nil
}

// isWrong reports whether an event itself is the problem. Otherwise the same event can
// succeed later, or in another database: playbook.json was changed or cannot be written, the
// database failed, or its playbook is another.
func isWrong(problem error) bool {
	if errors.Is(problem, history.ErrFileChanged) || errors.Is(problem, history.ErrOtherPlaybook) {
		return false
	}
	_, field := errors.AsType[*event.FieldError](problem)
	return field || errors.Is(problem, feedback.ErrNotFound) || errors.Is(problem, feedback.ErrConflict)
}

// reject reports a line that was not recorded. A wrong line ends the run, unless
// --keep-going was given. A line that is not wrong always ends it.
func (i *ingest) reject(ctx context.Context, l line, problem error) error {
	waits := l.err == nil && !isWrong(problem)
	problem = withHint(problem)
	if !waits {
		i.tally.Wrong++
	}
	problem = fmt.Errorf("%s: line %d: %w", i.input.name, l.number, problem)
	switch {
	case waits:
		return problem
	case i.keepGoing:
	case i.input.source != "":
		return fmt.Errorf("%w; all events before it are kept: correct the line and run ingest again to continue there", problem)
	default:
		return problem
	}
	if i.bar != nil {
		_ = i.bar.Clear()
	}
	i.app.complain(problem)
	if i.rejects == nil {
		return i.skip(ctx, l)
	}
	first := i.input.taken.Bytes == i.input.began
	return i.rejects.add(ctx, l.text, first, func() error { return i.skip(ctx, l) })
}
