package mcp

import (
	"context"

	"github.com/google/jsonschema-go/jsonschema"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/playbook"
)

// tool is one tool.
type tool struct {
	name, title, about string
	arguments          []argument
	effect             effect
	call               func(context.Context, *server, []byte) (answer, error)
}

// effect is what a tool does to the database.
type effect int

const (
	reads   effect = iota
	records        // an event is added, with a key only once
	adds           // the same call again adds nothing
	prunes         // what exists can be lost
)

// tools are all tools. sql is the dialect of queries.
func tools(sql string) []tool {
	return []tool{
		{
			name: "get_context", title: "Get advice", effect: reads,
			about: "Choose advice for the next trial. Report the ids you use with record_trial.",
			arguments: []argument{
				study(),
				integer("max_items", "default 10").between(1, 1000),
				integer("max_tokens", "limit of the Markdown").least(1),
				text("about", "rank by relevance to this"),
				flag("explore", "also try little-known items"),
				number("holdout", "share of trials without advice"),
				integer("seed", "the trial's number").least(0),
			},
			call: calls(getContext),
		},
		{
			name: "find_items", title: "Find items", effect: reads,
			about: "List items of the playbook, the best first, or show one with its history.",
			arguments: []argument{
				study(),
				text("id", "show this item"),
				text("search", "all these words"),
				text("category", "only this one").oneOf(categories()...),
				text("rank", "default net-score").oneOf(rankings()...),
				integer("limit", "default 20").between(1, 100),
				cursor(),
			},
			call: calls(findItems),
		},
		{
			name: "study_status", title: "Study status", effect: reads,
			about:     "Statistics, best trial, errors by class, pending insights. Without study: also all studies.",
			arguments: []argument{study(), cursor()},
			call:      calls(studyStatus),
		},
		{
			name: "query", title: "Ask in SQL", effect: reads,
			about: "Run a SELECT on the views of atomizer://schema, such as trials and trial_items.",
			arguments: []argument{
				study(),
				text("sql", sql).require(),
				object("parameters", "by name; :study is set"),
				integer("limit", "default 100").between(1, 1000),
				cursor(),
			},
			call: calls(query),
		},
		{
			name: "record_trial", title: "Record a trial", effect: records,
			about: "Record a trial. Items that it used count as helpful or harmful. Names unknown items.",
			arguments: []argument{
				study(),
				trialNumber(),
				flag("success", "valid and feasible").require(),
				number("objective_value", "if it has one"),
				object("design_variables", "scalars by name"),
				used(),
				texts("context_items_shown", "ids shown, not used"),
				flag("holdout", "as get_context said"),
				texts("errors", "the solver's"),
				texts("constraint_violations", "one text each"),
				text("direction", "of the objective").oneOf(event.Minimize, event.Maximize),
				key(),
			},
			call: calls(recordTrial),
		},
		{
			name: "record_error", title: "Record an error", effect: records,
			about: "Record an error that is no trial's result. Items in use count as harmful.",
			arguments: []argument{
				study(),
				trialNumber(),
				text("error_type", "such as license").require(),
				text("error_message", "what happened").require(),
				used(),
				key(),
			},
			call: calls(recordError),
		},
		{
			name: "add_item", title: "Add advice", effect: adds,
			about: "Add your own advice to the playbook of all studies, once.",
			arguments: []argument{
				study(),
				text("category", "mis: a mistake").oneOf(categories()...).require(),
				text("content", "one piece of advice").require(),
			},
			call: calls(addItem),
		},
		{
			name: "finalize_study", title: "Finalize", effect: prunes,
			about: "End a study: commit pending insights, prune the playbook, write playbook.json.",
			arguments: []argument{
				study(),
				flag("dry_run", "default true: only show"),
				text("prune_by", "default net-score; attribution: only what harms").oneOf(event.PruneByNetScore, event.PruneByAttribution, event.PruneNothing),
				text("method", "the optimizer"),
				key(),
			},
			call: calls(finalizeStudy),
		},
	}
}

func categories() []string { return playbook.CategoryNames() }

func rankings() (names []string) {
	for _, by := range feedback.Rankings {
		names = append(names, string(by))
	}
	return names
}

// find returns a tool by its name.
func find(name string) (tool, bool) {
	for _, t := range tools("SQL") {
		if t.name == name {
			return t, true
		}
	}
	return tool{}, false
}

func names(tools []tool) (names []string) {
	for _, t := range tools {
		names = append(names, t.name)
	}
	return names
}

// definition is what a client is told of the tool.
func (t tool) definition() *sdk.Tool {
	return &sdk.Tool{
		Name: t.name, Title: t.title, Description: t.about, InputSchema: t.schema(),
		Annotations: &sdk.ToolAnnotations{
			ReadOnlyHint: t.effect == reads, DestructiveHint: new(t.effect == prunes),
			IdempotentHint: t.effect == reads || t.effect == adds, OpenWorldHint: new(false),
		},
	}
}

func (t tool) schema() *jsonschema.Schema {
	schema := &jsonschema.Schema{Type: "object", Properties: map[string]*jsonschema.Schema{}}
	for _, a := range t.arguments {
		schema.PropertyOrder = append(schema.PropertyOrder, a.name)
		schema.Properties[a.name] = a.schema
		if a.required {
			schema.Required = append(schema.Required, a.name)
		}
	}
	return schema
}
