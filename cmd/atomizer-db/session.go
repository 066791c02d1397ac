package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/spf13/cobra"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	schema "atomizer-db/migrations/sqlite"
	"atomizer-db/store/engine"
)

func (a *app) sessionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "session",
		Short: "Record events and answer questions, line by line, for a program",
		Long: `Record events and answer questions for a program that keeps the session open. Each line of
standard input is a JSON object, and is answered by a line of JSON on standard output, in
order.

A line is an event, as in a file for ingest, or a question, such as
{"type": "context", "max_items": 5}. An event is answered when it is durable. A wrong line is
answered with {"error": {"kind": …, "message": …, "field": …}}, and the session goes on until
its input ends. The first line that it prints says the versions and the database, which is
made by the first event.

The types of questions are ` + questionTypes() + `.
A question has the flags of its command as fields, and is answered with what the command
prints with --json.`,
		Example: `  echo '{"type": "top", "n": 3}' | atomizer-db session`,
		Args:    cobra.NoArgs,
	}
	var how recording
	how.register(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		database, err := a.sessionDatabase(how)
		if err != nil {
			return err
		}
		s := &session{app: a, database: database, out: bufio.NewWriter(a.stdout)}
		return s.run(cmd.Context())
	}
	return cmd
}

// protocol is the version of what a session reads and prints.
const protocol = 1

// session is one run of the command.
type session struct {
	app      *app
	database *sessionDatabase
	out      *bufio.Writer // standard output, flushed when a batch is answered
}

// greeting is the first line that a session prints.
type greeting struct {
	Session  int     `json:"session"`
	Version  string  `json:"version"`
	Schema   int     `json:"schema"`
	Database string  `json:"database"`
	Playbook *string `json:"playbook"` // null: a finalize writes none
	Study    string  `json:"study"`
}

func (s *session) run(ctx context.Context) (err error) {
	at := s.database.at
	hello := greeting{protocol, programVersion(), schema.Version, engine.Shown(at.database), nil, at.study}
	if at.playbook != "" {
		hello.Playbook = &at.playbook
	}
	if err := s.answer(hello); err != nil {
		return err
	}
	if err := s.out.Flush(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.database.close()) }()
	return s.read(ctx)
}

// read reads the input and answers each batch in the goroutine that read it, so that a
// client that waits for an answer does not wait for another goroutine to wake up.
func (s *session) read(ctx context.Context) error {
	var answering sync.Mutex
	done := make(chan error, 1)
	go func() {
		var err error
		readLines(bufio.NewReaderSize(s.app.stdin, readBuffer), 0, 1, func(batch []line) bool {
			answering.Lock()
			defer answering.Unlock()
			if err = ctx.Err(); err == nil {
				err = s.take(ctx, batch)
			}
			return err == nil
		})
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done(): // the read may block for ever
		answering.Lock() // stays locked, so that no other batch is answered
		return ctx.Err()
	}
}

// take answers the lines of a batch in order. Events that follow each other are recorded
// together.
func (s *session) take(ctx context.Context, batch []line) (err error) {
	for len(batch) > 0 && err == nil {
		first, size := batch[0], 1
		switch {
		case first.readErr != nil && !errors.Is(first.readErr, errNotWhole):
			err = fmt.Errorf("standard input: %w", first.readErr)
		case first.err != nil:
			if err = s.out.Flush(); err == nil { // a question may take long
				err = s.respond(ctx, first)
			}
		default:
			if size = slices.IndexFunc(batch, func(l line) bool { return l.event == nil }); size < 0 {
				size = len(batch)
			}
			err = s.record(ctx, batch[:size])
		}
		batch = batch[size:]
	}
	return errors.Join(err, s.out.Flush())
}

// record records and answers events.
func (s *session) record(ctx context.Context, lines []line) error {
	loop, err := s.database.ToRecord(ctx)
	if err != nil {
		return s.refuse(ctx, len(lines), err)
	}
	events := make([]event.Event, len(lines))
	for i, l := range lines {
		events[i] = l.event
	}
	for len(events) > 0 {
		answers, err := apply(ctx, loop, events)
		for _, answer := range answers {
			if err := s.answer(answer); err != nil {
				return err
			}
		}
		events = events[len(answers):]
		if err == nil {
			continue
		}
		failed := len(events) // of any other failure than that of an event
		if _, ok := errors.AsType[*feedback.EventError](err); ok {
			failed = 1
		}
		if err := s.refuse(ctx, failed, err); err != nil {
			return err
		}
		events = events[failed:]
	}
	return nil
}

// apply records events up to a finalize, or a finalize, whose answer tells what was pruned.
func apply(ctx context.Context, loop *feedback.Loop, events []event.Event) ([]feedback.Answer, error) {
	if summary, ok := events[0].(event.Summary); ok {
		answer, err := loop.Finalize(ctx, summary)
		if err != nil {
			return nil, &feedback.EventError{Err: err}
		}
		adviseFinalize(&answer)
		return []feedback.Answer{answer}, nil
	}
	end := slices.IndexFunc(events, func(e event.Event) bool { return e.Type() == event.TypeFinalize })
	if end < 0 {
		end = len(events)
	}
	return loop.Apply(ctx, events[:end]...)
}
