package ace

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"atomizer-db/feedback/playbook"
	"atomizer-db/feedback/words"
)

var (
	header = pattern(`^ {0,3}(##+)\s*(.*?)\s*#*$`)
	fence  = pattern("^ {0,3}```")
	// A line is a bullet if it has counts, or an id that ends in a number.
	bullet  = pattern(`^ {0,3}((?:[-*+•]|\d+[.)])[ \t]+)?\[([^\]\n]+)\][ \t]*(.*)$`)
	plainID = pattern(`^[\pL_][\pL\pN_.]*(?:-[\pL\pN_.]+)*-[0-9]+$`)
	counter = pattern(`^(helpful|harmful|neutral)[ \t]*[=:][ \t]*([^\s,;:]*)[\s,;]*`)
	counts  = pattern(`^(?:helpful|harmful|neutral)[ \t]*=`)
)

// pattern returns a regular expression that is compiled at its first use. Most commands
// never use it.
func pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// largestCount is the largest number that all JSON programs agree on.
const largestCount = 1<<53 - 1

// Has reports whether a text contains a bullet.
func Has(text []byte) bool {
	for line := range strings.Lines(string(text)) {
		if _, ok := matchBullet(strings.TrimRight(line, "\r\n")); ok {
			return true
		}
	}
	return false
}

// match is the first line of a bullet.
type match struct{ marker, id, rest string }

func matchBullet(line string) (m match, ok bool) {
	found := bullet().FindStringSubmatch(line)
	if found == nil {
		return m, false
	}
	m = match{marker: found[1], id: strings.TrimSpace(found[2]), rest: found[3]}
	return m, m.id != "" && (plainID().MatchString(m.id) || counts().MatchString(m.rest)) // "[ ]" is a checkbox
}

// Decode reads an ACE playbook. Bullets may have several lines, list markers or no
// counts. Empty sections are kept.
func Decode(data []byte) (file playbook.File, err error) {
	text := strings.ReplaceAll(string(bytes.TrimPrefix(data, []byte("\ufeff"))), "\r\n", "\n")
	d := decoder{section: -1}
	lines := strings.Split(text, "\n")
	quoted := fenced(lines)
	for n, line := range lines {
		if problem := words.Problem(line); problem != "" {
			return file, fmt.Errorf("line %d %s", n+1, problem)
		}
		if err := d.line(line, quoted[n]); err != nil {
			return file, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	d.endBullet()
	if len(d.file.Items) == 0 {
		return file, errors.New("no bullet was found: a bullet is a line such as `[str-00001] helpful=0 harmful=0 :: advice`")
	}
	d.file.Version = 1
	d.about.Preamble = strings.Trim(d.about.Preamble, "\n")
	for i := range d.about.Sections {
		d.about.Sections[i].Text = strings.Trim(d.about.Sections[i].Text, "\n")
	}
	d.file.Extra, err = field(d.about)
	return d.file, err
}

// fenced reports for each line whether it is in a block of code: between two fences of
// one bullet, or a fence itself.
func fenced(lines []string) []bool {
	in := make([]bool, len(lines))
	open := -1
	for n, line := range lines {
		_, begins := matchBullet(line)
		switch {
		case begins:
			open = -1 // a fence that is not closed hides no bullets
		case !fence().MatchString(line):
		case open < 0:
			open = n
		default:
			for i := open; i <= n; i++ {
				in[i] = true
			}
			open = -1
		}
	}
	return in
}

type decoder struct {
	file    playbook.File
	about   about
	section int      // the current one, -1 before the first
	bullet  []string // the lines of the last item, nil where it is complete
}

func (d *decoder) line(line string, code bool) error {
	if m, ok := matchBullet(line); ok {
		d.endBullet()
		return d.begin(m)
	}
	if !code {
		if h := header().FindStringSubmatch(line); h != nil && h[2] != "" {
			d.endBullet()
			mark := h[1]
			if mark == "##" {
				mark = ""
			}
			d.section = d.about.add(section{Name: h[2], Mark: mark})
			return nil
		}
	}
	switch {
	case d.bullet != nil:
		d.bullet = append(d.bullet, line)
	case d.section < 0:
		d.about.Preamble += line + "\n"
	default:
		d.about.Sections[d.section].Text += line + "\n"
	}
	return nil
}

// begin starts a bullet.
func (d *decoder) begin(m match) error {
	item := playbook.Item{ID: m.id}
	if _, _, _, err := playbook.Number(m.id); err != nil {
		return err
	}
	from := origin{ID: m.id, Marker: m.marker}
	if d.section >= 0 {
		from.Section = d.about.Sections[d.section].Name
	}
	item.Category = playbook.CategoryOf(from.Section)
	rest := m.rest
	for counts().MatchString(rest) {
		found := counter().FindStringSubmatch(rest)
		number, err := strconv.ParseInt(found[2], 10, 64)
		if err != nil || number < 0 || number > largestCount {
			return fmt.Errorf("[%s]: %s must be a number of 0 or more, not %q", m.id, found[1], found[2])
		}
		switch found[1] {
		case "helpful":
			item.Helpful = number
		case "harmful":
			item.Harmful = number
		default:
			from.Neutral = number
		}
		rest = rest[len(found[0]):]
	}
	extra, err := field(from)
	item.Extra = extra
	d.file.Items = append(d.file.Items, item)
	d.bullet = []string{strings.TrimLeft(strings.TrimPrefix(rest, "::"), " \t")}
	return err
}

// endBullet completes the last item, without the blank lines after it.
func (d *decoder) endBullet() {
	if d.bullet != nil {
		d.file.Items[len(d.file.Items)-1].Content = strings.TrimRight(strings.Join(d.bullet, "\n"), " \t\n")
		d.bullet = nil
	}
}
