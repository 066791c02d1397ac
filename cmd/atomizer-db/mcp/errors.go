package mcp

import (
	"context"
	"errors"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"atomizer-db/cmd/atomizer-db/limits"
	"atomizer-db/feedback"
	"atomizer-db/feedback/words"
	"atomizer-db/store"
)

// mostError limits the message of an error, in bytes.
const mostError = 2000

// refuse returns a result that says what is wrong and what to do.
func (s *server) refuse(err error) *sdk.CallToolResult {
	if errors.Is(err, limits.ErrAbandoned) {
		s.abandon(err)
	}
	message := part{length: mostError}.cut(words.Visible(strings.ReplaceAll(s.explain(err), "\n", "; ")))
	return &sdk.CallToolResult{IsError: true, Content: []sdk.Content{&sdk.TextContent{Text: message}}}
}

// explain returns the message of an error, with what to do next.
func (s *server) explain(err error) string {
	if hint := hint(err); hint != "" {
		return err.Error() + ": " + hint
	}
	if s.Hint != nil {
		err = s.Hint(err)
	}
	return err.Error()
}

// hint says what to do next with the tools, "" where they cannot help.
func hint(err error) string {
	if wrong, ok := errors.AsType[*store.SQLError](err); ok {
		switch {
		case wrong.UnknownName:
			return "read atomizer://schema for the views and their columns"
		case wrong.NoValue != "":
			return "give " + quoted(wrong.NoValue) + " in parameters"
		}
	}
	for _, h := range []struct {
		kind error
		hint string
	}{
		{context.Canceled, "the call was cancelled"},
		{limits.ErrAbandoned, "it does not stop, so the server ends; start it again and ask for less"},
		{limits.ErrTimeout, "ask for less, such as fewer trials or a limit"},
		{limits.ErrMemory, "ask for less, such as fewer columns or a limit"},
		{feedback.ErrNoStudy, "study_status lists the studies"},
		{feedback.ErrNoItem, "find_items lists the items"},
		{store.ErrBusy, "call again"},
		{store.ErrNoDatabase, "record_trial makes one"},
	} {
		if errors.Is(err, h.kind) {
			return h.hint
		}
	}
	return ""
}
