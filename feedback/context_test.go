package feedback_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/golden"
	"atomizer-db/feedback/history"
	"atomizer-db/feedback/playbook"
	"atomizer-db/testdata/soak"
)

// advised opens a loop whose items have net scores of 3, 2, 1, 0 and -1.
func advised(t *testing.T) *feedback.Loop {
	t.Helper()
	loop := open(t, filepath.Join(t.TempDir(), "playbook.db"))
	for _, item := range []struct {
		category playbook.Category
		content  string
		helpful  int
	}{
		{"str", "Start again", -1},
		{"mis", "Meshes finer than 2 mm do not converge", 1},
		{"dom", "Stress concentrates at the fillets\n# not a heading\x1b", 2},
		{"cal", strings.Repeat("long ", 100), 0},
		{"str", "Thicken the web", 3},
	} {
		added, _, err := loop.AddItem(t.Context(), item.category, item.content)
		if err != nil {
			t.Fatal(err)
		}
		for range max(item.helpful, -item.helpful) {
			apply(t, loop, event.Trial{Success: item.helpful > 0, ContextItems: []string{added.ID}})
		}
	}
	return loop
}

func contextOf(t *testing.T, loop *feedback.Loop, options feedback.ContextOptions) feedback.Context {
	t.Helper()
	c, err := loop.Context(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	if about := (len(c.Markdown()) + 3) / 4; c.Tokens != about {
		t.Errorf("%+v: Tokens is %d, but Markdown has about %d", options, c.Tokens, about)
	}
	if options.MaxTokens > 0 && c.Tokens > options.MaxTokens {
		t.Errorf("%+v: %d tokens", options, c.Tokens)
	}
	return c
}

func TestContextChoosesItemsThatFit(t *testing.T) {
	loop := advised(t)
	for _, c := range []struct {
		options feedback.ContextOptions
		want    string
	}{
		{feedback.ContextOptions{}, "str-00002 dom-00001 mis-00001 cal-00001 str-00001"},
		{feedback.ContextOptions{MaxItems: 2}, "str-00002 dom-00001"},
		{feedback.ContextOptions{MaxTokens: 60}, "str-00002 dom-00001 mis-00001 str-00001"},
		{feedback.ContextOptions{MaxTokens: 12}, "str-00002"},
		{feedback.ContextOptions{MaxTokens: 1}, ""},
		{feedback.ContextOptions{Categories: []playbook.Category{"str", "mis"}}, "str-00002 mis-00001 str-00001"},
		{feedback.ContextOptions{Search: "CONVERGING mesh"}, "mis-00001"},
		{feedback.ContextOptions{Search: "web fillet"}, ""},
		{feedback.ContextOptions{Search: `2 "mm" OR -( -- *`}, ""},
		{feedback.ContextOptions{Search: `"2 mm" :`}, "mis-00001"},
		{feedback.ContextOptions{Search: " "}, "str-00002 dom-00001 mis-00001 cal-00001 str-00001"},
		{feedback.ContextOptions{By: feedback.ByLift, MaxItems: 1}, "str-00001"}, // too few trials: by arrival
		{feedback.ContextOptions{By: feedback.ByLowerBound}, "str-00002 dom-00001 mis-00001 str-00001 cal-00001"},
	} {
		if got := contextOf(t, loop, c.options); !slices.Equal(got.Items, strings.Fields(c.want)) {
			t.Errorf("%+v: %v, want %s", c.options, got.Items, c.want)
		}
	}
	for _, wrong := range []feedback.ContextOptions{
		{MaxItems: -1},
		{MaxTokens: -1},
		{By: "luck"},
		{Categories: []playbook.Category{"x"}},
		{Search: "\x00"},
	} {
		if _, err := loop.Context(t.Context(), wrong); err == nil {
			t.Errorf("%+v is accepted", wrong)
		}
	}
}

func TestMarkdownSeparatesMistakesFromAdvice(t *testing.T) {
	loop := advised(t)
	const want = `## Advice

- [str-00002] Thicken the web
- [dom-00001] Stress concentrates at the fillets
  # not a heading 

## Mistakes to avoid

- [mis-00001] Meshes finer than 2 mm do not converge
`
	if diff := cmp.Diff(want, contextOf(t, loop, feedback.ContextOptions{MaxItems: 3}).Markdown()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSearchFindsEditedContent(t *testing.T) {
	loop := advised(t)
	file := filepath.Join(filepath.Dir(loop.Path()), "playbook.json")
	if err := loop.Export(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(golden.Read(t, file)), "Thicken the web", "Thicken the flange", 1)
	if err := os.WriteFile(file, []byte(changed), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := loop.Import(t.Context(), file, history.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	for search, want := range map[string][]string{"web": {}, "flange": {"str-00002"}} {
		if got := contextOf(t, loop, feedback.ContextOptions{Search: search}); !slices.Equal(got.Items, want) {
			t.Errorf("%s is found in %v, want %v", search, got.Items, want)
		}
	}
}

func TestExploreDependsOnItsSeed(t *testing.T) {
	loop := advised(t)
	orders := map[string]bool{}
	for seed := range uint64(30) {
		options := feedback.ContextOptions{Explore: true, Seed: seed}
		first := contextOf(t, loop, options)
		if again := contextOf(t, loop, options); !slices.Equal(first.Items, again.Items) {
			t.Errorf("seed %d: %v, then %v", seed, first.Items, again.Items)
		}
		orders[strings.Join(first.Items, " ")] = true
	}
	if len(orders) < 10 {
		t.Errorf("30 seeds have %d orders", len(orders))
	}
}

// TestExploringIsBetterThanChance has 20 items, of which three help and five harm. It
// compares, over some seeds, a driver that uses the first four items of Explore for each
// trial with a driver that picks four at random.
func TestExploringIsBetterThanChance(t *testing.T) {
	const trials, taken = 150, 4
	seeds := soak.Rounds(15)
	explored, random, better := 0, 0, 0
	for seed := range uint64(seeds) {
		loop, ids := withItems(t, 20)
		rng := rand.New(rand.NewPCG(seed, 1))
		rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		effect := map[string]float64{}
		for i, id := range ids[:8] {
			if effect[id] = 0.15; i >= 3 {
				effect[id] = -0.1
			}
		}
		succeeds := func(items []string) bool {
			chance := 0.4
			for _, id := range items {
				chance += effect[id]
			}
			return rng.Float64() < chance
		}
		a, b := 0, 0 // successes in the last third
		for n := range int64(trials) {
			chosen, err := loop.Context(t.Context(), feedback.ContextOptions{MaxItems: taken, Explore: true, Seed: seed*trials + uint64(n)})
			if err != nil {
				t.Fatal(err)
			}
			success := succeeds(chosen.Items)
			apply(t, loop, event.Trial{Number: n, Success: success, ContextItems: chosen.Items})
			rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
			byChance := succeeds(ids[:taken]) // not recorded, as it does not learn
			if n >= trials*2/3 && success {
				a++
			}
			if n >= trials*2/3 && byChance {
				b++
			}
		}
		explored, random = explored+a, random+b
		if a > b {
			better++
		}
	}
	last := seeds * trials / 3
	t.Logf("of the last %d trials, %d succeed by exploring and %d by chance; better in %d of %d studies", last, explored, random, better, seeds)
	if explored < random+last/10 || better < seeds*3/4 {
		t.Errorf("of the last %d trials, %d succeed by exploring and %d by chance; better in %d of %d studies", last, explored, random, better, seeds)
	}
}
