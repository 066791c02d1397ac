package search

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"atomizer-db/feedback/words"
)

// Pair is two texts that say nearly the same, by their places in the list, First before
// Second.
type Pair struct {
	First, Second int
	Similarity    float64 // 0 to 1
}

// Similar returns the pairs of texts whose similarity is at least that given, the most
// similar first, and in order of First and then Second where it is the same. It returns
// at most limit pairs, and keeps at most twice as many in memory.
//
// The similarity is that of Jaccard: the number of words that both texts contain,
// divided by the number that either does. A word counts once for each text, in any
// order, and words are those of [Words], where any two numbers are the same word, also
// within others: "bar 7 at 25.1 ksi" has the words of "bar 12 at 1e3 ksi", and "C3D8" is
// "C3D10". Texts without words are similar to none.
//
// Not all pairs are compared. Two similar texts share one of their rarest words (prefix
// filtering: S. Chaudhuri, V. Ganti and R. Kaushik, A Primitive Operator for Similarity
// Joins in Data Cleaning, ICDE 2006; R. Bayardo, Y. Ma and R. Srikant, Scaling Up All
// Pairs Similarity Search, WWW 2007), and the sizes of both and the places of the word
// bound what else they can share (C. Xiao, W. Wang, X. Lin and J. X. Yu, Efficient
// Similarity Joins for Near Duplicate Detection, WWW 2008). Once there are enough pairs,
// others must be more similar than the last of them, so that many texts with the same
// words take no longer.
func Similar(ctx context.Context, texts []string, similarity float64, limit int) ([]Pair, error) {
	switch {
	case !(similarity > 0 && similarity <= 1): // NaN too
		return nil, fmt.Errorf("the similarity must be more than 0 and at most 1, not %v", similarity)
	case limit < 1:
		return nil, fmt.Errorf("the limit of pairs must be 1 or more, not %d", limit)
	}
	limit = min(limit, max(len(texts)*(len(texts)-1)/2, 1))
	s := newSimilarity(texts, thresholdOf(similarity), limit)
	for first := range s.sets {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s.compare(first)
	}
	return s.best.pairs(), nil
}

// similarity looks for similar pairs. It goes through the texts in their order, and
// compares each with those after it.
type similarity struct {
	asked    threshold
	sets     [][]int   // the words of each text, the rarest first
	holders  [][]place // for each word, the texts after the present one with it in their prefix, in their order
	compared []int     // for each text, 1 + the last one before it that it was compared with
	best     nearest
}

// place is where a word stands in a set.
type place struct{ text, at int }

func newSimilarity(texts []string, t threshold, limit int) *similarity {
	s := &similarity{asked: t, sets: wordSets(texts), compared: make([]int, len(texts)), best: nearest{limit: limit}}
	words := 0
	for _, set := range s.sets {
		for _, word := range set {
			words = max(words, word+1)
		}
	}
	s.holders = make([][]place, words)
	for text, set := range s.sets {
		for at, word := range set[:t.prefix(len(set))] {
			s.holders[word] = append(s.holders[word], place{text, at})
		}
	}
	return s
}

// number matches a number, also within a word.
var number = words.Pattern(`[0-9]+(?:[.,][0-9]+)*(?:[eE][+-]?[0-9]+)?`)

// wordSets returns the words of each text, once each. They are numbered from the rarest
// to the one in most texts, and sorted by these numbers.
func wordSets(texts []string) [][]int {
	lexicon := newLexicon()
	sets := make([][]int, len(texts))
	for i, text := range texts {
		set := lexicon.read(number().ReplaceAllString(text, "0"))
		slices.Sort(set)
		sets[i] = slices.Compact(set)
	}
	frequency := make([]int, len(lexicon.byWord))
	words := make([]int, len(frequency))
	for word := range words {
		words[word] = word
	}
	for _, set := range sets {
		for _, word := range set {
			frequency[word]++
		}
	}
	slices.SortStableFunc(words, func(a, b int) int { return cmp.Compare(frequency[a], frequency[b]) })
	numbers := make([]int, len(words))
	for n, word := range words {
		numbers[word] = n
	}
	for _, set := range sets {
		for i, word := range set {
			set[i] = numbers[word]
		}
		slices.Sort(set)
	}
	return sets
}

// compare finds the pairs of a text and those after it.
func (s *similarity) compare(first int) {
	set := s.sets[first]
	for _, word := range set[:s.asked.prefix(len(set))] {
		s.holders[word] = s.holders[word][1:] // the text itself
	}
	threshold := s.asked
	if last := s.best.last; last != nil {
		threshold = last.threshold() // as similar is not enough, since the pair of an earlier text comes first
	}
	for at, word := range set[:threshold.prefix(len(set))] {
		for _, other := range s.holders[word] {
			if s.compared[other.text] != first+1 {
				s.compareWith(first, at, other, threshold)
			}
		}
	}
}

// compareWith compares a text with another one. The first word that both have is at these
// places.
func (s *similarity) compareWith(first, at int, other place, threshold threshold) {
	a, b := s.sets[first], s.sets[other.text]
	if other.at >= threshold.prefix(len(b)) || min(len(a), len(b)) < threshold.sharedBy(max(len(a), len(b))) {
		return
	}
	s.compared[other.text] = first + 1
	least := threshold.shared(len(a) + len(b))
	if n := common(a[at:], b[other.at:], least); n >= least {
		s.best.add(candidate{first, other.text, n, len(a) + len(b) - n})
	}
}

// common returns how many words two sets share, or less than least if it is less.
func common(a, b []int, least int) int {
	n := 0
	for len(a) > 0 && len(b) > 0 && n+min(len(a), len(b)) >= least {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			n++
			a, b = a[1:], b[1:]
		}
	}
	return n
}

// candidate is a pair that may be among the most similar ones.
type candidate struct {
	first, second int
	common, union int // words that both have, and that either has
}

// threshold returns what a pair that comes before this one must exceed.
func (c candidate) threshold() threshold { return threshold{c.common, c.union, true} }

// compare orders candidates as the answer does.
func (c candidate) compare(d candidate) int {
	return cmp.Or(cmp.Compare(d.common*c.union, c.common*d.union), cmp.Compare(c.first, d.first), cmp.Compare(c.second, d.second))
}

// nearest keeps the first candidates in the order of the answer.
type nearest struct {
	limit int
	kept  []candidate // up to twice the limit
	last  *candidate  // that is known to be among the first; nil: not known yet
}

func (n *nearest) add(c candidate) {
	if n.kept = append(n.kept, c); len(n.kept) >= 2*n.limit {
		n.cut()
	}
}

// cut sorts the candidates and drops those beyond the limit.
func (n *nearest) cut() {
	slices.SortFunc(n.kept, candidate.compare)
	if len(n.kept) >= n.limit {
		n.kept = n.kept[:n.limit]
		n.last = new(n.kept[n.limit-1])
	}
}

// pairs returns the candidates in order.
func (n *nearest) pairs() []Pair {
	n.cut()
	pairs := make([]Pair, len(n.kept))
	for i, c := range n.kept {
		pairs[i] = Pair{c.first, c.second, float64(c.common) / float64(c.union)}
	}
	return pairs
}
