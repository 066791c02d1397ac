package search_test

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"atomizer-db/feedback/search"
)

func TestContaining(t *testing.T) {
	index := search.NewIndex([]string{"The mesh did not converge", "Refine meshes at fillets", "", "Meshing converges with smaller MÉSHES"})
	for query, want := range map[string][]bool{
		"":                 {true, true, true, true},
		" -- ":             {true, true, true, true},
		"mesh":             {true, true, false, true},
		"CONVERGING mesh":  {true, false, false, true},
		"mesh mesh fillet": {false, true, false, false},
		"mesh web":         {false, false, false, false},
		"conv":             {false, false, false, false},
	} {
		if got := index.Containing(query); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", query, got, want)
		}
	}
}

// TestRelevanceByHand has three texts of 3, 2 and 4 words, a mean of 3.
func TestRelevanceByHand(t *testing.T) {
	index := search.NewIndex([]string{"refine the mesh", "web buckles", "mesh the mesh finely"})
	mesh, web := math.Log(1+1.5/2.5), math.Log(1+2.5/1.5) // 2 of 3 texts and 1 of 3
	want := []float64{
		mesh * 2.2 / (1 + 1.2),                      // of mean length
		web * 2.2 / (1 + 1.2*(0.25+0.75*2/3)),       // one word less
		mesh * 2 * 2.2 / (2 + 1.2*(0.25+0.75*4./3)), // twice, in one word more
	}
	for _, query := range []string{"mesh web", "Meshes: webs, mesh", "mesh web solver"} {
		if diff := cmp.Diff(want, index.Relevance(query), cmpopts.EquateApprox(0, 1e-12)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
	if got := index.Relevance("solver"); !slices.Equal(got, []float64{0, 0, 0}) {
		t.Errorf("relevance to a word in no text: %v", got)
	}
	if got := search.NewIndex([]string{"", "-"}).Relevance("web"); !slices.Equal(got, []float64{0, 0}) {
		t.Errorf("relevance of texts without words: %v", got)
	}
}

// TestRelevanceIsThatOfFTS5 compares with bm25() of SQLite, which has the same
// parameters and the weight ln((N - n + 0.5) / (n + 0.5)).
func TestRelevanceIsThatOfFTS5(t *testing.T) {
	texts := []string{
		"the mesh at the fillet did not converge", "refine the mesh where stress concentrates: the mesh is too coarse there",
		"thicken the web", "webs buckle before flanges", "start from the best design of the last study",
		"the solver needs a license", "stress above yield", "mesh", "an element of the mesh is distorted", "buckling of the web",
	}
	db := fts5(t)
	for i, text := range texts {
		execute(t, db, `insert into texts (rowid, content) values (?, ?)`, i, text)
	}
	index := search.NewIndex(texts)
	for query, containing := range map[string]float64{"mesh": 4, "webs": 3, "stress": 2, "license": 1} {
		odds := (float64(len(texts)) - containing + 0.5) / (containing + 0.5)
		for i, got := range index.Relevance(query) {
			want := 0.0
			if err := db.QueryRowContext(t.Context(), `select ifnull((select -bm25(texts) from texts where texts match ? and rowid = ?), 0)`, query, i).Scan(&want); err != nil {
				t.Fatal(err)
			}
			if want *= math.Log1p(odds) / math.Log(odds); math.Abs(got-want) > 1e-9 {
				t.Errorf("%s in %q: %v, want %v", query, texts[i], got, want)
			}
		}
	}
}

// TestRelevanceOfCommonWordsIsPositive has a word in all texts, and one in one of them.
func TestRelevanceOfCommonWordsIsPositive(t *testing.T) {
	got := search.NewIndex([]string{"the web", "the flange"}).Relevance("the web")
	if !(got[0] > got[1] && got[1] > 0) {
		t.Errorf("%v", got)
	}
}
