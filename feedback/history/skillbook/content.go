package skillbook

import (
	"regexp"
	"slices"
	"strings"

	"atomizer-db/feedback/words"
)

var fence = words.Pattern("^[ \t]*(```+|~~~+)(.*)$")

// contentIn reports for each line of a file whether it is content of the skill that it is
// in, whatever it looks like: it is in a block of code, or a heading of a section before the
// line with the counts of the skill.
func contentIn(lines []string) []bool {
	in := fenced(lines)
	begin := -1
	for n, line := range lines {
		switch {
		case in[n]:
		case skillID().MatchString(line):
			begin = n
		case begin >= 0 && tags().MatchString(line):
			for i := begin; i < n; i++ {
				in[i] = in[i] || header().MatchString(lines[i])
			}
			begin = -1
		}
	}
	return in
}

// coder reports for each line whether it is in a block of code.
type coder func(lines []string) []bool

// fenced reports for each line whether it is in a block of code. A block can have headings
// that look like skills where every fence of the file is closed.
func fenced(lines []string) []bool {
	if in, closed := blocks(lines, false); closed {
		return in
	}
	return fencedInSkills(lines)
}

// fencedInSkills is [fenced] where a block that is not closed before the next skill is
// none.
func fencedInSkills(lines []string) []bool {
	in, _ := blocks(lines, true)
	return in
}

// blocks finds the blocks of code, and reports whether all of them are closed. The next
// skill ends one that is not: any heading of a skill if endBySkill is true, or else one
// after a line with counts, which completes the skill before.
func blocks(lines []string, endBySkill bool) (in []bool, closed bool) {
	in, closed = make([]bool, len(lines)), true
	begin, mark, complete := -1, "", false
	for n, line := range lines {
		found := fence().FindStringSubmatch(line)
		switch {
		case tags().MatchString(line):
			complete = true
		case skillID().MatchString(line):
			if begin >= 0 && (endBySkill || complete) {
				begin, closed = -1, false
			}
		case found == nil:
		case begin < 0:
			begin, mark, complete = n, found[1], false
		case strings.HasPrefix(found[1], mark) && strings.TrimSpace(found[2]) == "":
			for i := begin; i <= n; i++ {
				in[i] = true
			}
			begin = -1
		}
	}
	return in, closed && begin < 0
}

// unlike indents the lines of a text, but not the first and those in blocks of code, that
// would be read as something else.
func unlike(text string, code coder, marks ...*regexp.Regexp) string {
	lines := strings.Split(text, "\n")
	in := code(lines)
	for n, line := range lines[1:] {
		if !in[n+1] && slices.ContainsFunc(marks, func(mark *regexp.Regexp) bool { return mark.MatchString(line) }) {
			lines[n+1] = "    " + strings.TrimSpace(line)
		}
	}
	return strings.Join(lines, "\n")
}
