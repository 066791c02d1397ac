package feedback

import (
	"strings"
	"unicode"
)

// Tokens estimates the number of a language model's tokens in a text: one for four bytes.
func Tokens(text string) int { return tokens(len(text)) }

// tokens estimates the number of a language model's tokens in a text of the given
// length in bytes.
func tokens(bytes int) int { return (bytes + 3) / 4 }

const (
	adviceHeading   = "## Advice\n\n"
	mistakesHeading = "## Mistakes to avoid\n\n"
	betweenSections = "\n"
)

// Markdown returns the items as text for a prompt, with a section for advice and one
// for mistakes. It returns "" if there are no items.
func (c Context) Markdown() string {
	var sections []string
	for _, section := range []struct {
		heading string
		items   []ContextItem
	}{{adviceHeading, c.Advice}, {mistakesHeading, c.Mistakes}} {
		if len(section.items) == 0 {
			continue
		}
		var text strings.Builder
		text.WriteString(section.heading)
		for _, item := range section.items {
			text.WriteString(item.markdown())
		}
		sections = append(sections, text.String())
	}
	return strings.Join(sections, betweenSections)
}

// markdown returns the item as one entry of a list: further lines of its content
// are indented, and control characters become spaces.
func (i ContextItem) markdown() string {
	plain := func(text string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsControl(r) && r != '\n' {
				return ' '
			}
			return r
		}, text)
	}
	id := strings.ReplaceAll(plain(i.ID), "\n", " ")
	return "- [" + id + "] " + strings.ReplaceAll(plain(strings.TrimSpace(i.Content)), "\n", "\n  ") + "\n"
}
