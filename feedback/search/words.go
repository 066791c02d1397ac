// Package search compares texts by their words: it finds those that contain all words of
// a query ([Index.Containing]), ranks them by relevance to it ([Index.Relevance]), and
// finds pairs that say nearly the same ([Similar]). Its answers depend on nothing but the
// texts, and not on the full-text search that a database has.
package search

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	porter "github.com/blevesearch/go-porterstemmer"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Words returns the words of a text, in their order. A word is a run of letters and
// digits of any script. Words that differ in case, in accents or in an English ending
// are the same: "Élément", "elements" and "element" are all "element". The endings are
// those of M. F. Porter, An algorithm for suffix stripping, Program 14(3), 1980, pages
// 130 to 137.
func Words(text string) []string {
	var words []string
	for spelling := range spellings(text) {
		if word := normal(spelling); word != "" {
			words = append(words, word)
		}
	}
	return words
}

// spellings yields the words of a text as they stand there.
func spellings(text string) iter.Seq[string] {
	return strings.FieldsFuncSeq(text, func(r rune) bool { return !inWord(r) })
}

func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.In(r, unicode.L, unicode.N, unicode.M, unicode.Co)
}

// normal returns the word that a spelling stands for, "" for accents without a letter.
func normal(spelling string) string {
	return porter.StemString(fold(spelling))
}

// fold returns a word without its case and its accents.
func fold(word string) string {
	if strings.IndexFunc(word, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return strings.ToLower(word)
	}
	return strings.Map(func(r rune) rune {
		if '\u0300' <= r && r <= '\u036f' { // the accents of European scripts; those of others make another word
			return -1
		}
		return r
	}, cases.Fold().String(norm.NFD.String(word)))
}

// lexicon gives every word a number, from 0 in the order in which they are read. It
// finds the word of each spelling only once.
type lexicon struct {
	bySpelling map[string]int // -1: no word
	byWord     map[string]int
}

func newLexicon() *lexicon {
	return &lexicon{bySpelling: map[string]int{}, byWord: map[string]int{}}
}

// read returns the numbers of the words of a text, in their order.
func (l *lexicon) read(text string) []int {
	var numbers []int
	for spelling := range spellings(text) {
		n, known := l.bySpelling[spelling]
		if !known {
			n = l.number(normal(spelling))
			l.bySpelling[spelling] = n
		}
		if n >= 0 {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

func (l *lexicon) number(word string) int {
	if word == "" {
		return -1
	}
	n, known := l.byWord[word]
	if !known {
		n = len(l.byWord)
		l.byWord[word] = n
	}
	return n
}
