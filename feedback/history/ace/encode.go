package ace

import (
	"fmt"
	"strings"

	"atomizer-db/feedback/playbook"
)

// Encode returns the live items of a playbook in the format of ACE, each in the section
// that sectionOf returns.
func Encode(file playbook.File, sectionOf func(playbook.Item) string) []byte {
	a := aboutOf(file)
	bySection := map[string][]playbook.Item{}
	for _, item := range file.Items {
		if item.Archived {
			continue
		}
		name := sectionOf(item)
		if name != "" {
			a.add(section{Name: name})
		}
		bySection[name] = append(bySection[name], item)
	}
	var b strings.Builder
	paragraph(&b, a.Preamble)
	taken := map[string]bool{}
	writeBullets(&b, bySection[""], taken)
	for _, s := range a.Sections {
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		mark := s.Mark
		if mark == "" {
			mark = "##"
		}
		b.WriteString(mark + " " + oneLine(s.Name) + "\n")
		paragraph(&b, s.Text)
		writeBullets(&b, bySection[s.Name], taken)
	}
	return []byte(b.String())
}

func paragraph(b *strings.Builder, text string) {
	if text != "" {
		b.WriteString(text + "\n")
	}
}

func writeBullets(b *strings.Builder, items []playbook.Item, taken map[string]bool) {
	for _, item := range items {
		from, known := originOf(item)
		id := item.ID
		if known && from.ID != "" && !taken[from.Section+"\x00"+from.ID] {
			id = from.ID
			taken[from.Section+"\x00"+from.ID] = true
		}
		neutral := ""
		if from.Neutral != 0 {
			neutral = fmt.Sprintf(" neutral=%d", from.Neutral)
		}
		fmt.Fprintf(b, "%s[%s] helpful=%d harmful=%d%s :: %s\n", from.Marker, oneLine(id), item.Helpful, item.Harmful, neutral, quote(item.Content))
	}
}

// oneLine removes line breaks from a name.
func oneLine(name string) string { return strings.Join(strings.Fields(name), " ") }

// quote indents the lines of a content that would be read as a bullet or a header.
func quote(content string) string {
	lines := strings.Split(content, "\n")
	code := fenced(lines)
	for n, line := range lines[1:] {
		if _, begins := matchBullet(line); begins || header().MatchString(line) && !code[n+1] {
			lines[n+1] = "    " + line
		}
	}
	return strings.Join(lines, "\n")
}
