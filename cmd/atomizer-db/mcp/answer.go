package mcp

import (
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"unicode/utf8"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// mostBytes limits a result, encoded, without what the protocol adds to it. The sum is below
// 24,000 bytes, so that it has less than 25,000 tokens in any tokenizer: a token has at
// least one byte.
const mostBytes = 23_500

// answer is what a tool answers. It can be told in full or cut.
type answer struct {
	entries int // of its lists
	tell    func(part) told
}

// told is an answer in both forms.
type told struct {
	structured any
	text       string // Markdown
}

// part says how much of an answer to tell.
type part struct {
	entries int // the first ones of each list
	length  int // bytes of each text
}

// fitting tells as many entries of the answer as have room. Texts are cut where otherwise
// not even one entry would.
func (a answer) fitting() (told, error) {
	for length := mostBytes / 4; length > 50; length /= 2 {
		var fitting told
		var failed error
		tooMany := sort.Search(a.entries+1, func(entries int) bool { // the first number of entries that does not fit
			told := a.tell(part{entries, length})
			text, err := json.Marshal(told.result())
			if err != nil {
				failed = err
			}
			if err != nil || len(text) > mostBytes {
				return true
			}
			fitting = told
			return false
		})
		switch {
		case failed != nil:
			return told{}, failed
		case tooMany > min(1, a.entries):
			return fitting, nil
		}
	}
	return told{}, errors.New("the answer is too large: ask for less")
}

func (t told) result() *sdk.CallToolResult {
	return &sdk.CallToolResult{StructuredContent: t.structured, Content: []sdk.Content{&sdk.TextContent{Text: t.text}}}
}

// cut returns a text, cut if it is too long.
func (p part) cut(text string) string {
	if len(text) <= p.length {
		return text
	}
	end := p.length
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return fmt.Sprintf("%s… (%d bytes more)", text[:end], len(text)-end)
}

// cutAll cuts each text of a list, and the list.
func (p part) cutAll(texts []string) []string {
	return firstOf(p, texts, func(text *string) { *text = p.cut(*text) })
}

// cutOptional is cut for a text that may be missing.
func (p part) cutOptional(text *string) *string {
	if text == nil {
		return nil
	}
	return new(p.cut(*text))
}

// firstOf returns the first entries of a list, with their texts cut. The list stays as it is.
func firstOf[T any](p part, list []T, cut func(*T)) []T {
	first := append([]T{}, list[:min(p.entries, len(list))]...)
	for i := range first {
		cut(&first[i])
	}
	return first
}

// rest is what an answer tells of the entries of a list that it leaves out.
type rest struct {
	Left int     `json:"left"`        // how many come after these
	Next *string `json:"next_cursor"` // null: none
}

// restOf returns the rest of a list that has total entries, up to the entry end.
func restOf(end, total int, cursor string) rest {
	r := rest{Left: total - end}
	if r.Left > 0 {
		r.Next = &cursor
	}
	return r
}

// line tells the rest, "" for none.
func (r rest) line() string {
	if r.Left == 0 {
		return ""
	}
	return fmt.Sprintf("\n%d more: call again with cursor %s.\n", r.Left, quoted(*r.Next))
}
