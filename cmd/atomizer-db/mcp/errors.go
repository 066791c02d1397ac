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
		s.abandon(errors.New("the server ended: " + err.Error() + ", and does not stop")) // without its kind and hint
	}
	return &sdk.CallToolResult{IsError: true, Content: []sdk.Content{&sdk.TextContent{Text: s.message(err)}}}
}

// message returns what an error says and what to do next, on one line.
func (s *server) message(err error) string {
	return part{length: mostError}.cut(words.Visible(strings.ReplaceAll(s.explain(err), "\n", "; ")))
}

func (s *server) explain(err error) string {
	if errors.Is(err, context.Canceled) && !errors.Is(err, limits.ErrAbandoned) {
		return "the call was cancelled"
	}
	if hint := s.hint(err); hint != "" {
		return err.Error() + ": " + hint
	}
	if s.Hint != nil {
		err = s.Hint(err)
	}
	return err.Error()
}

// hint says what to do next with the tools that are served, "" where they cannot help.
func (s *server) hint(err error) string {
	if wrong, ok := errors.AsType[*store.SQLError](err); ok {
		switch {
		case wrong.UnknownName:
			return "read atomizer://schema for the views and their columns"
		case wrong.NoValue != "":
			return "give " + quoted(wrong.NoValue) + " in parameters"
		}
	}
	for _, h := range []struct {
		kind       error
		tool, hint string
	}{
		{limits.ErrAbandoned, "", "it does not stop, so the server ends; start it again and ask for less"},
		{limits.ErrTimeout, "", "ask for less, such as fewer trials"},
		{limits.ErrMemory, "", "ask for less, such as fewer columns"},
		{feedback.ErrNoStudy, "study_status", "study_status lists the studies"},
		{feedback.ErrNoItem, "find_items", "find_items lists the items"},
		{store.ErrNoDatabase, "record_trial", "record_trial makes one"},
	} {
		if errors.Is(err, h.kind) && (h.tool == "" || s.serves(h.tool)) {
			return h.hint
		}
	}
	return ""
}
