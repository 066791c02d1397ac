package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"atomizer-db/feedback"
)

func (a *app) ingestCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ingest FILE",
		Short: "Record the events of a file, or of standard input",
		Long: `Record the events of a file of JSON Lines, in order; - is standard input.

The first event that is wrong stops it: all before it are kept. With --keep-going the
wrong ones are told and passed over, and the exit code is 1 at the end.

How far a file was taken is remembered with its events: the same file again goes on
where it was stopped, and takes what has been added since. A part that was taken and
has changed is refused. Standard input is remembered by --source, and sent again from
its start.

With --ack each event is answered on standard output, one JSON object a line, once it is
durable: a client may wait for the answer before it goes on.`,
		Args: cobra.ExactArgs(1),
	}
	asJSON := wantJSON(cmd)
	i := ingest{app: a, tally: tally{}}
	flags := cmd.Flags()
	flags.BoolVar(&i.ack, "ack", false, "answer each event with a JSON object on standard output")
	source := flags.String("source", "", "remember how far the input was taken by this `name` (default: a file's path, nothing for standard input)")
	follow := flags.Bool("follow", false, "keep reading as the file grows, until interrupted")
	flags.BoolVar(&i.keepGoing, "keep-going", false, "go on after wrong events")
	flags.StringVar(&i.rejectsPath, "rejects", "", "with --keep-going: add the wrong lines to a `file`, to be mended and sent again")
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		switch {
		case flags.Changed("source") && *source == "":
			return usagef("--source is empty: give the input a name")
		case *follow && args[0] == "-":
			return usagef("--follow is for a file: standard input is read to its end anyway")
		case flags.Changed("rejects") && !i.keepGoing:
			return usagef("--rejects goes with --keep-going")
		case *asJSON && i.ack:
			return usagef("--ack prints JSON already: leave --json out")
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
	ack         bool
	keepGoing   bool
	rejectsPath string

	loop    *feedback.Loop
	rejects *rejects
	out     *bufio.Writer // standard output, flushed when a batch is answered
	bar     *progressbar.ProgressBar
	tally   tally
}

func (i *ingest) run(ctx context.Context, asJSON bool) (err error) {
	if i.rejectsPath != "" {
		if i.rejects, err = newRejects(i.rejectsPath, i.input); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, i.rejects.close()) }()
	}
	if i.loop, err = i.app.open(ctx); err != nil {
		return err
	}
	defer func() { err = closing(i.loop, err) }()
	if err := i.input.remember(ctx, i.loop); err != nil {
		return err
	}
	if i.input.taken.Lines > 0 {
		i.app.sayf("%s: %s taken before, going on from there", i.input.name, verb(int(i.input.taken.Lines), "line was", "lines were"))
	}
	i.out = bufio.NewWriter(i.app.stdout)
	i.startBar()
	err = i.record(ctx)
	if flushed := i.out.Flush(); err == nil {
		err = flushed
	}
	if i.bar != nil {
		_ = i.bar.Clear()
	}
	if !i.ack {
		if printed := i.app.printTally(i.tally, asJSON); err == nil {
			err = printed
		}
	}
	if err == nil && i.tally.Wrong > 0 {
		err = i.passedOver()
	}
	return err
}

// passedOver says at the end that wrong events were passed over.
func (i *ingest) passedOver() error {
	kept := "as told above"
	if i.rejects != nil {
		kept = fmt.Sprintf("and kept in %s: mend them there, and ingest that", i.rejectsPath)
	}
	return fmt.Errorf("%s: %s wrong and passed over, %s", i.input.name, verb(i.tally.Wrong, "event is", "events are"), kept)
}

func verb(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

func (i *ingest) startBar() {
	if i.ack || i.input.grows || i.input.size <= 0 || terminalWidth(i.app.stderr) == 0 {
		return
	}
	i.bar = progressbar.NewOptions64(i.input.size,
		progressbar.OptionSetWriter(i.app.stderr), progressbar.OptionShowBytes(true), progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetDescription("ingest"), progressbar.OptionClearOnFinish())
}

// flush records the events of some lines in order, one transaction as long as
// none is wrong.
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
	return i.out.Flush()
}

// apply records events and tells how many lines it is done with.
func (i *ingest) apply(ctx context.Context, batch []line) (done int, err error) {
	events := make([]feedback.Event, len(batch))
	for n, l := range batch {
		events[n] = l.event
	}
	answers, err := i.send(ctx, batch, events)
	i.input.take(batch[:len(answers)])
	for n, answer := range answers {
		i.tally.add(batch[n].event, answer)
		if err := i.answer(answer); err != nil {
			return n, err
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

// send records events, and with them how far the input was taken.
func (i *ingest) send(ctx context.Context, batch []line, events []feedback.Event) ([]feedback.Answer, error) {
	if i.input.source == "" {
		return i.loop.Apply(ctx, events...)
	}
	return i.loop.ApplyFrom(ctx, i.input.source, func(n int) feedback.Position { return i.input.after(batch[:n]) }, events...)
}

// passOver notes that a wrong line was taken too.
func (i *ingest) passOver(ctx context.Context, l line) error {
	if i.input.source != "" {
		after := i.input.after([]line{l})
		if _, err := i.loop.ApplyFrom(ctx, i.input.source, func(int) feedback.Position { return after }); err != nil {
			return err
		}
	}
	i.input.take([]line{l})
	return nil
}

// atTheEnd says what became of a line behind which the input could not be read
// on. One that is not whole is left for the next run, if there can be one.
func (i *ingest) atTheEnd(ctx context.Context, l line) error {
	if !errors.Is(l.readErr, errNotWhole) {
		return fmt.Errorf("%s: %w", i.input.name, l.readErr)
	}
	if i.input.source == "" {
		return i.reject(ctx, l, l.err)
	}
	i.app.sayf("%s: line %d has no end yet: it is left for the next run", i.input.name, l.number)
	return nil
}

// answer prints an event's answer, as the legacy loop gives it.
func (i *ingest) answer(answer feedback.Answer) error {
	if !i.ack {
		return nil
	}
	if f, ok := answer.(feedback.FinalizeAnswer); ok {
		answer = f.LegacyFinalizeAnswer
	}
	return i.printLine(answer)
}

func (i *ingest) printLine(value any) error {
	encoder := json.NewEncoder(i.out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// reject tells of a wrong line; it is the end unless --keep-going. A finalize
// that has to wait until playbook.json is sorted out is not wrong: it is the end.
func (i *ingest) reject(ctx context.Context, l line, problem error) error {
	waits := errors.Is(problem, feedback.ErrFileChanged)
	if !waits {
		i.tally.Wrong++
	}
	if i.ack {
		if err := i.printLine(map[string]any{"error": problem.Error(), "line": l.number}); err != nil {
			return err
		}
	}
	problem = fmt.Errorf("%s: line %d: %w", i.input.name, l.number, problem)
	switch {
	case waits:
		return problem
	case i.keepGoing:
	case i.input.source != "":
		return fmt.Errorf("%w; all before it is kept: mend the line, and ingest goes on there", problem)
	default:
		return problem
	}
	if i.bar != nil {
		_ = i.bar.Clear()
	}
	i.app.complain(problem)
	if i.rejects != nil {
		if err := i.rejects.add(l.text); err != nil {
			return err
		}
	}
	return i.passOver(ctx, l)
}
