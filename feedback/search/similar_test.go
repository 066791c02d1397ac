package search_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"atomizer-db/feedback/search"
)

func similar(tb testing.TB, texts []string, similarity float64, limit int) []search.Pair {
	tb.Helper()
	pairs, err := search.Similar(tb.Context(), texts, similarity, limit)
	if err != nil {
		tb.Fatal(err)
	}
	return pairs
}

func TestSimilarByHand(t *testing.T) {
	texts := []string{
		"Thicken the web before the flange",            // 5 words
		"the flange: thicken it before the WEBS",       // the same and another one
		"Bar 7 stress 25.1 ksi exceeds 25 ksi",         // bar # stress ksi exceed
		"-",                                            //
		"exceeds: ksi, bar12 stress (1e3)",             // exceed ksi bar# stress #
		"Bar 12: stress -1.5e-7 ksi exceeds 1,000 ksi", // the same as the third
		"",
		"Start thin",
	}
	for _, c := range []struct {
		similarity float64
		limit      int
		want       []search.Pair
	}{
		{0.6, 10, []search.Pair{{2, 5, 1}, {0, 1, 5. / 6}, {2, 4, 4. / 6}, {4, 5, 4. / 6}}},
		{2. / 3, 10, []search.Pair{{2, 5, 1}, {0, 1, 5. / 6}, {2, 4, 4. / 6}, {4, 5, 4. / 6}}},
		{0.667, 10, []search.Pair{{2, 5, 1}, {0, 1, 5. / 6}}},
		{0.6, 3, []search.Pair{{2, 5, 1}, {0, 1, 5. / 6}, {2, 4, 4. / 6}}},
		{1, 10, []search.Pair{{2, 5, 1}}},
		{1e-12, 1, []search.Pair{{2, 5, 1}}},
		{1, math.MaxInt, []search.Pair{{2, 5, 1}}},
	} {
		if got := similar(t, texts, c.similarity, c.limit); !slices.Equal(got, c.want) {
			t.Errorf("from %v, at most %d: %v, want %v", c.similarity, c.limit, got, c.want)
		}
	}
	if got := similar(t, nil, 0.6, 10); got == nil || len(got) > 0 {
		t.Errorf("of no texts: %#v", got)
	}
	for _, wrong := range []struct {
		similarity float64
		limit      int
	}{{0, 1}, {-1, 1}, {1.01, 1}, {math.NaN(), 1}, {0.6, 0}} {
		if _, err := search.Similar(t.Context(), texts, wrong.similarity, wrong.limit); err == nil {
			t.Errorf("a similarity of %v and a limit of %d are accepted", wrong.similarity, wrong.limit)
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := search.Similar(ended, texts, 0.6, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("of a context that ended: %v", err)
	}
}

// TestSimilarFindsWhatAComparisonOfAllPairsFinds has few different words, so that many pairs
// are as similar as others.
func TestSimilarFindsWhatAComparisonOfAllPairsFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom(strings.Fields("a b c d e f g h i j"))
		texts := rapid.SliceOfN(rapid.Map(rapid.SliceOfN(word, 0, 8), func(words []string) string { return strings.Join(words, " ") }), 0, 25).Draw(t, "texts")
		similarity := rapid.SampledFrom([]float64{0.1, 0.25, 1. / 3, 0.5, 0.6, 2. / 3, 0.75, 0.8, 1}).Draw(t, "similarity")
		limit := rapid.SampledFrom([]int{1, 2, 3, 5, 20, 1000}).Draw(t, "limit")
		got, err := search.Similar(context.Background(), texts, similarity, limit)
		if err != nil {
			t.Fatal(err)
		}
		if want := allPairs(texts, similarity, limit); !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

func allPairs(texts []string, similarity float64, limit int) []search.Pair {
	pairs := []search.Pair{}
	for i, a := range texts {
		for j, b := range texts[:i] {
			common, either := 0, map[string]bool{}
			words := search.Words(b)
			for _, word := range words {
				either[word] = true
			}
			for _, word := range slices.Compact(slices.Sorted(slices.Values(search.Words(a)))) {
				if slices.Contains(words, word) {
					common++
				}
				either[word] = true
			}
			if of := float64(common) / float64(len(either)); of >= similarity {
				pairs = append(pairs, search.Pair{First: j, Second: i, Similarity: of})
			}
		}
	}
	slices.SortFunc(pairs, func(a, b search.Pair) int {
		return cmp.Or(cmp.Compare(b.Similarity, a.Similarity), cmp.Compare(a.First, b.First), cmp.Compare(a.Second, b.Second))
	})
	return pairs[:min(limit, len(pairs))]
}

// playbooks are texts of items as they come about, and those that are hardest to compare.
var playbooks = map[string]func(rng *rand.Rand, n int) string{
	"random": func(rng *rand.Rand, _ int) string { return others(rng, 5000, 20) },
	"template": func(rng *rand.Rand, n int) string {
		return constraint(rng, n)
	},
	"template and 1 word":    func(rng *rand.Rand, n int) string { return constraint(rng, n) + others(rng, 5000, 1) },
	"template and 3 words":   func(rng *rand.Rand, n int) string { return constraint(rng, n) + others(rng, 5000, 3) },
	"template and 0-9 words": func(rng *rand.Rand, n int) string { return constraint(rng, n) + others(rng, 300, rng.IntN(10)) },
	"template and its own words": func(rng *rand.Rand, n int) string {
		return constraint(rng, n) + fmt.Sprint(letters(2*n), " ", letters(2*n+1))
	},
	"long template and words": func(rng *rand.Rand, n int) string {
		return constraint(rng, n) + others(rand.New(rand.NewPCG(1, 1)), 5000, 80) + others(rng, 5000, rng.IntN(40))
	},
	"four templates and 0-4 words": func(rng *rand.Rand, n int) string {
		return others(rand.New(rand.NewPCG(uint64(n%4), 1)), 5000, 18) + constraint(rng, n) + others(rng, 5000, rng.IntN(5))
	},
	"long and just too different": func(rng *rand.Rand, _ int) string {
		return others(rand.New(rand.NewPCG(1, 1)), 1_000_000, 70) + others(rng, 5000, 25)
	},
	"ever more similar": func(rng *rand.Rand, n int) string {
		return constraint(rng, n) + others(rng, 100_000, 9-n/1112)
	},
}

func constraint(rng *rand.Rand, n int) string {
	return fmt.Sprintf("Constraint violated: bar %d stress %.1f ksi exceeds 25 ksi in element %d of load case %d ", rng.IntN(10), 25+rng.Float64(), n, rng.IntN(3))
}

func others(rng *rand.Rand, different, n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(letters(rng.IntN(different)) + " ")
	}
	return b.String()
}

// letters returns the nth of words without endings that could be taken off.
func letters(n int) string {
	word := "x"
	for ; n > 0; n /= 10 {
		word += string("bcfghjkmpq"[n%10])
	}
	return word
}

func playbookOf(name string, items int) []string {
	rng := rand.New(rand.NewPCG(1, 2))
	texts := make([]string, items)
	for n := range texts {
		texts[n] = playbooks[name](rng, n)
	}
	return texts
}

func BenchmarkSimilar(b *testing.B) {
	for name := range playbooks {
		for _, items := range []int{1000, 10_000} {
			texts := playbookOf(name, items)
			for _, limit := range []int{50, 100_000} {
				b.Run(fmt.Sprintf("%s/items=%d/limit=%d", name, items, limit), func(b *testing.B) {
					for b.Loop() {
						similar(b, texts, 0.6, limit)
					}
				})
			}
		}
	}
}

// TestManyTextsWithTheSameWordsAreNotAllCompared compares times: ten times as many texts have a hundred
// times as many pairs. In the second playbook each text has some words of its own too.
func TestManyTextsWithTheSameWordsAreNotAllCompared(t *testing.T) {
	for _, name := range []string{"template", "long template and words"} {
		least := func(items int) time.Duration {
			texts := playbookOf(name, items)
			best := time.Hour
			for range 3 {
				began := time.Now()
				if pairs := similar(t, texts, 0.6, 50); len(pairs) != 50 {
					t.Fatal(pairs)
				}
				best = min(best, time.Since(began))
			}
			return best
		}
		if few, many := least(1000), least(10_000); many > 40*few {
			t.Errorf("%s: 1,000 texts take %v and 10,000 take %v", name, few, many)
		}
	}
}

// TestFiftyMillionPairsAreNotKept counts the bytes: the pairs alone would take 1.6 GB.
func TestFiftyMillionPairsAreNotKept(t *testing.T) {
	texts := playbookOf("template", 10_000)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	pairs := similar(t, texts, 0.6, 50)
	runtime.ReadMemStats(&after)
	if len(pairs) != 50 || pairs[0].First != 0 || pairs[49].Second != 50 {
		t.Error(pairs)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<30 { // the race detector adds half of that
		t.Errorf("%d MiB", used>>20)
	}
}
