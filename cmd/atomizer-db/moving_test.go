package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/feedback/golden"
	"atomizer-db/store/postgres"
	"atomizer-db/store/postgres/pgtest"
	"atomizer-db/testdata/soak"
)

// emptyDatabase has the tables and nothing in them.
var emptyDatabase = pgtest.NewTemplate(func(address string) error {
	s, err := postgres.Open(context.Background(), address, true)
	if err != nil {
		return err
	}
	return s.Close()
})

// TestAStudyMovesFromEngineToEngine exports the events of a SQLite database, makes a PostgreSQL
// database of them, and of that one's events a SQLite database again. All three answer alike.
// With SOAK=20, there are 100,000 events.
func TestAStudyMovesFromEngineToEngine(t *testing.T) {
	folder := t.TempDir()
	first, second, third := filepath.Join(folder, "first.db"), emptyDatabase.Address(t), filepath.Join(folder, "third.db")
	events := longHistory(t, min(soak.Rounds(5_000), 100_000))
	timed := func(what string, command func()) {
		begin := time.Now()
		command()
		t.Logf("%s: %v", what, time.Since(begin).Round(time.Millisecond))
	}
	timed("into SQLite", func() { done(t, events, "ingest", "-", "--db", first) })
	want := answersOf(t, first)
	for _, move := range []struct{ name, from, to string }{
		{"into PostgreSQL", first, second},
		{"back into SQLite", second, third},
	} {
		file := filepath.Join(folder, "events.jsonl")
		timed("export", func() { done(t, "", "export", "--events", "-o", file, "--db", move.from) })
		timed(move.name, func() { done(t, "", "ingest", file, "--db", move.to) })
		if diff := cmp.Diff(want, answersOf(t, move.to)); diff != "" {
			t.Fatalf("%s (-before +after):\n%s", move.name, diff)
		}
	}
}

// answersOf returns the answers of a database to commands that ask.
func answersOf(t *testing.T, database string) map[string]any {
	t.Helper()
	answers := map[string]any{}
	for _, command := range [][]string{
		{"studies", "list", "--json"},
		{"items", "list", "--all", "--json"},
	} {
		answers[fmt.Sprint(command)] = golden.Parse(t, done(t, "", append(command, "--db", database)...))
	}
	for _, study := range []string{"a", "b", "c"} {
		for _, command := range [][]string{
			{"stats", "--json"},
			{"top", "--json"},
			{"worst", "--json"},
			{"performance", "--json"},
			{"attribution", "--json"},
			{"insights", "list", "--json"},
			{"trials", "list", "--limit", "100", "--json"},
			{"context", "--explore", "--seed", "3", "--json"},
			{"context", "--by", "lift", "--json"},
			{"query", "select * from learning_curve where study = :study order by window_size, nth_window", "--json"},
			{"query", "select * from error_classes where study = :study order by class, source", "--json"},
			{"query", "select count(*) as n, sum(helpful_change) as helpful, sum(harmful_change) as harmful from score_history", "--json"},
		} {
			answers[fmt.Sprint(study, command)] = golden.Parse(t, done(t, "", append(command, "--study", study, "--db", database)...))
		}
	}
	done(t, "", "check", "--db", database)
	return answers
}

// longHistory returns the lines of n events of three studies.
func longHistory(t *testing.T, n int) string {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	var lines bytes.Buffer
	encoder := json.NewEncoder(&lines)
	write := func(fields map[string]any) {
		if err := encoder.Encode(fields); err != nil {
			t.Fatal(err)
		}
	}
	for i := range n {
		study := []string{"a", "a", "b", "c"}[rng.IntN(4)]
		e := map[string]any{"study": study, "time": golden.Clock.Add(time.Duration(i) * time.Second)}
		if i%2 == 0 {
			e["key"] = fmt.Sprintf("key-%d", i)
		}
		switch kind := rng.IntN(1000); {
		case i > 0 && i%(n/5) == 0:
			e["type"], e["prune_below"], e["save_playbook"] = "finalize", -1000, false
		case kind < 10:
			e["type"], e["trial_number"], e["error_type"], e["error_message"] = "error", rng.IntN(n), "license", "no license"
			e["context_items_used"] = someItems(rng)
		case kind < 15:
			e["type"] = "commit_insights"
		case kind == 15:
			e["type"] = "reset"
		default:
			success := rng.IntN(3) > 0
			e["type"], e["trial_number"], e["success"], e["context_items_used"] = "trial", rng.IntN(n), success, someItems(rng)
			e["context_items_shown"] = someItems(rng)
			e["design_variables"] = map[string]any{"web": float64(rng.IntN(1000)) / 8, "steel": "S355", "ribs": rng.IntN(9)}
			e["duration_seconds"] = float64(rng.IntN(100)) / 4
			if success {
				e["objective_value"] = float64(rng.IntN(100_000)) / 8
			} else {
				e["errors"] = []string{fmt.Sprintf("diverged at step %d", rng.IntN(50))}
			}
		}
		write(e)
	}
	return lines.String()
}

func someItems(rng *rand.Rand) []string {
	items := []string{}
	for range rng.IntN(6) {
		items = append(items, fmt.Sprintf("%s-%05d", []string{"mis", "tool"}[rng.IntN(2)], 1+rng.IntN(60)))
	}
	return items
}
