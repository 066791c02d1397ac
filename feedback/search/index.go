package search

// Index answers queries about texts. It may be used by one goroutine at a time.
type Index struct {
	lexicon *lexicon
	texts   [][]int // the words of each text
	mean    float64 // number of words of a text
}

// NewIndex reads the texts. Their order is that of all answers.
func NewIndex(texts []string) *Index {
	x := &Index{lexicon: newLexicon(), texts: make([][]int, len(texts))}
	total := 0
	for i, text := range texts {
		x.texts[i] = x.lexicon.read(text)
		total += len(x.texts[i])
	}
	if len(texts) > 0 {
		x.mean = float64(total) / float64(len(texts))
	}
	return x
}

// query returns which place in the query each of its words has, from 0, repeated words
// counting once.
func (x *Index) query(text string) map[int]int {
	places := map[int]int{}
	for _, word := range x.lexicon.read(text) {
		if _, again := places[word]; !again {
			places[word] = len(places)
		}
	}
	return places
}

// counts returns how often a text contains each word of a query, by its place in the query.
func counts(text []int, query map[int]int) []int {
	found := make([]int, len(query))
	for _, word := range text {
		if place, asked := query[word]; asked {
			found[place]++
		}
	}
	return found
}

// Containing reports for each text whether it contains all words of the query, in any
// order. Every text does for a query without words.
func (x *Index) Containing(query string) []bool {
	places := x.query(query)
	containing := make([]bool, len(x.texts))
	for i, text := range x.texts {
		containing[i] = true
		for _, n := range counts(text, places) {
			containing[i] = containing[i] && n > 0
		}
	}
	return containing
}
