package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"atomizer-db/feedback"
	"atomizer-db/store/engine"
)

func (s *server) addResources(served *sdk.Server) {
	served.AddResource(&sdk.Resource{
		URI: "atomizer://playbook", Name: "playbook", Title: "The playbook", MIMEType: "application/json",
		Description: "The live items, the highest net score first, as find_items lists them.",
	}, s.playbook)
	served.AddResource(&sdk.Resource{
		URI: "atomizer://schema", Name: "schema", Title: "The views for SQL", MIMEType: "text/markdown",
		Description: "The views that query can ask, and their columns.",
	}, s.schema)
}

// playbook returns the items of the playbook as JSON.
func (s *server) playbook(ctx context.Context, request *sdk.ReadResourceRequest) (*sdk.ReadResourceResult, error) {
	s.calls.Lock()
	defer s.calls.Unlock()
	ctx, release := s.until(ctx)
	defer release()
	text, err := s.readPlaybook(ctx)
	if err != nil {
		return nil, &jsonrpc.Error{Code: jsonrpc.CodeInternalError, Message: s.message(err)}
	}
	return content(request, text), nil
}

func (s *server) readPlaybook(ctx context.Context) (string, error) {
	loop, err := s.toAsk(ctx, "")
	if err != nil {
		return "", err
	}
	found, err := loop.FindItems(ctx, feedback.ItemSearch{Limit: mostBytes / 100})
	if err != nil {
		return "", err
	}
	var failed error
	cut := answer{len(found.Items), func(p part) told {
		text, err := json.Marshal(tellItems(p, loop.StudyName(), found, 0).structured)
		if err != nil {
			failed = err
		}
		return told{text: string(text)}
	}}
	fitting, err := cut.fitting()
	return fitting.text, errors.Join(err, failed)
}

// schema returns the documentation of the views.
func (s *server) schema(_ context.Context, request *sdk.ReadResourceRequest) (*sdk.ReadResourceResult, error) {
	var b strings.Builder
	for _, view := range engine.Views(s.Address) {
		fmt.Fprintf(&b, "## %s\n\n%s\n\n", view.Name, view.About)
		for _, column := range view.Columns {
			fmt.Fprintf(&b, "- `%s`: %s\n", column.Name, column.About)
		}
		b.WriteString("\n")
	}
	return content(request, b.String()), nil
}

func content(request *sdk.ReadResourceRequest, text string) *sdk.ReadResourceResult {
	return &sdk.ReadResourceResult{Contents: []*sdk.ResourceContents{{URI: request.Params.URI, Text: text}}}
}
