package main

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
)

// question makes cmd open a loop, call ask, and print the answer: as JSON with
// --json, else with show.
func question[T any](
	a *app, cmd *cobra.Command, open func(context.Context) (*feedback.Loop, error),
	ask func(*feedback.Loop, context.Context) (T, error), show func(*feedback.Loop, T),
) *cobra.Command {
	asJSON := wantJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		loop, err := open(cmd.Context())
		if err != nil {
			return err
		}
		defer func() { err = closing(loop, err) }()
		answer, err := ask(loop, cmd.Context())
		if err != nil {
			return err
		}
		if *asJSON {
			return a.printJSON(answer)
		}
		show(loop, answer)
		return nil
	}
	return cmd
}

// studyQuestion makes cmd a question about a study, or about all with --all-studies.
func studyQuestion[T any](
	a *app, cmd *cobra.Command, ask func(*feedback.Loop, context.Context) (T, error), show func(*feedback.Loop, T),
) *cobra.Command {
	a.target.registerAll(cmd)
	return question(a, cmd, a.ask, ask, show)
}

// A question that has fields is a type: a command sets them by flags, and a session by the
// members of a JSON object, so that both have the same rules.

// wrongField returns the error of a field of a question.
func wrongField(field, format string, args ...any) error {
	return &event.FieldError{Field: field, Problem: fmt.Sprintf(format, args...)}
}

// asFlag returns the error of a field as one of the command line. Other errors are unchanged.
func asFlag(err error) error {
	if wrong, ok := err.(*event.FieldError); ok {
		flag := strings.ReplaceAll(wrong.Field, "_", "-")
		if flag == "n" {
			flag = "number"
		}
		return usagef("--%s %s", flag, wrong.Problem)
	}
	return err
}

// given returns the value of a flag, nil if the command line does not have the flag.
func given[T any](flags *pflag.FlagSet, name string, value *T) *T {
	if !flags.Changed(name) {
		return nil
	}
	return value
}

// require returns an error for a field that is missing.
func require[T any](field string, value *T) error {
	if value == nil {
		return wrongField(field, "is missing: %s is required", kindOf(reflect.TypeFor[T]()))
	}
	return nil
}

// kindOf says in words what the value of a field must be.
func kindOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "an integer"
	case reflect.Uint64:
		return "an integer of 0 or more"
	case reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list"
	case reflect.Map:
		return "an object"
	}
	return "text"
}
