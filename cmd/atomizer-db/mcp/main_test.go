package mcp_test

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"atomizer-db/cmd/atomizer-db/mcp"
	"atomizer-db/feedback"
)

var update = flag.Bool("update", false, "write the golden files")

// mostBytes is what an answer may have: less than 25,000 tokens, of at least a byte each.
const mostBytes = 24_000

// database is a database that is there.
type database struct{ loop *feedback.Loop }

func (d database) ToAsk(context.Context) (*feedback.Loop, error) { return d.loop, nil }

func (d database) ToRecord(context.Context, ...feedback.Option) (*feedback.Loop, error) {
	return d.loop, nil
}

// agent is a client of a server in the same process.
type agent struct {
	*sdk.ClientSession
	loop  *feedback.Loop
	calls *atomic.Int64
}

// newAgent starts a server of a new database in a file.
func newAgent(t *testing.T, options mcp.Options) agent {
	t.Helper()
	return agentOn(t, filepath.Join(t.TempDir(), "playbook.db"), options)
}

// agentOn starts a server of a new database whose clock advances a second with each call.
func agentOn(t *testing.T, path string, options mcp.Options) agent {
	t.Helper()
	calls := new(atomic.Int64)
	loop, err := feedback.Open(t.Context(), path, feedback.InStudy("truss"), feedback.WithPlaybookFile(filepath.Join(t.TempDir(), "playbook.json")),
		feedback.WithClock(func() time.Time { return time.Date(2000, 1, 1, 0, 0, int(calls.Load()), 0, time.UTC) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := loop.Close(); err != nil {
			t.Error(err)
		}
	})
	options.Database = database{loop}
	ours, theirs := sdk.NewInMemoryTransports()
	server, err := mcp.New(options).Connect(t.Context(), ours, nil)
	if err != nil {
		t.Fatal(err)
	}
	client, err := sdk.NewClient(&sdk.Implementation{Name: "test"}, nil).Connect(t.Context(), theirs, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
		_ = server.Wait()
	})
	return agent{client, loop, calls}
}

// ask calls a tool, with its arguments as JSON, and checks that the answer is not too long.
func (a agent) ask(t *testing.T, tool, arguments string) *sdk.CallToolResult {
	t.Helper()
	a.calls.Add(1)
	result, err := a.CallTool(t.Context(), &sdk.CallToolParams{Name: tool, Arguments: json.RawMessage(arguments)})
	if err != nil {
		t.Fatalf("%s %.200s: %v", tool, arguments, err)
	}
	text, err := json.Marshal(result)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > mostBytes {
		t.Errorf("%s %.200s: an answer of %d bytes", tool, arguments, len(text))
	}
	return result
}

// structured calls a tool that must succeed, and decodes its structured content.
func (a agent) structured(t *testing.T, tool, arguments string, into any) *sdk.CallToolResult {
	t.Helper()
	result := a.ask(t, tool, arguments)
	if result.IsError {
		t.Fatalf("%s %.200s: %s", tool, arguments, textOf(t, result))
	}
	text, err := json.Marshal(result.StructuredContent)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
	return result
}

func textOf(t *testing.T, result *sdk.CallToolResult) string {
	t.Helper()
	if len(result.Content) != 1 {
		t.Fatalf("%d contents", len(result.Content))
	}
	return result.Content[0].(*sdk.TextContent).Text
}

// golden compares a text with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}
