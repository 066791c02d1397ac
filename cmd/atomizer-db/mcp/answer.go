package mcp

import (
	"cmp"
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

// fitting tells the answer in full if it has room. Otherwise it cuts long texts, then leaves
// out entries, and then cuts all texts.
func (a answer) fitting() (told, error) {
	for length := mostBytes / 4; length > 10; length /= 2 {
		if full, fits, err := a.attempt(part{a.entries, length}); fits || err != nil {
			return full, err
		}
		if length > shortText {
			continue
		}
		var failed error
		entries := sort.Search(a.entries, func(n int) bool { // the last number of entries that fits
			_, fits, err := a.attempt(part{n + 1, length})
			failed = cmp.Or(failed, err)
			return !fits
		})
		if entries > 0 || failed != nil {
			told, _, err := a.attempt(part{entries, length})
			return told, errors.Join(failed, err)
		}
	}
	return told{}, errors.New("the answer is too large: ask for less, such as fewer columns or shorter texts")
}

// shortText is the length, in bytes, to which texts are cut so that more entries have room.
const shortText = 1000

// attempt tells part of an answer, and whether it fits.
func (a answer) attempt(p part) (told, bool, error) {
	told := a.tell(p)
	text, err := json.Marshal(told.result())
	return told, err == nil && len(text) <= mostBytes, err
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
