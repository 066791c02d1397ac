package mcp

import (
	"encoding/json"
	"fmt"
	"strings"

	"atomizer-db/feedback/words"
)

// Texts of others are data: they must not pass for words of the server.

// quoted returns a short text, such as a name, as a JSON string on one line.
func (p part) quoted(text string) string { return quoted(p.cut(text)) }

func quoted(text string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		return fmt.Sprintf("%q", text)
	}
	return words.Visible(strings.TrimSuffix(b.String(), "\n"))
}

// fenced returns lines that others wrote as a block of code, which they cannot end. Their
// tabs stay.
func fenced(lines string) string {
	longest, run := 2, 0
	for _, r := range lines {
		if run++; r != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	var b strings.Builder
	b.WriteString(fence + "\n")
	for line := range strings.Lines(lines) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		b.WriteString(strings.Join(escaped(cells), "\t") + "\n")
	}
	b.WriteString(fence + "\n")
	return b.String()
}

// escaped returns texts on one line each, without characters that control lines or their
// direction.
func escaped(texts []string) []string {
	safe := make([]string, len(texts))
	for i, text := range texts {
		safe[i] = words.Visible(text)
	}
	return safe
}
