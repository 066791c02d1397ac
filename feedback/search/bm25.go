package search

import "math"

// The parameters of BM25, within the range that Robertson and Zaragoza found to be good
// for many collections.
const (
	saturation = 1.2  // k1: how much it adds that a word occurs again
	byLength   = 0.75 // b: how far a word counts for less in a longer text; 1 is in proportion
)

// Relevance returns how relevant each text is to a query: the higher, the more relevant,
// and 0 for a text without any of its words. This is BM25 (S. Robertson and H. Zaragoza,
// The Probabilistic Relevance Framework: BM25 and Beyond, Foundations and Trends in
// Information Retrieval 3(4), 2009, pages 333 to 389): the sum over the words of the
// query, repeated ones counting once, of
//
//	weight · tf · (k1 + 1) / (tf + k1 · (1 - b + b · length / mean length))
//
// where tf is how often the text contains the word, lengths are numbers of words, k1 is
// 1.2 and b is 0.75. The weight is that of Robertson and Spärck Jones without knowledge
// of relevant texts,
//
//	ln(1 + (N - n + 0.5) / (n + 0.5))
//
// for a word that n of the N texts contain. The 1 is not theirs: with it, a word that
// most texts contain has a small weight and not a negative one.
func (x *Index) Relevance(query string) []float64 {
	places := x.query(query)
	found := make([][]int, len(x.texts))
	containing := make([]int, len(places))
	for i, text := range x.texts {
		found[i] = counts(text, places)
		for place, n := range found[i] {
			if n > 0 {
				containing[place]++
			}
		}
	}
	weights := make([]float64, len(places))
	for place, n := range containing {
		weights[place] = math.Log1p((float64(len(x.texts)-n) + 0.5) / (float64(n) + 0.5))
	}
	relevance := make([]float64, len(x.texts))
	for i, text := range x.texts {
		damping := saturation * (1 - byLength + byLength*float64(len(text))/x.mean)
		for place, n := range found[i] {
			if n > 0 {
				relevance[i] += weights[place] * float64(n) * (saturation + 1) / (float64(n) + damping)
			}
		}
	}
	return relevance
}
