package event_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"atomizer-db/feedback/event"
	"atomizer-db/feedback/playbook"
)

// comesBack fails the test unless an event is the same after encoding and decoding.
func comesBack(t interface{ Fatalf(string, ...any) }, e event.Event) {
	line := event.Encode(e)
	again, err := event.Decode(line)
	if err != nil {
		t.Fatalf("an encoded event cannot be decoded: %v\n%s", err, line)
	}
	if diff := cmp.Diff(e, again, sameValues); diff != "" {
		t.Fatalf("decoding returns another event (-written +read): %s\n%s", diff, line)
	}
	if string(event.Digest(e)) != string(event.Digest(again)) {
		t.Fatalf("the same content has another digest: %s", line)
	}
}

// sameValues ignores differences that a line does not keep: parts of a microsecond, and
// white space in details.
var sameValues = cmp.Options{
	cmp.Comparer(func(a, b time.Time) bool { return a.Truncate(time.Microsecond).Equal(b.Truncate(time.Microsecond)) }),
	cmp.Comparer(func(a, b jsontext.Value) bool {
		a, b = a.Clone(), b.Clone()
		return a == nil && b == nil || a.Compact() == nil && b.Compact() == nil && string(a) == string(b)
	}),
}

func TestDecodeReversesEncode(t *testing.T) {
	words := rapid.StringMatching(`[ -~éΩ😀\n\t"\\]{0,8}`)
	list := rapid.Custom(func(t *rapid.T) []string {
		list := rapid.SliceOfN(words, 0, 3).Draw(t, "list")
		if len(list) == 0 {
			return nil
		}
		return list
	})
	float := rapid.Float64().Filter(func(f float64) bool { return !math.IsInf(f, 0) && !math.IsNaN(f) })
	header := rapid.Custom(func(t *rapid.T) event.Header {
		return event.Header{
			Study: rapid.Ptr(words, true).Draw(t, "study"), Key: words.Draw(t, "key"),
			Time:      time.UnixMicro(rapid.Int64Range(-1e15, 1e15).Draw(t, "time")).UTC(),
			Direction: rapid.SampledFrom([]string{"", event.Minimize, event.Maximize}).Draw(t, "direction"),
		}
	})
	scalar := rapid.OneOf(words.AsAny(), rapid.Bool().AsAny(), rapid.Just[any](nil),
		rapid.SampledFrom([]event.Number{"0", "-1.50", "12345678901234567890", "1e-7"}).AsAny())
	events := rapid.OneOf(
		rapid.Custom(func(t *rapid.T) event.Event {
			trial := event.Trial{
				Header: header.Draw(t, "header"), Number: rapid.Int64().Draw(t, "number"), Success: rapid.Bool().Draw(t, "success"),
				Objective: rapid.Ptr(float, true).Draw(t, "objective"), DesignVariables: rapid.MapOfN(words, scalar, 1, 3).Draw(t, "variables"),
				ContextItems: list.Draw(t, "used"), ShownItems: list.Draw(t, "shown"), Errors: list.Draw(t, "errors"),
				ConstraintViolations: list.Draw(t, "violations"), Extractor: words.Draw(t, "extractor"), DurationSeconds: float.Draw(t, "duration"),
				NoLearn: rapid.Bool().Draw(t, "no learn"),
			}
			trial.Holdout = len(trial.ContextItems)+len(trial.ShownItems) == 0 && rapid.Bool().Draw(t, "holdout")
			if rapid.Bool().Draw(t, "details") {
				trial.Details = jsontext.Value(`{"a": [1.50, {"b": null}]}`)
			}
			return trial
		}),
		rapid.Custom(func(t *rapid.T) event.Event {
			return event.ErrorReport{
				Header: header.Draw(t, "header"), TrialNumber: rapid.Int64().Draw(t, "number"), ErrorType: words.Draw(t, "type"),
				Message: words.Draw(t, "message"), ContextItems: list.Draw(t, "used"),
			}
		}),
		rapid.Custom(func(t *rapid.T) event.Event {
			summary := event.Summary{
				Header: header.Draw(t, "header"), Name: words.Draw(t, "name"), TotalTrials: rapid.Int64().Draw(t, "total"),
				BestValue: float.Draw(t, "best"), ConvergenceRate: float.Draw(t, "rate"), Method: words.Draw(t, "method"), NoSave: rapid.Bool().Draw(t, "no save"),
			}
			summary.PruneBy = rapid.SampledFrom([]string{"", event.PruneByAttribution, event.PruneNothing}).Draw(t, "rule")
			switch summary.PruneRule() {
			case event.PruneByNetScore:
				summary.PruneBelow = rapid.Ptr(rapid.Int64Range(-2, 3), true).Draw(t, "threshold")
			case event.PruneByAttribution:
				if rapid.Bool().Draw(t, "decided") {
					summary.PrunedItems = rapid.SliceOfN(words, 0, 3).Draw(t, "pruned")
				}
			}
			return summary
		}),
		rapid.Custom(func(t *rapid.T) event.Event { return event.Reset{Header: header.Draw(t, "header")} }),
		rapid.Custom(func(t *rapid.T) event.Event {
			return event.Void{
				Header: header.Draw(t, "header"), TrialNumber: rapid.Int64().Draw(t, "number"),
				Attempt: rapid.Int64Range(0, 9).Draw(t, "attempt"), Undo: rapid.Bool().Draw(t, "undo"),
			}
		}),
	)
	starts := rapid.OneOf(
		rapid.Custom(func(t *rapid.T) event.Event {
			head := header.Draw(t, "header")
			head.Key = ""
			return event.Study{Header: head}
		}),
		rapid.Custom(func(t *rapid.T) event.Event {
			count := rapid.Int64Range(-2*playbook.LargestCount, 2*playbook.LargestCount)
			change := event.Playbook{
				Header: event.Header{Time: header.Draw(t, "header").Time}, Start: rapid.Bool().Draw(t, "start"), File: words.Draw(t, "file"),
				Digest:  rapid.StringMatching(`([0-9a-f]{2}){0,3}`).Draw(t, "digest"),
				Version: rapid.Int64Max(playbook.LargestVersion).Draw(t, "version"), LastUpdated: rapid.Ptr(words, true).Draw(t, "updated"), Undated: rapid.Bool().Draw(t, "undated"),
			}
			if !change.Start {
				change.Follows = rapid.StringMatching(`([0-9a-f]{2}){0,3}`).Draw(t, "follows")
			}
			if rapid.Bool().Draw(t, "fields") {
				change.Fields = jsontext.Value(`{"a":[1.50,"\u00e9"]}`)
			}
			if rapid.Bool().Draw(t, "numbers") {
				change.LastNumbers = rapid.MapOfN(words, rapid.Int64Min(0), 1, 2).Draw(t, "last numbers")
			}
			if rapid.Bool().Draw(t, "items") {
				change.Items = []event.ItemChange{{
					ID: words.Draw(t, "id"), Category: rapid.Ptr(rapid.Just("mis"), true).Draw(t, "category"), Content: rapid.Ptr(words, true).Draw(t, "content"),
					CreatedAt: rapid.Ptr(words, true).Draw(t, "created"), Helpful: count.Draw(t, "helpful"), Harmful: count.Draw(t, "harmful"),
					Retired: rapid.Ptr(rapid.Bool(), true).Draw(t, "retired"),
				}}
				if rapid.Bool().Draw(t, "more") {
					i := &change.Items[0]
					i.LastUsed, i.Tags, i.Sources, i.Removed = jsontext.Value("null"), []string{}, []int64{rapid.Int64().Draw(t, "source")}, []int64{1}
					i.Fields = jsontext.Value(`{"b":1e3}`)
				}
			}
			return change
		}),
	)
	said := words.Filter(func(s string) bool { return strings.TrimSpace(s) != "" })
	insight := rapid.Custom(func(t *rapid.T) event.InsightText {
		return event.InsightText{Category: rapid.SampledFrom([]string{"str", "mis"}).Draw(t, "category"), Content: words.Draw(t, "content")}
	})
	changes := rapid.OneOf(
		rapid.Custom(func(t *rapid.T) event.Event {
			commit := event.CommitInsights{Header: header.Draw(t, "header")}
			if rapid.Bool().Draw(t, "some") {
				commit.Insights = rapid.SliceOfN(insight, 1, 3).Draw(t, "insights")
			}
			return commit
		}),
		rapid.Custom(func(t *rapid.T) event.Event {
			return event.RejectInsights{Header: header.Draw(t, "header"), Insights: rapid.SliceOfN(insight, 1, 3).Draw(t, "insights"), Reason: words.Draw(t, "reason")}
		}),
		rapid.Custom(func(t *rapid.T) event.Event {
			i := insight.Draw(t, "insight")
			return event.EditInsight{Header: header.Draw(t, "header"), Category: i.Category, Content: i.Content, NewContent: said.Draw(t, "new")}
		}),
		rapid.Custom(func(t *rapid.T) event.Event {
			return event.EditItem{Header: header.Draw(t, "header"), Item: words.Draw(t, "item"), Content: said.Draw(t, "content")}
		}),
		rapid.Custom(func(t *rapid.T) event.Event {
			return event.TagItem{Header: header.Draw(t, "header"), Item: words.Draw(t, "item"), Add: append(list.Draw(t, "add"), "a"), Remove: list.Draw(t, "remove")}
		}),
		rapid.Custom(func(t *rapid.T) event.Event {
			return event.RetireItem{Header: header.Draw(t, "header"), Item: words.Draw(t, "item"), Reason: words.Draw(t, "reason")}
		}),
		rapid.Custom(func(t *rapid.T) event.Event {
			return event.MergeItems{Header: header.Draw(t, "header"), Item: "a" + words.Draw(t, "item"), Into: "b" + words.Draw(t, "into")}
		}),
		rapid.Custom(func(t *rapid.T) event.Event {
			return event.RestoreItem{Header: header.Draw(t, "header"), Item: words.Draw(t, "item")}
		}),
	)
	rapid.Check(t, func(t *rapid.T) { comesBack(t, rapid.OneOf(events, starts, changes).Draw(t, "event")) })
}

