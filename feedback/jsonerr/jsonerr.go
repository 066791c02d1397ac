// Package jsonerr explains to people what is wrong with a JSON text.
package jsonerr

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// ErrCutOff is the problem of a text that ends before its JSON does.
var ErrCutOff = errors.New("is not valid JSON: it ends too early")

// LongestPath is how many steps of a path to a value errors show.
const LongestPath = 10

// notFinite is how Python writes what JSON has no numbers for.
var notFinite = regexp.MustCompile(`^-?(NaN|Infinity)`)

// Syntax explains a syntactic error in text: what is wrong, at which offset.
// The problem is [ErrCutOff] where the text ends too early, and nil where err is
// of another kind.
func Syntax(text []byte, err error) (offset int64, problem error) {
	end := int64(len(text))
	syntax, ok := errors.AsType[*jsontext.SyntacticError](err)
	if !ok {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return end, ErrCutOff
		}
		return 0, nil
	}
	offset = min(max(syntax.ByteOffset, 0), end)
	if offset > 0 && text[offset-1] == '-' {
		offset-- // of -Infinity, the sign was taken for a number's
	}
	rest := bytes.TrimLeft(text[offset:], " \t\r\n:,")
	what := strings.TrimPrefix(syntax.Err.Error(), "jsontext: ")
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		return offset, errors.New("occurs twice")
	case errors.Is(err, io.ErrUnexpectedEOF) || len(rest) == 0:
		return end, ErrCutOff
	case notFinite.Match(rest):
		return offset, errors.New(string(notFinite.Find(rest)) + " is not a finite number")
	case strings.Contains(what, "surrogate"):
		what = "a text contains half a character (a lone surrogate)"
	}
	return offset, errors.New("is not valid JSON: " + what)
}

// KindName says what a JSON value is.
func KindName(kind jsontext.Kind) string {
	switch kind {
	case 'n':
		return "null"
	case 't', 'f':
		return "true or false"
	case '"':
		return "text"
	case '0':
		return "a number"
	case '{':
		return "an object"
	case '[':
		return "a list"
	}
	return "nothing"
}
