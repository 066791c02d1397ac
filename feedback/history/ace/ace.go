// Package ace reads and writes playbooks in the format of ACE: text with sections and
// bullets. Each bullet has an id and usually counts of how often it helped and harmed.
package ace

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"atomizer-db/feedback/history/frame"
	"atomizer-db/feedback/playbook"
)

// origin is what a bullet has besides the fields of an item.
type origin struct {
	frame.Place
	Marker  string `json:"marker,omitzero"` // of a list, with what stands before it
	Neutral int64  `json:"neutral,omitzero"`
	Bare    bool   `json:"bare,omitzero"` // no bullet of its file has counts
}

// Encode returns the items of a file within its frame. Items that are archived are left
// out. added are items of other origin, each in the section of its name.
func Encode(file playbook.File, added []playbook.Item, sectionOf func(playbook.Item) string) (string, error) {
	return encodeSafely(file, added, sectionOf, false)
}

// EncodeFile returns a file as it came in. Where it had no counts, bullets whose counts are
// 0 have none.
func EncodeFile(file playbook.File) (string, error) { return encodeSafely(file, nil, nil, true) }

// encodeSafely writes blocks of code as they are. But a fence that is not closed, in the
// text or in an item, can make others of them: where the items would not be read again,
// all fences in them get a backslash.
func encodeSafely(file playbook.File, added []playbook.Item, sectionOf func(playbook.Item) string, asItCame bool) (string, error) {
	text, err := encode(file, added, sectionOf, asItCame, fenced)
	if err != nil || reads(text, file, added) {
		return text, err
	}
	safe, err := encode(file, added, sectionOf, asItCame, func(lines []string) []bool { return make([]bool, len(lines)) })
	if err != nil || reads(safe, file, added) {
		return safe, err
	}
	return text, nil
}

// reads reports whether a text is read as these items.
func reads(text string, file playbook.File, added []playbook.Item) bool {
	again, err := Decode([]byte(text))
	if err != nil {
		return false
	}
	return slices.Equal(contents(again.Items), contents(append(file.Live().Items, added...)))
}

// contents returns what items say, in order.
func contents(items []playbook.Item) (all []string) {
	for _, item := range items {
		all = append(all, strings.TrimSpace(item.Content))
	}
	slices.Sort(all)
	return all
}

// coder reports for each line whether it is in a block of code.
type coder func(lines []string) []bool

func encode(file playbook.File, added []playbook.Item, sectionOf func(playbook.Item) string, asItCame bool, code coder) (string, error) {
	var f frame.Frame
	if file.Frame != nil {
		if err := json.Unmarshal(file.Frame, &f); err != nil {
			return "", fmt.Errorf("the frame of an ACE playbook: %w", err)
		}
	}
	items := make([]frame.Placed, 0, len(file.Items))
	for _, item := range file.Items {
		from := origin{Place: frame.Place{Section: -1}}
		if err := json.Unmarshal(item.Origin, &from); err != nil {
			return "", fmt.Errorf("the bullet of item %q: %w", item.ID, err)
		}
		from.Bare = from.Bare && asItCame
		placed := frame.Placed{Place: from.Place}
		if !item.Archived {
			placed.Lines = bullet(item, from, code)
		}
		items = append(items, placed)
	}
	more := make([]frame.New, 0, len(added))
	for _, item := range added {
		more = append(more, frame.New{Section: sectionOf(item), Lines: bullet(item, origin{}, code)})
	}
	return f.Write(items, more), nil
}

// bullet returns the lines of an item. ACE's own parser knows no neutral count, so that
// stands in a comment.
func bullet(item playbook.Item, from origin, code coder) string {
	if from.Bare && item.Helpful == 0 && item.Harmful == 0 && from.Neutral == 0 {
		content := quote(item.Content, code)
		first, _, _ := strings.Cut(item.Content, "\n")
		line := fmt.Sprintf("%s[%s] ", from.Marker, frame.OneLine(item.ID))
		if m, begins, err := matchBullet(line + first); begins && err == nil && !m.counts.found && m.text == first && !trailingCounts(item.Content).found {
			return line + content + "\n"
		}
	}
	text := fmt.Sprintf("%s[%s] helpful=%d harmful=%d :: %s\n", from.Marker, frame.OneLine(item.ID), item.Helpful, item.Harmful, quote(item.Content, code))
	if from.Neutral != 0 {
		text += fmt.Sprintf("<!-- neutral=%d -->\n", from.Neutral)
	}
	return text
}

// quote puts a backslash before the lines of a content that would be read as something
// else, and before those that have such a backslash.
func quote(content string, code coder) string {
	lines := strings.Split(content, "\n")
	in := code(append([]string{""}, lines[1:]...))
	for n, line := range lines[1:] {
		indent, text := cutIndent(line)
		if h := header().FindStringSubmatch(line); h != nil && comments(h[1], lines[0], lines[n]) {
			continue
		}
		if strings.HasPrefix(strings.TrimLeft(line, " "), "=") && (n == 0 || !underlined(lines[n], line)) {
			continue
		}
		if !in[n+1] && marked(indent+strings.TrimLeft(text, `\`)) {
			lines[n+1] = indent + `\` + text
		}
	}
	return strings.Join(lines, "\n")
}

// unquote reverses quote for a line that is not in a block of code.
func unquote(line string) string {
	indent, text := cutIndent(line)
	if rest, quoted := strings.CutPrefix(text, `\`); quoted && marked(indent+strings.TrimLeft(rest, `\`)) {
		return indent + rest
	}
	return line
}

func cutIndent(line string) (indent, text string) {
	text = strings.TrimLeft(line, " \t")
	return line[:len(line)-len(text)], text
}