func decode(t *testing.T, line string) event.Event {
	t.Helper()
	e, err := event.Decode([]byte(line))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestDigestIsOfTheContent(t *testing.T) {
	const first = `{"type": "trial", "trial_number": 2, "success": true, "objective_value": 1, "design_variables": {"a": 1, "b": "x"}, "details": {"c": 1.0, "d": 2}}`
	digest := event.Digest(decode(t, first))
	// The digest is stored with each key: if it changed, events that were sent again would
	// be conflicts.
	if got := hex.EncodeToString(digest); got != "685ef55e68e05a307e5071b6392dba2d" {
		t.Errorf("the digest is now %s", got)
	}
	for line, same := range map[string]bool{
		`{"key": "k", "study": "s", "success": true, "trial_number": 2, "objective_value": 1e0, "design_variables": {"b": "\u0078", "a": 1.0}, "details": {"d": 2e0, "c": 1}, "errors": null, "learn": true, "type": "trial"}`: true,
		`{"type": "trial", "trial_number": 2, "success": true, "objective_value": 1, "design_variables": {"a": 1, "b": "x"}, "details": {"c": 1.5, "d": 2}}`:                                                                   false,
		`{"type": "trial", "trial_number": 2, "success": true, "objective_value": 1, "design_variables": {"a": "1", "b": "x"}, "details": {"c": 1, "d": 2}}`:                                                                   false,
		`{"type": "trial", "trial_number": 2, "success": true, "objective_value": 1, "design_variables": {"a": 1, "b": "x"}, "details": {"c": 1, "d": 2}, "time": "2026-01-31T12:00:00Z"}`:                                     false,
		`{"type": "trial", "trial_number": 2, "success": true, "objective_value": 1, "design_variables": {"a": 1, "b": "x"}, "details": {"c": 1, "d": 2}, "context_items_shown": ["a"]}`:                                       false,
	} {
		if got := string(event.Digest(decode(t, line))) == string(digest); got != same {
			t.Errorf("the same digest: %t, want %t: %s", got, same, line)
		}
	}
}

// TestDigestIgnoresWhatTheLedgerDoesNotKeep compares events that name the same items.
func TestDigestIgnoresWhatTheLedgerDoesNotKeep(t *testing.T) {
	trial := event.Trial{Number: 1, ContextItems: []string{"c", "a", "b", "a"}, ShownItems: []string{"y", "x", "y"}}
	for _, c := range []struct {
		used, shown []string
		same        bool
	}{
		{[]string{"a", "a", "b", "c"}, []string{"x", "y"}, true},
		{[]string{"a", "b", "c"}, []string{"x", "y"}, false}, // an item counts as often as it is named
		{[]string{"a", "a", "b", "c"}, []string{"x"}, false},
	} {
		other := event.Trial{Number: 1, ContextItems: c.used, ShownItems: c.shown}
		if same := bytes.Equal(event.Digest(trial), event.Digest(other)); same != c.same {
			t.Errorf("%v and %v: the same digest: %t, want %t", c.used, c.shown, same, c.same)
		}
	}
	if trial.ContextItems[0] != "c" {
		t.Error("Digest has changed the event")
	}
	report := event.ErrorReport{ErrorType: "a", Message: "b", ContextItems: []string{"b", "a"}}
	other := report
	other.ContextItems = []string{"a", "b"}
	if !bytes.Equal(event.Digest(report), event.Digest(other)) {
		t.Error("the digest of an error depends on the order of its items")
	}
}

func TestNumbersKeepTheirDigits(t *testing.T) {
	e := decode(t, `{"type": "trial", "trial_number": 1, "success": true, "design_variables": {"a": 12345678901234567890, "b": 1.50}}`)
	text, err := json.Marshal(e.(event.Trial).DesignVariables)
	if want := `{"a":12345678901234567890,"b":1.50}`; err != nil || string(text) != want {
		t.Errorf("%s, %v, want %s", text, err, want)
	}
	for _, number := range []event.Number{"", "-", "01", "1.", ".5", "1e", "+1", "0x1", "Inf", "1_0", " 1", "1e999"} {
		if err := (event.Trial{DesignVariables: map[string]any{"a": number}}).Validate(); err == nil {
			t.Errorf("%q is accepted as a number", string(number))
		}
	}
	for text, want := range map[string]any{"1.50": event.Number("1.50"), `"a\n"`: "a\n", "true": true, " null ": nil} {
		if got, ok := event.ParseScalar(text); !ok || got != want {
			t.Errorf("%s is read as %v, %t", text, got, ok)
		}
	}
	for _, text := range []string{"", "steel", "[1]", "{}", "1 2", "NaN"} {
		if got, ok := event.ParseScalar(text); ok {
			t.Errorf("%s is read as %v", text, got)
		}
	}
}

func TestEncodeVariablesOfEveryGoType(t *testing.T) {
	variables := map[string]any{"a": int8(-1), "b": uint64(math.MaxUint64), "c": float32(0.1), "d": 0.1, "e": false, "f": nil, "g": 1e21, "h": event.Number("2.0")}
	const want = `{"a":-1,"b":18446744073709551615,"c":0.1,"d":0.1,"e":false,"f":null,"g":1e+21,"h":2.0}`
	if got := event.EncodeVariables(variables); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if read, err := event.ParseVariables(want); err != nil || event.EncodeVariables(read) != want {
		t.Errorf("%v, %v", read, err)
	}
}

// TestEncodeKeepsAllOfDetailsButWhiteSpace writes details that have several lines as one.
func TestEncodeKeepsAllOfDetailsButWhiteSpace(t *testing.T) {
	line := event.Encode(event.Trial{Details: jsontext.Value("{\"a\" : [1.50,\n 1e0],\t\"b\": \"\\u00e9  \\/\"}")})
	if want := `"details":{"a":[1.50,1e0],"b":"\u00e9  \/"}`; !bytes.Contains(line, []byte(want)) {
		t.Errorf("%s\nwant %s", line, want)
	}
}
