package skillbook

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"atomizer-db/feedback/history/frame"
	"atomizer-db/feedback/playbook"
	"atomizer-db/feedback/words"
)

// The Markdown has a heading for each section. A skill is a heading with its id in
// backticks and paragraphs below it, or, in exports without ids, a line of a list.
var (
	header     = words.Pattern(`^##[ \t]+(.*?)[ \t]*$`)
	skillID    = words.Pattern("^###+[ \t]+`([^`]+)`[ \t]*$")
	numberedID = words.Pattern("^###+[ \t]+`[^`]+-[0-9]+`[ \t]*$")
	bullet     = words.Pattern(`^[-*][ \t]+(.*)$`)
	reason     = words.Pattern(`^(?:\*\*|[ \t]+)(Justification|Evidence):(?:\*\*)?[ \t]+(.*)$`)
	tags       = words.Pattern(`^\*Tags: helpful=([0-9]+), harmful=([0-9]+), neutral=([0-9]+)\*[ \t]*$`)
)

// fromMarkdown is what a skill has in Markdown besides the fields of an item.
type fromMarkdown struct {
	frame.Place
	Listed  bool       `json:"listed,omitzero"` // in a list
	Reasons [][]string `json:"reasons,omitzero"`
	Neutral int64      `json:"neutral,omitzero"`
	Tagged  bool       `json:"tagged,omitzero"` // it has a line with its counts
}

// HasHeadings reports whether a text has headings that are the ids of skills.
func HasHeadings(data []byte) bool {
	lines, _ := frame.SplitLines(string(data))
	code := fenced(lines)
	for n, line := range lines {
		if !code[n] && numberedID().MatchString(line) {
			return true
		}
	}
	return false
}

// IsMarkdown reports whether a text is skills in Markdown: with ids as headings, or with
// a justification or an evidence of a skill in a list.
func IsMarkdown(data []byte) bool {
	if HasHeadings(data) {
		return true
	}
	listed := false
	lines, _ := frame.SplitLines(string(data))
	for _, line := range lines {
		switch {
		case bullet().MatchString(line):
			listed = true
		case listed && reason().MatchString(line):
			return true
		}
	}
	return false
}

