package feedback_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"atomizer-db/feedback"
	"atomizer-db/feedback/history"
)

// large opens a loop with many items of about 20 words, of which a third came from one message
// of a solver.
func large(b *testing.B, items int) *feedback.Loop {
	b.Helper()
	loop, err := feedback.Open(b.Context(), filepath.Join(b.TempDir(), "x.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = loop.Close() })
	rng := rand.New(rand.NewPCG(1, 2))
	book := map[string]any{}
	for n := range items {
		content := fmt.Sprintf("Constraint violated: bar %d stress %.1f ksi exceeds 25 ksi in element %d of load case %d", n%10, 25+rng.Float64(), n, n%3)
		if n%3 > 0 {
			content = ""
		}
		for len(strings.Fields(content)) < 20 {
			content += fmt.Sprintf(" w%ced%d", 'a'+rng.IntN(26), rng.IntN(100))
		}
		book[fmt.Sprintf("mis-%05d", n+1)] = map[string]any{"category": "mis", "content": content}
	}
	text, err := json.Marshal(map[string]any{"version": 1, "items": book})
	if err != nil {
		b.Fatal(err)
	}
	file := filepath.Join(b.TempDir(), "playbook.json")
	if err := os.WriteFile(file, text, 0o666); err != nil {
		b.Fatal(err)
	}
	if _, err := loop.Import(b.Context(), file, history.ImportOptions{}); err != nil {
		b.Fatal(err)
	}
	return loop
}

func BenchmarkContext(b *testing.B) {
	for _, items := range []int{1000, 10_000} {
		loop := large(b, items)
		for name, options := range map[string]feedback.ContextOptions{
			"plain":  {MaxItems: 10},
			"about":  {MaxItems: 10, About: "Constraint violated: bar 7 stress 27.3 ksi exceeds 25 ksi in element 12 of load case 3"},
			"search": {MaxItems: 10, Search: "stresses exceeding"},
		} {
			b.Run(fmt.Sprintf("%s/items=%d", name, items), func(b *testing.B) {
				for b.Loop() {
					if _, err := loop.Context(b.Context(), options); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkSimilarItems(b *testing.B) {
	for _, items := range []int{1000, 10_000} {
		loop := large(b, items)
		b.Run(fmt.Sprintf("items=%d", items), func(b *testing.B) {
			for b.Loop() {
				if _, err := loop.SimilarItems(b.Context(), feedback.DefaultSimilarity, 50); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
