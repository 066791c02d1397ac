package ace

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"atomizer-db/feedback/history/frame"
	"atomizer-db/feedback/playbook"
	"atomizer-db/feedback/words"
)

// Has reports whether a text contains a bullet.
func Has(text []byte) bool {
	lines, _ := frame.SplitLines(string(text))
	code := fenced(lines)
	for n, line := range lines {
		if _, ok, _ := matchBullet(line); ok && !code[n] {
			return true
		}
	}
	return false
}

// Decode reads an ACE playbook. Bullets may have several lines, list markers or no
// counts. Everything else in the file is its frame. Lines that look like bullets but are
// none are warnings.
func Decode(data []byte) (file playbook.File, err error) {
	lines, open := frame.SplitLines(string(data))
	d := decoder{text: frame.Reader{Frame: frame.Frame{Open: open, Sections: []frame.Section{}}}}
	code := fenced(lines)
	for n, line := range lines {
		if problem := words.Problem(line); problem != "" {
			return file, fmt.Errorf("line %d %s", n+1, problem)
		}
		if n > 0 && d.title == n { // the line below a heading
			continue
		}
		if n+1 < len(lines) && !code[n] && !code[n+1] && d.isTitle(line, lines[n+1]) {
			d.title = n + 1
			d.heading(strings.TrimSpace(line), line+"\n"+lines[n+1])
			continue
		}
		if err := d.line(n+1, line, code[n]); err != nil {
			return file, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	d.endBullet()
	if len(d.items) == 0 {
		return file, errors.New("no bullet was found: a bullet is a line such as `[str-00001] helpful=0 harmful=0 :: advice`")
	}
	file = playbook.File{Version: 1, Warnings: d.warnings}
	bare := !slices.ContainsFunc(d.items, func(i *item) bool { return i.counted })
	for _, item := range d.items {
		from := item.from()
		from.Bare = bare
		if item.Origin, err = json.Marshal(from); err != nil {
			return file, err
		}
		file.Items = append(file.Items, item.Item)
	}
	file.Frame, err = json.Marshal(d.text.Frame)
	return file, err
}

type decoder struct {
	text     frame.Reader
	items    []*item
	open     *item // the last one, nil where it is complete
	title    int   // the index of the line below the last heading that has one
	warnings []string
}

// item is an item with its origin.
type item struct {
	playbook.Item
	place   *frame.Place
	match   match
	lines   []string
	neutral int64
	counted bool // it has counts
}

func (i *item) from() origin {
	return origin{Place: *i.place, Marker: i.match.marker, Neutral: i.neutral}
}

func (d *decoder) line(number int, line string, code bool) error {
	if code {
		d.add(line)
		return nil
	}
	if plain := unquote(line); plain != line && d.open != nil {
		d.add(plain)
		return nil
	}
	m, begins, err := matchBullet(line)
	if begins && err != nil {
		return fmt.Errorf("[%s]: %w", m.id, err)
	}
	if begins {
		d.endBullet()
		if !m.counts.found && counted().MatchString(m.text) && !trailingCounts(m.text).found {
			d.warn("line %d: the counts of [%s] are not read: write them as `helpful=3 harmful=4` before the text", number, m.id)
		}
		return d.begin(m)
	}
	if h := header().FindStringSubmatch(line); h != nil && h[2] != "" && (d.open == nil || !comments(h[1], d.open.lines[0], d.open.lines[len(d.open.lines)-1])) {
		d.heading(h[2], line)
		return nil
	}
	if n := neutral().FindStringSubmatch(line); n != nil && d.open != nil {
		d.open.neutral, err = strconv.ParseInt(n[1], 10, 64)
		return err
	}
	if rule().MatchString(line) {
		d.endBullet()
	}
	if counted().MatchString(line) && !d.ends(line) {
		d.endBullet()
		d.warn("line %d has counts but does not begin with an id in brackets, and is not an item: %s", number, words.Cut(strings.TrimSpace(line), 80))
	}
	d.add(line)
	return nil
}

// isTitle reports whether a line is a heading because of the line below it.
func (d *decoder) isTitle(line, below string) bool {
	return underlined(line, below) && (d.open == nil || unquote(line) == line)
}

func (d *decoder) heading(name, lines string) {
	d.endBullet()
	d.text.Heading(name, lines)
}

func (d *decoder) warn(format string, args ...any) {
	d.warnings = append(d.warnings, fmt.Sprintf(format, args...))
}

// comments reports whether a line with a heading of the first level is a comment in code
// that a bullet announced with a colon. first is the first line of the bullet, and before
// the line before.
func comments(mark, first, before string) bool {
	return strings.TrimSpace(mark) == "#" && strings.HasSuffix(first, ":") && before != ""
}

// ends reports whether a line is the last one of the bullet that is open, with its counts
// in parentheses.
func (d *decoder) ends(line string) bool {
	return d.open != nil && !d.open.match.counts.found && trailingCounts(line).found
}

// add adds a line to the bullet that is open, or to the text.
func (d *decoder) add(line string) {
	if d.open != nil {
		d.open.lines = append(d.open.lines, line)
		return
	}
	d.text.Line(line)
}

// begin starts a bullet.
func (d *decoder) begin(m match) error {
	if _, _, _, err := playbook.Number(m.id); err != nil {
		return err
	}
	d.open = &item{match: m, place: d.text.Item(), lines: []string{m.text}, neutral: m.counts.neutral, counted: m.counts.found}
	d.open.ID, d.open.Category = m.id, playbook.CategoryOf(d.text.Name())
	d.open.Helpful, d.open.Harmful = m.counts.helpful, m.counts.harmful
	d.items = append(d.items, d.open)
	return nil
}

// endBullet completes the last item. The blank lines after it are text.
func (d *decoder) endBullet() {
	if d.open == nil {
		return
	}
	i := d.open
	d.open = nil
	last := len(i.lines)
	for last > 1 && strings.TrimSpace(i.lines[last-1]) == "" {
		last--
	}
	i.Content = strings.TrimRight(strings.Join(i.lines[:last], "\n"), " \t")
	if c := trailingCounts(i.Content); c.found && !i.match.counts.found {
		i.Content = withoutTrailing(i.Content)
		i.Helpful, i.Harmful, i.neutral, i.counted = c.helpful, c.harmful, c.neutral, true
	}
	for _, line := range i.lines[last:] {
		d.text.Line(line)
	}
}