// DecodeMarkdown reads skills in Markdown.
func DecodeMarkdown(data []byte) (file playbook.File, err error) {
	lines, open := frame.SplitLines(string(data))
	d := markdownDecoder{
		text: frame.Reader{Frame: frame.Frame{Open: open, Sections: []frame.Section{}}},
	}
	code := fenced(lines)
	for n, line := range lines {
		d.named = d.named || !code[n] && skillID().MatchString(line)
	}
	content := contentIn(lines)
	for n, line := range lines {
		if problem := words.Problem(line); problem != "" {
			return file, fmt.Errorf("line %d %s", n+1, problem)
		}
		if content[n] && d.open != nil {
			d.open.lines = append(d.open.lines, line)
			continue
		}
		if err := d.line(line); err != nil {
			return file, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	d.end()
	if len(d.items) == 0 {
		return file, errors.New("no skill was found: a skill is a heading such as \"### `api-00001`\" with text below it, or a line of a list such as \"- advice\"")
	}
	file.Version = 1
	for _, item := range d.items {
		item.from.Place = *item.place
		if item.Origin, err = json.Marshal(item.from); err != nil {
			return file, err
		}
		file.Items = append(file.Items, item.Item)
	}
	file.Frame, err = json.Marshal(d.text.Frame)
	return file, err
}

type markdownDecoder struct {
	text  frame.Reader
	named bool // the file has ids
	items []*skill
	open  *skill
}

type skill struct {
	playbook.Item
	place *frame.Place
	from  fromMarkdown
	lines []string // of its content, or of its last reason
}

func (d *markdownDecoder) line(line string) error {
	if id := skillID().FindStringSubmatch(line); id != nil {
		if _, _, _, err := playbook.Number(id[1]); err != nil {
			return err
		}
		d.begin(playbook.Item{ID: id[1]})
		return nil
	}
	if h := header().FindStringSubmatch(line); h != nil {
		d.end()
		d.text.Heading(h[1], line)
		return nil
	}
	if b := bullet().FindStringSubmatch(line); b != nil && !d.named {
		d.begin(playbook.Item{Nameless: true}, b[1])
		d.open.from.Listed = true
		return nil
	}
	if d.open == nil {
		d.text.Line(line)
		return nil
	}
	if r := reason().FindStringSubmatch(line); r != nil {
		d.open.endText()
		d.open.from.Reasons = append(d.open.from.Reasons, []string{r[1], r[2]})
		return nil
	}
	if c := tags().FindStringSubmatch(line); c != nil {
		return d.count(c)
	}
	d.open.lines = append(d.open.lines, line)
	return nil
}

// count reads the counts of a skill, which are its last line.
func (d *markdownDecoder) count(c []string) (err error) {
	s := d.open
	for i, into := range []*int64{&s.Helpful, &s.Harmful, &s.from.Neutral} {
		if *into, err = strconv.ParseInt(c[i+1], 10, 53); err != nil {
			return fmt.Errorf("%s is too large for a count", c[i+1])
		}
	}
	s.from.Tagged = true
	s.endText()
	d.open = nil
	return nil
}

func (d *markdownDecoder) begin(item playbook.Item, lines ...string) {
	d.end()
	d.open = &skill{Item: item, place: d.text.Item(), lines: lines}
	d.open.Category = playbook.CategoryOf(d.text.Name())
	d.items = append(d.items, d.open)
}

// end completes the last skill. The blank lines after it are text.
func (d *markdownDecoder) end() {
	if d.open == nil {
		return
	}
	blank := d.open.endText()
	d.open = nil
	for range blank {
		d.text.Line("")
	}
}

// endText completes the content of a skill, or its last reason. It returns the number of
// blank lines after it.
func (s *skill) endText() (blank int) {
	last := len(s.lines)
	for last > 0 && strings.TrimSpace(s.lines[last-1]) == "" {
		last--
	}
	text := strings.Trim(strings.Join(s.lines[:last], "\n"), "\n")
	blank = len(s.lines) - last
	s.lines = nil
	switch reasons := s.from.Reasons; {
	case len(reasons) > 0 && text != "":
		reasons[len(reasons)-1][1] += "\n" + text
	case len(reasons) == 0:
		s.Content = text
	}
	return blank
}

// EncodeMarkdown returns the skills of a file within its frame. Archived ones are left
// out. added are items of other origin, each in the section of its name.
func EncodeMarkdown(file playbook.File, added []playbook.Item, sectionOf func(playbook.Item) string) (string, error) {
	text, err := encodeMarkdown(file, added, sectionOf, fenced)
	if err != nil {
		return "", err
	}
	// Where a fence of one skill is not closed, headings in the code of another are read
	// as skills.
	if again, err := DecodeMarkdown([]byte(text)); err == nil && len(again.Items) == len(file.Live().Items)+len(added) {
		return text, nil
	}
	return encodeMarkdown(file, added, sectionOf, fencedInSkills)
}

func encodeMarkdown(file playbook.File, added []playbook.Item, sectionOf func(playbook.Item) string, code coder) (string, error) {
	f := frame.Frame{Text: "# ACE Skillbook\n"}
	if file.Frame != nil {
		f = frame.Frame{}
		if err := json.Unmarshal(file.Frame, &f); err != nil {
			return "", fmt.Errorf("the frame of skills in Markdown: %w", err)
		}
	}
	items := make([]frame.Placed, 0, len(file.Items))
	listed := false
	for _, item := range file.Items {
		from := fromMarkdown{Place: frame.Place{Section: -1}}
		if err := json.Unmarshal(item.Origin, &from); err != nil {
			return "", fmt.Errorf("skill %q: %w", item.ID, err)
		}
		listed = from.Listed
		placed := frame.Placed{Place: from.Place}
		if !item.Archived {
			placed.Lines = from.lines(item, code)
		}
		items = append(items, placed)
	}
	more := make([]frame.New, 0, len(added))
	for _, item := range added {
		lines := fromMarkdown{Listed: listed, Tagged: true}.lines(item, code)
		if !listed {
			lines = "\n" + lines
		}
		more = append(more, frame.New{Section: sectionOf(item), Lines: lines})
	}
	return f.Write(items, more), nil
}

// lines returns a skill as its file would have it.
func (from fromMarkdown) lines(item playbook.Item, code coder) string {
	var b strings.Builder
	if from.Listed {
		b.WriteString("- " + unlike(item.Content, code, bullet(), header(), reason()) + "\n")
		for _, r := range from.Reasons {
			b.WriteString("  " + r[0] + ": " + r[1] + "\n")
		}
		return b.String()
	}
	isTagged := from.Tagged || item.Helpful != 0 || item.Harmful != 0
	marks := []*regexp.Regexp{skillID(), reason(), tags()}
	if !isTagged {
		marks = append(marks, header())
	}
	b.WriteString("### `" + frame.OneLine(strings.ReplaceAll(item.ID, "`", "'")) + "`\n\n" + unlike("\n"+item.Content, code, marks...)[1:] + "\n")
	for _, r := range from.Reasons {
		b.WriteString("\n**" + r[0] + ":** " + r[1] + "\n")
	}
	if isTagged {
		fmt.Fprintf(&b, "\n*Tags: helpful=%d, harmful=%d, neutral=%d*\n", item.Helpful, item.Harmful, from.Neutral)
	}
	return b.String()
}
