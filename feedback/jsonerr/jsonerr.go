// Package jsonerr explains to people what is wrong with a JSON text.
package jsonerr

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"atomizer-db/feedback/words"

	"github.com/go-json-experiment/json/jsontext"
)

// ErrCutOff is the problem of a text that ends in the middle of its JSON.
var ErrCutOff = errors.New("is not valid JSON: it ends too early")

// LongestPath limits the steps of a path to a value that errors show.
const LongestPath = 10

// notFinite matches the numbers that Python writes and JSON does not have.
var notFinite = words.Pattern(`^-?(NaN|Infinity)`)

// Syntax explains a syntax error in text: it returns the problem and its offset. The
// problem is [ErrCutOff] if the text ends too early, and nil if err is not a syntax
// error.
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
		offset-- // the decoder has read the sign of -Infinity as that of a number
	}
	rest := bytes.TrimLeft(text[offset:], " \t\r\n:,")
	what := strings.TrimPrefix(syntax.Err.Error(), "jsontext: ")
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		return offset, errors.New("occurs twice")
	case errors.Is(err, io.ErrUnexpectedEOF) || len(rest) == 0:
		return end, ErrCutOff
	case notFinite().Match(rest):
		return offset, errors.New(string(notFinite().Find(rest)) + " is not a finite number")
	case strings.Contains(what, "surrogate"):
		what = "a text contains half a character (a lone surrogate)"
	}
	return offset, errors.New("is not valid JSON: " + what)
}

// KindName returns the kind of a JSON value in words.
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
