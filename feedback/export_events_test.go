package feedback_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/golden"
	"atomizer-db/feedback/history"
	"atomizer-db/feedback/playbook"
	"atomizer-db/testdata/soak"
)

// eventsOf returns all events of a database as lines.
func eventsOf(t *rapid.T, loop *feedback.Loop) (lines []string) {
	if err := loop.AllStudies().Events(context.Background(), func(e event.Event) error {
		lines = append(lines, string(event.Encode(e)))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return lines
}

// TestExportedEventsReproduceTheDatabase lets a random history happen, and records the exported
// events in an empty database of the same engine or of the other, whose answers must be the same.
func TestExportedEventsReproduceTheDatabase(t *testing.T) {
	onEachEngine(t, func(t *testing.T, to backend) {
		t.Helper()
		rapid.Check(t, func(r *rapid.T) { moves(r, onSQLite.random(t, r), to.random(t, r)) })
	})
	t.Run("from postgres", func(t *testing.T) {
		soak.Share(t, onServer)
		rapid.Check(t, func(r *rapid.T) { moves(r, onPostgreSQL.random(t, r), onSQLite.random(t, r)) })
	})
}

func moves(t *rapid.T, from, to place) {
	ctx := context.Background()
	now := golden.Clock
	if rapid.Bool().Draw(t, "starts from a playbook") {
		if err := os.WriteFile(from.playbook, []byte(book().Draw(t, "start")), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	first := from.begin(t, append(twice(t), feedback.WithClock(func() time.Time { return now }))...)
	defer func() { _ = first.Close() }()
	for i, step := range histories().Draw(t, "history") {
		now = now.Add(time.Second)
		study := first
		if i%3 == 2 {
			study = first.Study("other")
		}
		_, err := step.run(study)
		if err != nil && !errors.Is(err, feedback.ErrConflict) && !errors.Is(err, feedback.ErrNotFound) {
			t.Fatal(err)
		}
	}
	second := to.begin(t, feedback.WithClock(func() time.Time { return golden.Clock.AddDate(1, 0, 0) }))
	defer func() { _ = second.Close() }()
	lines := eventsOf(t, first)
	for _, line := range lines {
		event, err := event.Decode([]byte(line))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if _, err := second.AllStudies().Apply(ctx, event); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	if diff := cmp.Diff(lines, eventsOf(t, second)); diff != "" {
		t.Fatalf("events (-first +second):\n%s", diff)
	}
	answerAlike(t, ctx, first, second)
}

// histories are random events, voids and trials that are only stored among them, imports of
// playbooks and changes of the own one, items by hand, and studies that begin, and get other
// names and directions.
func histories() *rapid.Generator[[]step] {
	return rapid.SliceOfN(rapid.OneOf(
		recorded(rapid.OneOf(events(), events(), events(), changes(), changes())),
		recorded(rapid.OneOf(outcomes(), changes())),
		recorded(rapid.Custom(func(t *rapid.T) event.Event {
			return event.Void{TrialNumber: rapid.Int64Range(-1, 6).Draw(t, "number"), Undo: rapid.Bool().Draw(t, "undo")}
		})),
		recorded(rapid.Custom(func(t *rapid.T) event.Event {
			return event.With(events().Draw(t, "event"), func(h *event.Header) {
				h.Direction = rapid.SampledFrom([]string{event.Minimize, event.Maximize}).Draw(t, "direction")
				h.Key = rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "key")
			})
		})),
		recorded(rapid.Custom(func(t *rapid.T) event.Event {
			return event.Trial{
				Number: 1, Success: rapid.Bool().Draw(t, "success"), NoLearn: true, Extractor: "x", ContextItems: []string{"mis-00001"},
				DesignVariables: map[string]any{"web": 1.5, "steel": nil}, Details: []byte(`{"a":[1.50]}`),
			}
		})),
		outside(),
	), 1, 40)
}

// answerAlike compares the answers of two databases to all questions.
func answerAlike(t *rapid.T, ctx context.Context, first, second *feedback.Loop) {
	same := func(what string, ask func(*feedback.Loop) (any, error)) {
		a, err := ask(first)
		if err != nil {
			t.Fatal(err)
		}
		b, err := ask(second)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(a, b); diff != "" {
			t.Fatalf("%s (-first +second):\n%s", what, diff)
		}
	}
	same("studies", func(l *feedback.Loop) (any, error) { return l.Studies(ctx) })
	studies, err := first.Studies(ctx)
	if err != nil {
		t.Fatal(err)
	}
	items, err := first.Items(ctx, true)
	if err != nil {
		t.Fatal(err)
	}
	same("items", func(l *feedback.Loop) (any, error) { return l.Items(ctx, true) })
	of := func(study func(*feedback.Loop) *feedback.Loop) {
		same("performance", func(l *feedback.Loop) (any, error) { return study(l).Performance(ctx) })
		same("top", func(l *feedback.Loop) (any, error) { return study(l).Top(ctx, 3) })
		same("worst", func(l *feedback.Loop) (any, error) { return study(l).Worst(ctx, 3) })
		same("statistics", func(l *feedback.Loop) (any, error) { return study(l).Statistics(ctx) })
		same("attribution", func(l *feedback.Loop) (any, error) { return study(l).Attribution(ctx) })
		same("trials", func(l *feedback.Loop) (any, error) { return study(l).Trials(ctx) })
		same("insights", func(l *feedback.Loop) (any, error) { return study(l).Insights(ctx) })
		same("report", func(l *feedback.Loop) (any, error) {
			learned, err := study(l).Report(ctx)
			learned.GeneratedAt = "" // now
			return learned, err
		})
		for _, item := range items {
			same("the history of "+item.ID, func(l *feedback.Loop) (any, error) { return study(l).ItemHistory(ctx, item.ID) })
		}
	}
	for _, s := range studies {
		of(func(l *feedback.Loop) *feedback.Loop { return l.Study(s.Study) })
	}
	of((*feedback.Loop).AllStudies)
	for _, format := range history.ExportFormats {
		same(string(format), func(l *feedback.Loop) (any, error) { return l.PlaybookAs(ctx, format) })
	}
	for _, loop := range []*feedback.Loop{first, second} {
		problems, err := loop.Check(ctx)
		for _, p := range problems {
			if loop == second || p.Kind != feedback.FileChanged {
				t.Fatal(problems, err)
			}
		}
	}
}

// step is something that happens to a study.
type step struct {
	run func(*feedback.Loop) (answer any, err error)

	appends bool // it only records trials and errors
}

func recorded(events *rapid.Generator[event.Event]) *rapid.Generator[step] {
	return rapid.Map(events, func(e event.Event) step {
		counts := e.Type() == event.TypeTrial || e.Type() == event.TypeError
		return step{appends: counts && e.Head().Direction == "", run: func(l *feedback.Loop) (any, error) {
			return l.Apply(context.Background(), e)
		}}
	})
}

// outside are steps that are no events.
func outside() *rapid.Generator[step] {
	ctx := context.Background()
	imported := func(l *feedback.Loop, path string, counts history.Counts, text string) (any, error) {
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			return nil, err
		}
		return l.Import(ctx, path, history.ImportOptions{Counts: counts})
	}
	beside := func(l *feedback.Loop, name string) string { return filepath.Join(filepath.Dir(l.PlaybookFile()), name) }
	steps := rapid.OneOf(
		rapid.Custom(func(t *rapid.T) func(*feedback.Loop) (any, error) {
			text, counts := book().Draw(t, "book"), rapid.SampledFrom([]history.Counts{history.OurCounts, history.TheirCounts, history.AddCounts}).Draw(t, "counts")
			return func(l *feedback.Loop) (any, error) { return imported(l, beside(l, "other.json"), counts, text) }
		}),
		rapid.Custom(func(t *rapid.T) func(*feedback.Loop) (any, error) {
			text, exports := book().Draw(t, "book"), rapid.Bool().Draw(t, "exports")
			return func(l *feedback.Loop) (any, error) {
				if exports {
					if err := l.Export(ctx, true); err != nil {
						return nil, err
					}
				}
				return imported(l, l.PlaybookFile(), "", text)
			}
		}),
		rapid.Custom(func(t *rapid.T) func(*feedback.Loop) (any, error) {
			text := rapid.SampledFrom([]string{
				"## STRATEGIES\n[str-00001] helpful=2 harmful=0 :: by hand\n\n## COMMON MISTAKES\n[mis-00002] helpful=0 harmful=1 :: Reduce step 3\n",
				"intro\n## EMPTY\n## STRATEGIES\n[str-00001] helpful=3 harmful=0 :: by hand, twice\n",
				`{"skills": {"s1": {"id": "s1", "section": "rules", "content": "by hand", "helpful": 2, "harmful": 1, "neutral": 3}}, "next_id": 4}`,
			}).Draw(t, "text")
			name := rapid.SampledFrom([]string{"a.txt", "b.txt"}).Draw(t, "name")
			return func(l *feedback.Loop) (any, error) { return imported(l, beside(l, name), history.OurCounts, text) }
		}),
		rapid.Custom(func(t *rapid.T) func(*feedback.Loop) (any, error) {
			category := rapid.SampledFrom([]playbook.Category{"mis", "str"}).Draw(t, "category")
			content := rapid.SampledFrom([]string{"Reduce step 3", "Solver error: bad thing", "by hand"}).Draw(t, "content")
			return func(l *feedback.Loop) (any, error) {
				item, _, err := l.AddItem(ctx, category, content)
				return item, err
			}
		}),
		rapid.Custom(func(t *rapid.T) func(*feedback.Loop) (any, error) {
			name := rapid.SampledFrom([]string{feedback.DefaultStudy, "other", "third"})
			from, to := name.Draw(t, "from"), name.Draw(t, "to")
			return func(l *feedback.Loop) (any, error) {
				_, err := l.Study(from).RenameStudy(ctx, to)
				return nil, err
			}
		}),
		rapid.Custom(func(t *rapid.T) func(*feedback.Loop) (any, error) {
			direction := rapid.SampledFrom([]string{event.Minimize, event.Maximize}).Draw(t, "direction")
			return func(l *feedback.Loop) (any, error) { return nil, l.SetDirection(ctx, direction) }
		}),
		rapid.Just(func(l *feedback.Loop) (any, error) { return l.Study("empty").BeginStudy(ctx, "") }),
	)
	return rapid.Map(steps, func(run func(*feedback.Loop) (any, error)) step { return step{run: run} })
}

// book are playbooks whose items often have the ids or the texts of each other.
func book() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		items, seen := []string{}, map[string]bool{}
		for _, id := range rapid.SliceOfN(ids, 0, 4).Draw(t, "ids") {
			if seen[id] {
				continue
			}
			seen[id] = true
			content := rapid.SampledFrom([]string{"Reduce step 3", "by hand", "Solver error: bad thing", "a\\u00e9 \\\"b\\\""}).Draw(t, "content")
			count := rapid.IntRange(0, 5)
			item := fmt.Sprintf(`%s: {"category": %q, "content": "%s", "helpful_count": %d, "harmful_count": %d, "source_trials": %s, "tags": %s`,
				jsonText(id), rapid.SampledFrom([]string{"mis", "str"}).Draw(t, "category"), content, count.Draw(t, "helpful"), count.Draw(t, "harmful"),
				jsonText(append([]int{}, rapid.SliceOfNDistinct(count, 0, 2, rapid.ID).Draw(t, "sources")...)),
				jsonText(append([]string{}, rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b"}), 0, 2).Draw(t, "tags")...)))
			for _, field := range [][]string{
				{"last_used", `null`, `"then"`, `"2026-01-31T12:00:00+00:00"`},
				{"created_at", `"x"`, `"2026-01-31T12:00:00+00:00"`},
				{"note", `"\u00e9"`, `{"a": 1.50}`},
				{"archived", `true`, `false`},
			} {
				if rapid.Bool().Draw(t, field[0]) {
					item += fmt.Sprintf(`, %q: %s`, field[0], rapid.SampledFrom(field[1:]).Draw(t, "value"))
				}
			}
			items = append(items, item+"}")
		}
		text := fmt.Sprintf(`{"version": %d, "items": {%s}`, rapid.IntRange(0, 9).Draw(t, "version"), strings.Join(items, ", "))
		for _, member := range []string{`"last_updated": "some day"`, `"created_at": "then"`, `"team": "wing"`, `"more": {"x": [1.0]}`} {
			if rapid.Bool().Draw(t, member) {
				text += ", " + member
			}
		}
		return text + "}"
	})
}

// TestSendersOfEventsAreUnderstoodByACopy sends events with keys and without times to a
// database, and again to one that was made from its events.
func TestSendersOfEventsAreUnderstoodByACopy(t *testing.T) {
	first, second := open(t, filepath.Join(t.TempDir(), "playbook.db")), open(t, filepath.Join(t.TempDir(), "playbook.db"))
	sent := []event.Event{
		event.Trial{Header: event.Header{Key: "1"}, Number: 1, Errors: []string{"mesh"}},
		event.Void{Header: event.Header{Key: "2"}, TrialNumber: 1},
		event.Summary{Header: event.Header{Key: "3"}, NoSave: true},
	}
	apply(t, first, sent...)
	if err := first.Events(t.Context(), func(e event.Event) error { apply(t, second, e); return nil }); err != nil {
		t.Fatal(err)
	}
	for _, loop := range []*feedback.Loop{first, second} {
		for i, answer := range apply(t, loop, sent...) {
			if !answer.Duplicated() {
				t.Errorf("%+v was recorded again", sent[i])
			}
		}
		_, err := loop.Apply(t.Context(), event.Trial{Header: event.Header{Key: "1"}, Number: 1, Errors: []string{"license"}})
		if !errors.Is(err, feedback.ErrConflict) {
			t.Errorf("other content: %v", err)
		}
	}
}

// TestALargePlaybookIsExportedInParts copies a database that started from more items than one
// line holds.
func TestALargePlaybookIsExportedInParts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "playbook.db")
	var items []any
	for n := range 2500 {
		items = append(items, fmt.Sprintf("str-%05d", n), advice("str", fmt.Sprintf("say %d", n), n, 0))
	}
	writePlaybook(t, feedback.JSONPath(path), 7, items...)
	first, second := open(t, path), open(t, filepath.Join(t.TempDir(), "playbook.db"))
	lines := 0
	if err := first.AllStudies().Events(t.Context(), func(e event.Event) error { lines++; apply(t, second, e); return nil }); err != nil {
		t.Fatal(err)
	}
	_, want := exported(t, first)
	if _, got := exported(t, second); got != want || lines != 3 {
		t.Errorf("%d lines; (-first +second):\n%s", lines, cmp.Diff(want, got))
	}
}

// TestAPlaybookEventCannotLowerTheVersion applies changes that follow the last one, with
// versions that no export can have written.
func TestAPlaybookEventCannotLowerTheVersion(t *testing.T) {
	from := open(t, filepath.Join(t.TempDir(), "playbook.db"))
	if _, _, err := from.AddItem(t.Context(), "str", "advice"); err != nil {
		t.Fatal(err)
	}
	to := open(t, filepath.Join(t.TempDir(), "playbook.db"))
	var add event.Playbook
	if err := from.AllStudies().Events(t.Context(), func(e event.Event) error {
		if p, ok := e.(event.Playbook); ok && !p.Start {
			add = p
			return nil
		}
		_, err := to.Apply(t.Context(), e)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	version := add.Version
	for _, wrong := range []int64{0, -1} {
		add.Version = wrong
		_, err := to.Apply(t.Context(), add)
		field, ok := errors.AsType[*event.FieldError](err)
		if !ok || field.Field != "version" {
			t.Errorf("version %d: %v", wrong, err)
		}
	}
	add.Version = version
	if _, err := to.Apply(t.Context(), add); err != nil {
		t.Error(err)
	}
}
